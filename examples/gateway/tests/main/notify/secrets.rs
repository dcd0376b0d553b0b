//! Secrets of every kind, in nothing that anybody sees, whatever goes wrong.

use std::path::Path;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::milliseconds;
use crate::support::{Gateway, Reply, Upstream, ask, eventually};

/// None is a part of another one, or of any other text.
const SECRETS: [&str; 18] = [
    "sk-upstream-key-of-a",
    "m4nagement-t0ken",
    "cl1ent-k3y",
    "r3dis-passw0rd",
    "h0ok-p4th-a1",
    "h0ok-qu3ry-b2",
    "us3rinfo-passw0rd-c3",
    "b34rer-t0ken-d4",
    "sl4ck-p4th-e5",
    "xoxb-b0t-t0ken-f6",
    "0123456789abcdef0123456789abcdef",
    "w0rkfl0w-p4th-g7",
    "am-p4th-h8",
    "h3artbeat-p4th-i9",
    "m4il-passw0rd-j1",
    // \0user\0m4il-passw0rd-j1
    "AHVzZXIAbTRpbC1wYXNzdzByZC1qMQ",
    "m1spl4ced-k2",
    // user:us3rinfo-passw0rd-c3
    "dXNlcjp1czNyaW5mby1wYXNzdzByZC1jMw",
];

/// Those that somebody is sent, in the order of the list.
const SENT: [usize; 13] = [0, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15, 17, 3];

/// All of what a gateway says goes here.
#[derive(Default)]
struct Seen(Vec<(String, String)>);

impl Seen {
    fn add(&mut self, of: &str, text: impl Into<String>) {
        self.0.push((of.to_owned(), text.into()));
    }

    async fn get(&mut self, gateway: &Gateway, path: &str, accept: &str) {
        let request = gateway
            .get(path)
            .bearer_auth(SECRETS[1])
            .header("accept", accept);
        let response = request.send().await.unwrap();
        let status = response.status();
        assert_eq!(status, 200, "{path}");
        let headers = format!("{:?}", response.headers());
        self.add(path, headers + &response.text().await.unwrap());
    }

    async fn get_all(&mut self, gateway: &Gateway) {
        for path in [
            "/metrics",
            "/stats",
            "/health",
            "/api/dashboard",
            "/api/v1/alerts",
            "/api/v1/rules",
            "/api/v1/labels",
            "/api/v1/metadata",
            "/api/v1/query?query=%7B__name__%3D~%22.%2B%22%7D",
            "/api/v1/status/buildinfo",
            "/api/v2/status",
            "/api/v2/receivers",
            "/api/v2/alerts",
            "/api/v2/alerts/groups",
            "/api/v2/silences",
        ] {
            self.get(gateway, path, "*/*").await;
        }
        self.get(gateway, "/metrics", "application/openmetrics-text")
            .await;
    }

    fn has_no_secret(&self) {
        for (of, text) in &self.0 {
            for secret in SECRETS {
                assert!(!text.contains(secret), "{secret} is in {of}: {text}");
            }
        }
    }

    /// Whether a part of what was seen says something, so that it is known to have been looked at.
    fn says(&self, of: &str, text: &str) -> bool {
        let mut all = self.0.iter().filter(|(name, _)| name == of);
        all.any(|(_, seen)| seen.contains(text))
    }
}

/// Refuses everything, with all that it was sent in the refusal.
async fn echo() -> Upstream {
    Upstream::start(|before, seen| {
        let body = String::from_utf8_lossy(&seen.body);
        let text = format!("no: {} {:?} {body}", seen.line, seen.headers);
        Reply::json(if before % 2 == 0 { 400 } else { 401 }, text)
    })
    .await
}

/// A mail server that takes no login, and repeats it in its refusal.
async fn mail() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heard = Arc::<Mutex<String>>::default();
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that leaves ends it.
            tokio::spawn(refuse_login(stream, Arc::clone(&all)));
        }
    });
    (address, heard)
}

async fn refuse_login(stream: TcpStream, heard: Arc<Mutex<String>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail\r\n").await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        heard.lock().unwrap().push_str(&line);
        let answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-mail\r\n250 AUTH PLAIN\r\n".to_owned(),
            "AUTH" => format!("535 5.7.8 no {} {}\r\n", line.trim_end(), SECRETS[14]),
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
        line.clear();
    }
    Ok(())
}

