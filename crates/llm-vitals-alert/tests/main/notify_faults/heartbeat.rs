//! A dead man's switch, with a real server.

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{Config, Notifications};

use super::server::{Act, OK, Server};
use super::{Running, alert};

async fn pings(server: &Server, during: Duration) -> usize {
    let before = server.seen().len();
    tokio::time::sleep(during).await;
    server.seen().len() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_pinged_while_rules_are_evaluated_and_somebody_can_be_told() {
    let server = Server::start(|_, _| OK).await;
    let team = Server::start(|_, _| OK).await;
    let text = format!(
        "
route: {{receiver: team, group_by: [alertname], group_wait: 10ms, group_interval: 500ms}}
receivers:
- name: team
  webhook_configs: [{{url: '{}/', timeout: 300ms}}]
- name: outside
  heartbeat_configs: [{{url: '{}/ping/1', interval: 1s, method: POST}}]
",
        team.url(),
        server.url()
    );
    let config = Arc::new(Config::parse("notify.yml", &text).unwrap());
    let builder =
        Notifications::builder(config).with_evaluation_timeout(Duration::from_millis(1500));
    let running = Running::start(builder);
    let notifications = running.notifications.clone();
    let second = Duration::from_secs(1);
    // Nothing has been evaluated.
    assert_eq!(pings(&server, second).await, 0);
    let evaluating = tokio::spawn(async move {
        loop {
            notifications.beat();
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    assert!((3..=5).contains(&pings(&server, 4 * second).await));
    let seen = server.seen().swap_remove(0).text;
    assert!(seen.starts_with("POST /ping/1 HTTP/1.1\r\n"), "{seen}");
    let status = running.notifications.receivers().swap_remove(1);
    assert_eq!(
        (status.integration, status.sent > 2, status.last_error),
        ("heartbeat", true, None)
    );

    // Nobody can be told.
    team.acts(|_, _| Act::Answer(403, "", ""));
    running.notifications.put([alert("A")]);
    tokio::time::sleep(second).await;
    assert_eq!(pings(&server, 3 * second).await, 0);
    let status = running.notifications.receivers().swap_remove(1);
    let why = "withheld: rules are not evaluated, or nobody can be told";
    assert_eq!(status.last_error.as_deref(), Some(why));
    // Somebody can: by what is tried again, or by the next alert.
    team.acts(|_, _| OK);
    running.notifications.put([alert("B")]);
    tokio::time::sleep(2 * second).await;
    assert!(pings(&server, 3 * second).await >= 2);

    // Evaluation stands still.
    evaluating.abort();
    tokio::time::sleep(2 * second).await;
    assert_eq!(pings(&server, 3 * second).await, 0);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_that_fails_is_tried_again_soon() {
    let server = Server::start(|request, _| match request {
        0 => Act::Reset,
        _ => OK,
    })
    .await;
    let text = format!(
        "
route: {{receiver: outside}}
receivers:
- name: outside
  heartbeat_configs: [{{url: '{}/', interval: 20s}}]
",
        server.url()
    );
    let config = Arc::new(Config::parse("notify.yml", &text).unwrap());
    let running = Running::start(Notifications::builder(config));
    running.notifications.beat();
    while server.seen().len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let seen = server.seen();
    assert!((2.0..4.0).contains(&seen[1].at), "{seen:?}");
    running.stop().await;
}
