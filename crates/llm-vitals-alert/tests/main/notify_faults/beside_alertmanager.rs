//! One 429, beside an Alertmanager of this machine with the same file in the same run.
//!
//! The server answers 429 with `Retry-After: 5` for 4 seconds after the first request. `NOTIFY_429_INTERVAL=30` makes the interval of groups
//! 30 seconds instead of 10; `--nocapture` shows the table.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{Config, Notifications};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::server::{Act, OK, Server};
use super::{Running, alert, over};

const KINDS: [&str; 3] = ["slack", "webhook", "pagerduty"];

/// One that is stopped when the test ends, however it ends.
struct Alertmanager {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Alertmanager {
    async fn start(program: &Path, config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alertmanager.yml");
        std::fs::write(&file, config).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(program)
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.path={}", folder.path().display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--cluster.listen-address=")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Self {
            child,
            address,
            _folder: folder,
        };
        for _ in 0..500 {
            if started
                .ask("GET", "/-/ready", "")
                .await
                .is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
            {
                return started;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the Alertmanager does not begin");
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).await.ok()?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}",
            self.address
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        Some(answer)
    }

    async fn post(&self, ends_at: Option<i64>) {
        let end = ends_at.map_or(String::new(), |end| {
            let end = jiff::Timestamp::from_millisecond(end).unwrap();
            format!(",\"endsAt\":\"{end}\"")
        });
        let body =
            format!(r#"[{{"labels":{{"alertname":"HighErrorRate","severity":"critical"}}{end}}}]"#);
        let answer = self.ask("POST", "/api/v2/alerts", &body).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

fn file(servers: &[Server], interval: u64) -> String {
    let [slack, webhook, pagerduty] = [0, 1, 2].map(|index: usize| servers[index].url());
    format!(
        "
route:
  receiver: slack
  group_wait: 1s
  group_interval: {interval}s
  repeat_interval: 4h
  routes:
  - {{receiver: slack, continue: true}}
  - {{receiver: webhook, continue: true}}
  - {{receiver: pagerduty}}
receivers:
- name: slack
  slack_configs: [{{api_url: '{slack}/services/x', channel: '#a', send_resolved: true}}]
- name: webhook
  webhook_configs: [{{url: '{webhook}/'}}]
- name: pagerduty
  pagerduty_configs: [{{routing_key: 0123456789abcdef0123456789abcdef, url: '{pagerduty}/v2/enqueue'}}]
"
    )
}

/// Three servers of which each answers 429 for 4 seconds after its first request.
async fn servers() -> Vec<Server> {
    let mut servers = Vec::new();
    for _ in KINDS {
        let server = Server::start(|_, elapsed| match elapsed.as_secs_f64() < 4.0 {
            true => Act::Answer(429, "retry-after: 5\r\n", ""),
            false => OK,
        });
        servers.push(server.await);
    }
    servers
}

/// Calls and deliveries in seconds after the first call.
fn outcome(server: &Server) -> (Vec<f64>, Vec<f64>) {
    let seen = server.seen();
    let delivered = seen
        .iter()
        .filter(|seen| seen.is_answered)
        .map(|seen| seen.at);
    (
        seen.iter().map(|seen| seen.at).collect(),
        delivered.collect(),
    )
}

fn shown(times: &[f64]) -> String {
    let times: Vec<String> = times.iter().map(|at| format!("+{at:.1}")).collect();
    match times.is_empty() {
        true => "never".to_owned(),
        false => times.join(" "),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_429_delays_a_message_by_what_it_asks_for_and_no_more() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["prometheus-alertmanager", "alertmanager"];
    let program = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    if program.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "an Alertmanager must be there under CI"
        );
        eprintln!("SKIPPED: no Alertmanager to compare with");
    }
    let interval = std::env::var("NOTIFY_429_INTERVAL");
    let interval: u64 = interval.map_or(10, |text| text.parse().unwrap());
    let (fires, over) = tokio::join!(
        run(program.as_deref(), interval, false),
        run(program.as_deref(), interval, true)
    );
    let head =
        "who           alert           receiver   calls, seconds after the first       delivered";
    eprintln!("{head}\n{fires}{over}");
}

/// Both beside each other, with an alert that fires on, or is over 8 seconds after the first message was due. Gives rows of the table.
async fn run(program: Option<&Path>, interval: u64, resolves: bool) -> String {
    let (ours, theirs) = (servers().await, servers().await);
    let config = Config::parse("alertmanager.yml", &file(&ours, interval)).unwrap();
    let running = Running::start(Notifications::builder(Arc::new(config)));
    let alertmanager = match program {
        Some(program) => Some(Alertmanager::start(program, &file(&theirs, interval)).await),
        None => None,
    };
    running.notifications.put([alert("HighErrorRate")]);
    if let Some(alertmanager) = &alertmanager {
        alertmanager.post(None).await;
    }
    // A second until the group is due, then 8 until it is over.
    tokio::time::sleep(Duration::from_secs(9)).await;
    if resolves {
        running.notifications.put([over("HighErrorRate")]);
        if let Some(alertmanager) = &alertmanager {
            alertmanager.post(Some(llm_vitals_alert::now_ms())).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(2 * interval - 6)).await;
    let mut table = String::new();
    let name = if resolves {
        "over after 8 s"
    } else {
        "fires on"
    };
    for (who, servers) in [("llm-vitals", &ours), ("Alertmanager", &theirs)] {
        for (kind, server) in KINDS.iter().zip(servers) {
            let (calls, delivered) = outcome(server);
            let (calls, delivered) = (shown(&calls), shown(&delivered));
            let _ = writeln!(
                table,
                "{who:<13} {name:<15} {kind:<10} {calls:<37} {delivered}"
            );
        }
    }
    for (kind, server) in KINDS.iter().zip(&ours) {
        let (calls, delivered) = outcome(server);
        // Not once before the time is over, and within 2 seconds when it is.
        let early = calls.iter().filter(|at| **at < 5.0).count();
        assert_eq!(early, 1, "{kind}: {calls:?}");
        assert!((5.0..7.0).contains(&delivered[0]), "{kind}: {delivered:?}");
        let expected = if resolves { 2 } else { 1 };
        assert_eq!(delivered.len(), expected, "{kind}: {delivered:?}");
    }
    running.stop().await;
    table
}
