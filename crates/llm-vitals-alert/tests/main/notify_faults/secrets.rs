//! Secrets of every kind, in no text that anybody sees.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_alert::notify::{Config, Notifications};
use tokio::task::JoinSet;
use tracing_subscriber::fmt::MakeWriter;

use super::server::{Act, Server};
use super::{Running, alert};

/// None is a part of another text.
const SECRETS: [&str; 14] = [
    "h0ok-t0ken-a1",
    "sl4ck-t0ken-b2",
    "xoxb-b0t-t0ken-c3",
    "0123456789abcdef0123456789abcdef",
    "w0rkfl0w-t0ken-d4",
    "am-p4th-t0ken-e5",
    "b34rer-t0ken-f6",
    "b4sic-passw0rd-g7",
    "pr0xy-passw0rd-h8",
    "m4il-passw0rd-i9",
    "h3artbeat-t0ken-j1",
    "qu3ry-t0ken-k2",
    "us3rinfo-passw0rd-l3",
    // user:b4sic-passw0rd-g7
    "dXNlcjpiNHNpYy1wYXNzdzByZC1nNw==",
];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn text(url: &str, host: &str) -> String {
    let [
        hook,
        slack,
        bot,
        routing,
        workflow,
        am,
        bearer,
        basic,
        proxy,
        mail,
        heart,
        query,
        user,
        _,
    ] = SECRETS;
    format!(
        "
route: {{receiver: team, group_by: [alertname], group_wait: 10ms, group_interval: 200ms, repeat_interval: 4h}}
receivers:
- name: team
  webhook_configs:
  - url: '{url}/{hook}'
    http_config: {{authorization: {{credentials: {bearer}}}}}
  - url: '{url}/a?key={query}'
    http_config: {{basic_auth: {{username: user, password: {basic}}}}}
  - url: 'http://user:{user}@{host}/b'
  - url: 'http://behind.example/c'
    http_config: {{proxy_url: 'http://user:{proxy}@{host}'}}
  slack_configs:
  - {{api_url: '{url}/services/T0/B0/{slack}', channel: '#a'}}
  - {{bot_token: {bot}, api_base: '{url}/api', channel: '#a'}}
  pagerduty_configs:
  - {{routing_key: {routing}, url: '{url}/v2/enqueue'}}
  msteamsv2_configs:
  - {{webhook_url: '{url}/workflows/{workflow}'}}
  alertmanager_configs:
  - {{urls: ['{url}/{am}']}}
  heartbeat_configs:
  - {{url: '{url}/{heart}', interval: 1s}}
  email_configs:
  - {{to: a@a.example, from: b@a.example, smarthost: '{host}', auth_username: user, auth_password: {mail}, require_tls: false}}
"
    )
}

fn assert_none(of: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} is in {of}: {text}");
    }
}

#[tokio::test]
async fn no_secret_is_shown_whatever_goes_wrong() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let folder = tempfile::tempdir().unwrap();
    let acts = [
        Act::Echo(401, ""),
        Act::Echo(500, ""),
        Act::Echo(429, "retry-after: 0\r\n"),
        Act::Echo(302, "location: http://elsewhere.example/\r\n"),
        Act::Echo(200, ""),
        Act::Reset,
        Act::Hang,
    ];
    // Beside one another, in this thread, whose log is looked at.
    let mut cases = JoinSet::new();
    for (index, act) in acts.into_iter().enumerate() {
        let path = folder.path().join(format!("{index}.json"));
        cases.spawn(no_secret_is_shown(index, act, path));
    }
    while let Some(done) = cases.join_next().await {
        done.unwrap();
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("a notification is given up"), "{log}");
    assert_none("the log", &log);
}

async fn no_secret_is_shown(index: usize, act: Act, path: PathBuf) {
    let server = Server::start(move |_, _| act.clone()).await;
    let text = text(&server.url(), &server.address.to_string());
    let config = Arc::new(Config::parse("notify.yml", &text).unwrap());
    assert_none(
        "a configuration",
        &format!("{config:?} {:?}", config.warnings()),
    );
    let builder = Notifications::builder(config)
        .with_state_file(&path)
        .unwrap();
    assert_none("a builder", &format!("{builder:?}"));
    let running = Running::start(builder);
    running.notifications.beat();
    running.notifications.put([alert("HighErrorRate")]);
    tokio::time::sleep(Duration::from_millis(900)).await;
    let checks = tokio::time::timeout(Duration::from_secs(3), running.notifications.check()).await;
    assert_none("the checks", &format!("{checks:?}"));
    let mut receivers = format!("{:?}", running.notifications.receivers());
    // Who hangs does not fail for a while.
    for _ in 0..200 {
        if index == 6 || receivers.contains("last_error: Some") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        receivers = format!("{:?}", running.notifications.receivers());
    }
    assert_none("the receivers", &receivers);
    assert!(
        index == 6 || receivers.contains("last_error: Some"),
        "{receivers}"
    );
    let mut metrics = String::new();
    running.notifications.render(&mut metrics);
    assert_none("the metrics", &metrics);
    assert_none(
        "a handle",
        &format!(
            "{:?} {:?}",
            running.notifications,
            running.notifications.dispatcher()
        ),
    );
    running.stop().await;
    assert_none("the state", &std::fs::read_to_string(&path).unwrap());
    // All of them were sent, or the test would prove nothing.
    if index == 0 {
        let sent: String = server.seen().into_iter().map(|seen| seen.text).collect();
        for secret in &SECRETS[..7] {
            assert!(sent.contains(secret), "{secret} was not sent: {sent}");
        }
        assert!(sent.contains(SECRETS[13]), "{sent}");
    }
}
