//! One 429, beside an Alertmanager of this machine with the same file in the same run.
//!
//! The server answers 429 with `Retry-After: 5` for 4 seconds after the first request. `NOTIFY_429_INTERVAL=30` makes the interval of groups
//! 30 seconds instead of 10; `--nocapture` shows the table.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{Config, Notifications};
use serde_json::json;

use super::server::{Act, OK, Server};
use super::{Running, alert, over};
use crate::alertmanager::Alertmanager;

const KINDS: [&str; 3] = ["slack", "webhook", "pagerduty"];

async fn post(alertmanager: &Alertmanager, ends_at: Option<i64>) {
    let mut alert = json!({"labels": {"alertname": "HighErrorRate", "severity": "critical"}});
    if let Some(end) = ends_at {
        let end = jiff::Timestamp::from_millisecond(end).unwrap();
        alert["endsAt"] = end.to_string().into();
    }
    alertmanager
        .ask("POST", "/api/v2/alerts", Some(&json!([alert])))
        .await;
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
    let interval = std::env::var("NOTIFY_429_INTERVAL");
    let interval: u64 = interval.map_or(10, |text| text.parse().unwrap());
    let (fires, over) = tokio::join!(run(interval, false), run(interval, true));
    let head =
        "who           alert           receiver   calls, seconds after the first       delivered";
    eprintln!("{head}\n{fires}{over}");
}

/// Both beside each other, with an alert that fires on, or is over 8 seconds after the first message was due. Gives rows of the table.
async fn run(interval: u64, resolves: bool) -> String {
    let (ours, theirs) = (servers().await, servers().await);
    let config = Config::parse("alertmanager.yml", &file(&ours, interval)).unwrap();
    let running = Running::start(Notifications::builder(Arc::new(config)));
    let alertmanager = Alertmanager::start(&file(&theirs, interval), &[]).await;
    running.notifications.put([alert("HighErrorRate")]);
    if let Some(alertmanager) = &alertmanager {
        post(alertmanager, None).await;
    }
    // A second until the group is due, then 8 until it is over.
    tokio::time::sleep(Duration::from_secs(9)).await;
    if resolves {
        running.notifications.put([over("HighErrorRate")]);
        if let Some(alertmanager) = &alertmanager {
            post(alertmanager, Some(llm_vitals_alert::now_ms())).await;
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
