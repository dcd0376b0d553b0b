//! A kill, and what is remembered over it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::silences::silence;
use super::{HOOK, config, messages, milliseconds, names, post, shown, team, told};
use crate::support::{Gateway, Reply, Upstream, eventually};

/// An alert that fires from the first sample on.
const RULES: &str = "
groups:
- name: always
  rules:
  - {alert: Always, expr: vector(1), labels: {severity: warning}}
";

/// Waits until the state holds a text.
async fn saved(folder: &Path, text: &str) {
    eventually("the state is saved", async || {
        let state = std::fs::read_to_string(folder.join("notify.json")).ok()?;
        state.contains(text).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_kill_repeats_no_message_forgets_no_silence_and_loses_nothing_that_waits() {
    let team = team().await;
    let is_down = Arc::new(AtomicBool::new(true));
    let down = Arc::clone(&is_down);
    let other = Upstream::start(move |_, _| {
        let status = if down.load(Ordering::Relaxed) {
            503
        } else {
            200
        };
        Reply::json(status, "{}")
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.yml");
    std::fs::write(&rules, RULES).unwrap();
    let routes = format!(
        "route:\n  receiver: team\n  group_by: [alertname]\n  group_wait: 200ms\n  group_interval: 300ms\n  \
         repeat_interval: 1h\n  routes: [{{receiver: other, matchers: [alertname=Waits]}}]\nreceivers:\n- name: team\n  \
         webhook_configs: [{{url: 'http://{}/hook'}}]\n- name: other\n  webhook_configs: [{{url: 'http://{}/hook'}}]\n",
        team.address, other.address
    );
    std::fs::write(folder.path().join("routes.yml"), routes).unwrap();
    let config = config(folder.path(), "hosts: []\n").replace(
        "alerts:\n",
        &format!("alerts:\n  files: [{}]\n", rules.display()),
    );

    let gateway = Gateway::start(&config);
    let first = told(&team, 1).await.remove(0);
    assert_eq!(names(&first), ("firing", vec!["Always"]));
    post(&gateway, &["Waits"]).await;
    eventually("the message is refused", async || {
        let mut seen = other.seen().into_iter();
        seen.find(|seen| seen.line == HOOK)
    })
    .await;
    let id = silence(&gateway, "Quiet").await;
    // A save is a whole one: it has what happened before, too.
    saved(folder.path(), &id).await;
    saved(folder.path(), "Waits").await;
    gateway.signal("KILL");
    drop(gateway);

    // What was sent before the end has arrived.
    milliseconds(200).await;
    let refused = messages(&other).len();
    is_down.store(false, Ordering::Relaxed);
    let gateway = Gateway::start(&config);
    let late = eventually("what waited arrives", async || {
        let mut messages = messages(&other);
        (messages.len() > refused).then(|| messages.pop()).flatten()
    })
    .await;
    assert_eq!(names(&late), ("firing", vec!["Waits"]));
    let silences = shown(&gateway, "/api/v2/silences").await;
    assert_eq!(
        (&silences[0]["id"], &silences[0]["status"]),
        (&json!(id), &json!({ "state": "active" }))
    );
    post(&gateway, &["Quiet"]).await;
    eventually("rules are evaluated again", async || {
        let metrics = gateway.metrics().await;
        (metrics.sum("alert_alerts", &["state=\"firing\""]) == 1.0).then_some(())
    })
    .await;
    milliseconds(2_500).await;
    assert_eq!(messages(&team).len(), 1);
    assert_eq!(messages(&other).len(), refused + 1);

    // The end of the rule is the end of its alert, and is told as one that began before the kill.
    std::fs::write(&rules, "groups: []\n").unwrap();
    gateway.signal("HUP");
    let end = told(&team, 2).await.remove(1);
    assert_eq!(names(&end), ("resolved", vec!["Always"]));
    assert_eq!(end["alerts"][0]["startsAt"], first["alerts"][0]["startsAt"]);
}

#[tokio::test]
async fn what_is_told_while_the_gateway_ends_is_not_lost() {
    let slow = Upstream::start(|_, seen| {
        if seen.line == HOOK {
            return Reply::never();
        }
        Reply::json(200, "{}")
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let times = "group_wait: 100ms, group_interval: 300ms, repeat_interval: 1h";
    std::fs::write(
        folder.path().join("routes.yml"),
        super::routes(&slow, times),
    )
    .unwrap();
    let config = config(folder.path(), "hosts: []\n");
    let mut gateway = Gateway::start(&config);
    post(&gateway, &["Late"]).await;
    told(&slow, 1).await;
    gateway.terminate();
    let success = eventually("the gateway ends", || {
        let ended = gateway.ended();
        async move { ended }
    })
    .await;
    assert!(success);
    drop(gateway);
    let team = team().await;
    std::fs::write(
        folder.path().join("routes.yml"),
        super::routes(&team, times),
    )
    .unwrap();
    let _gateway = Gateway::start(&config);
    let message = told(&team, 1).await.remove(0);
    assert_eq!(names(&message), ("firing", vec!["Late"]));
}
