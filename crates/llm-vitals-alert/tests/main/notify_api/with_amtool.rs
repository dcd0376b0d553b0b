//! amtool, as people use it.

use super::CONFIG;
use super::server::{request, start};
use crate::amtool;

async fn run(port: u16, words: &[&str]) -> (bool, String) {
    let url = format!("--alertmanager.url=http://127.0.0.1:{port}");
    let words: Vec<String> = [url.as_str(), "--no-version-check"]
        .into_iter()
        .chain(words.iter().copied())
        .map(str::to_owned)
        .collect();
    let output = tokio::task::spawn_blocking(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        amtool::run(&words)
    });
    let output = output.await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

/// The same, which must work.
async fn done(port: u16, words: &[&str]) -> String {
    let (is_ok, text) = run(port, words).await;
    assert!(is_ok, "{words:?}: {text}");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amtool_adds_and_queries_alerts_and_silences() {
    if amtool::find().is_none() {
        return;
    }
    let (port, _) = start(CONFIG).await;
    let add = [
        "alert",
        "add",
        "alertname=Down",
        "severity=warning",
        "--annotation=summary=it is down",
    ];
    done(port, &add).await;
    done(
        port,
        &[
            "alert",
            "add",
            "alertname=Slow",
            "--generator-url=http://x/y",
        ],
    )
    .await;
    let alerts = done(port, &["alert", "query"]).await;
    assert!(
        alerts.contains("Down") && alerts.contains("it is down") && alerts.contains("active"),
        "{alerts}"
    );
    let alerts = done(port, &["alert", "query", "severity=warning", "-o", "json"]).await;
    assert!(
        alerts.contains("\"Down\"") && !alerts.contains("Slow"),
        "{alerts}"
    );

    let id = done(
        port,
        &[
            "silence",
            "add",
            "alertname=~D.*",
            "-c",
            "a test",
            "-a",
            "me",
            "-d",
            "2h",
        ],
    )
    .await;
    let id = id.trim();
    assert_eq!(id.len(), 36, "{id}");
    let silences = done(port, &["silence", "query"]).await;
    assert!(
        silences.contains(id) && silences.contains("alertname=~\"D.*\""),
        "{silences}"
    );
    let found = done(port, &["silence", "query", "-q", "alertname=~D.*"]).await;
    assert_eq!(found.trim(), id);
    assert_eq!(
        done(port, &["silence", "query", "-q", "alertname=Down"])
            .await
            .trim(),
        ""
    );
    let alerts = done(port, &["alert", "query"]).await;
    assert!(
        !alerts.contains("Down") && alerts.contains("Slow"),
        "{alerts}"
    );
    let alerts = done(port, &["alert", "query", "--silenced"]).await;
    assert!(
        alerts.contains("Down") && !alerts.contains("Slow"),
        "{alerts}"
    );

    let updated = done(port, &["silence", "update", id, "-c", "another test"]).await;
    assert!(updated.contains("another test"), "{updated}");
    done(port, &["silence", "expire", id]).await;
    let silences = done(port, &["silence", "query"]).await;
    assert!(!silences.contains(id), "{silences}");
    let expired = done(port, &["silence", "query", "--expired"]).await;
    assert!(expired.contains(id), "{expired}");
    let (is_ok, text) = run(
        port,
        &["silence", "expire", "5947eba9-c472-42c4-88fe-ad9b8cd781b0"],
    )
    .await;
    assert!(!is_ok, "{text}");
    let (is_ok, text) = run(port, &["silence", "add", "alertname=~.*", "-c", "all"]).await;
    assert!(!is_ok, "{text}");

    let end = [
        "alert",
        "add",
        "alertname=Down",
        "severity=warning",
        "--end=2026-01-01T00:00:00Z",
        "--start=2025-01-01T00:00:00Z",
    ];
    done(port, &end).await;
    let alerts = done(port, &["alert", "query"]).await;
    assert!(!alerts.contains("Down"), "{alerts}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amtool_reads_the_routes_from_the_status() {
    if amtool::find().is_none() {
        return;
    }
    let (port, _) = start(CONFIG).await;
    let routes = done(port, &["config", "routes"]).await;
    assert!(
        routes.contains("{severity=\"page\"}  continue: true  receiver: b"),
        "{routes}"
    );
    let receivers = done(port, &["config", "routes", "test", "severity=page"]).await;
    assert_eq!(receivers.lines().next(), Some("b,a"));
    let shown = done(port, &["config", "show"]).await;
    assert!(!shown.contains("hunter2"), "{shown}");

    // What Alertmanager does not have is a remark there.
    let notify =
        "notify: {slack: {token: xoxb-hunter2, channel: '#x'}, heartbeat: 'http://h/hunter2'}";
    let (port, _) = start(notify).await;
    let receivers = done(port, &["config", "routes", "test", "severity=critical"]).await;
    assert_eq!(receivers.lines().next(), Some("critical"));
    let (_, _, status) = request(port, "GET", "/api/v2/status", None, b"").await;
    assert!(
        status.contains("# the receiver \\\"heartbeat\\\" sends a heartbeat"),
        "{status}"
    );
    assert!(!status.contains("hunter2"), "{status}");
}