fn head(folder: &Path, provider: &Upstream, redis: &str) -> String {
    let [_, token, client, password, ..] = SECRETS;
    let folder = folder.display();
    format!(
        "management_token: {token}\nclient_keys: [{client}]\nretry: {{attempts: 1}}\nredis: {{url: 'redis://:{password}@{redis}'}}\n\
         alerts: {{interval: 100ms, sample_interval: 100ms, state: {folder}/alerts.json}}\nproviders:\n{}",
        provider.provider("a", "m")
    )
}

fn routes(url: &str, host: &str, mail: &str) -> String {
    let [
        _,
        _,
        _,
        _,
        hook,
        query,
        user,
        bearer,
        slack,
        bot,
        routing,
        workflow,
        am,
        heart,
        password,
        ..,
    ] = SECRETS;
    format!(
        "route: {{receiver: team, group_by: [alertname], group_wait: 10ms, group_interval: 200ms, repeat_interval: 4h}}
receivers:
- name: team
  webhook_configs:
  - url: '{url}/{hook}'
    http_config: {{authorization: {{credentials: {bearer}}}}}
  - url: '{url}/a?key={query}'
  - url: 'http://user:{user}@{host}/b'
  slack_configs:
  - {{api_url: '{url}/services/T0/B0/{slack}', channel: '#a'}}
  - {{bot_token: {bot}, api_base: '{url}/api', channel: '#a'}}
  pagerduty_configs: [{{routing_key: {routing}, url: '{url}/v2/enqueue'}}]
  msteamsv2_configs: [{{webhook_url: '{url}/workflows/{workflow}'}}]
  alertmanager_configs: [{{urls: ['{url}/{am}']}}]
  heartbeat_configs: [{{url: '{url}/{heart}', interval: 1s}}]
  email_configs:
  - {{to: a@a.example, from: b@a.example, smarthost: '{mail}', auth_username: user, auth_password: {password}, require_tls: false}}
"
    )
}

/// A server that hears what Redis is told, and refuses it with that.
async fn redis() -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heard = Arc::<Mutex<String>>::default();
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let all = Arc::clone(&all);
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                    all.lock().unwrap().push_str(&line);
                    let refusal = format!("-WRONGPASS no {}\r\n", line.trim_end());
                    let _ = stream.write_all(refusal.as_bytes()).await;
                    line.clear();
                }
            });
        }
    });
    (address, heard)
}

#[tokio::test]
async fn no_secret_of_a_file_of_routes_is_shown() {
    let (provider, receivers) = (echo().await, echo().await);
    let ((mail, mailed), (redis, asked)) = (mail().await, redis().await);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://{}", receivers.address);
    let routes = routes(&url, &receivers.address, &mail);
    let path = folder.path().join("routes.yml");
    std::fs::write(&path, &routes).unwrap();
    let file = format!(
        "notifications: {{file: {}, state: {}/notify.json}}\n{}",
        path.display(),
        folder.path().display(),
        head(folder.path(), &provider, &redis)
    );
    let mut gateway = Gateway::start(&file);
    let mut seen = Seen::default();
    for _ in 0..3 {
        let chat = gateway.post("/v1/chat/completions", ask("m"));
        let response = chat.bearer_auth(SECRETS[2]).send().await.unwrap();
        seen.add("an answer", response.text().await.unwrap());
    }
    // Nobody is pinged any more when nobody can be told.
    eventually("the heartbeat comes", async || {
        let mut seen = receivers.seen().into_iter();
        seen.find(|seen| seen.line.contains(SECRETS[13]))
    })
    .await;
    let alert = gateway.post("/api/v2/alerts", r#"[{"labels":{"alertname":"Posted"}}]"#);
    let alert = alert.bearer_auth(SECRETS[1]).send().await.unwrap();
    assert_eq!(alert.status(), 200);
    // Everything is sent, and refused.
    eventually("all secrets are where they belong", async || {
        let told = [receivers.seen(), provider.seen()].concat();
        let told: String = told
            .iter()
            .map(|seen| {
                let body = String::from_utf8_lossy(&seen.body);
                format!("{} {:?} {body}", seen.line, seen.headers)
            })
            .collect();
        let mailed = mailed.lock().unwrap().clone();
        let all = told + &mailed + &asked.lock().unwrap();
        let mut missing = SENT.iter().filter(|index| !all.contains(SECRETS[**index]));
        missing.next().is_none().then_some(())
    })
    .await;
    eventually("the refusals are known", async || {
        let dashboard = gateway.get("/api/dashboard").bearer_auth(SECRETS[1]);
        let text = dashboard.send().await.unwrap().text().await.unwrap();
        let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
        let receivers = dashboard["receivers"].as_array()?;
        let failed = receivers.iter().filter(|row| !row["lastError"].is_null());
        (failed.count() == 10).then_some(())
    })
    .await;
    std::fs::write(&path, format!("{routes}  bogus: {}\n", SECRETS[16])).unwrap();
    gateway.signal("HUP");
    eventually("the error in the routes is logged", async || {
        let log = gateway.log();
        log.contains("the receivers of alerts stay as they are")
            .then_some(())
    })
    .await;
    seen.get_all(&gateway).await;
    for key in ["wrong", SECRETS[2]] {
        let request = gateway.get("/metrics").bearer_auth(key);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        seen.add("a refusal", response.text().await.unwrap());
    }
    gateway.terminate();
    eventually("the gateway ends", || {
        let ended = gateway.ended();
        async move { ended }
    })
    .await;
    for name in ["notify.json", "alerts.json"] {
        let state = std::fs::read_to_string(folder.path().join(name));
        seen.add(name, state.unwrap_or_default());
    }
    seen.add("the log", gateway.log());
    seen.add("what is printed", gateway.printed());
    for (of, text) in [
        ("the log", "DEBUG"),
        ("the log", "has no field \"bogus\""),
        ("the log", "a notification is given up"),
        ("notify.json", "Posted"),
        ("/api/v2/status", "<secret>"),
        ("/api/dashboard", "lastError"),
        (
            "what is printed",
            "webhook, email, pagerduty, slack, msteams, alertmanager",
        ),
    ] {
        assert!(
            seen.says(of, text),
            "{of} does not say {text}: {:?}",
            seen.0
        );
    }
    seen.has_no_secret();
}

#[tokio::test]
async fn no_secret_of_the_short_form_is_shown() {
    let (provider, receivers) = (echo().await, echo().await);
    let ((mail, _), (redis, _)) = (mail().await, redis().await);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("http://{}", receivers.address);
    let [
        _,
        _,
        _,
        _,
        hook,
        query,
        _,
        _,
        slack,
        _,
        _,
        workflow,
        am,
        heart,
        password,
        ..,
    ] = SECRETS;
    let notify = format!(
        "notify:
  slack: {url}/services/{slack}
  webhook: '{url}/{hook}?key={query}'
  msteams: {url}/{workflow}
  alertmanager: {url}/{am}
  heartbeat: {url}/{heart}
  email: {{to: a@a.example, smarthost: '{mail}', username: user, password: {password}}}
"
    );
    let head = head(folder.path(), &provider, &redis);
    let gateway = Gateway::start(&format!("{notify}{head}"));
    let request = gateway.post("/api/v2/alerts", r#"[{"labels":{"alertname":"Posted"}}]"#);
    let response = request.bearer_auth(SECRETS[1]).send().await.unwrap();
    assert_eq!(response.status(), 200);
    // Alertmanagers are told at once, and so is whoever waits for a heartbeat.
    eventually("the push and the heartbeat are refused", async || {
        let seen = receivers.seen();
        let has = |secret: &str| seen.iter().any(|seen| seen.line.contains(secret));
        (has(am) && has(heart)).then_some(())
    })
    .await;
    let mut seen = Seen::default();
    for (number, wrong) in [
        format!("  bogus: {}\n", SECRETS[16]),
        format!("  webhook: {url}/{hook}\n"),
        format!("  quiet: \"{}\n", SECRETS[16]),
        format!("  critical: {{pagerduty: {url}/{hook}}}\n"),
    ]
    .into_iter()
    .enumerate()
    {
        std::fs::write(gateway.file(), format!("{notify}{wrong}{head}")).unwrap();
        gateway.signal("HUP");
        eventually("the error in the block is logged", async || {
            let log = gateway.log();
            let errors = log.matches("the receivers of alerts stay as they are");
            (errors.count() == number + 1).then_some(())
        })
        .await;
    }
    milliseconds(300).await;
    seen.get_all(&gateway).await;
    seen.add("the log", gateway.log());
    seen.add("what is printed", gateway.printed());
    assert!(
        seen.says("the log", "email will not work"),
        "{}",
        gateway.log()
    );
    seen.has_no_secret();
}
