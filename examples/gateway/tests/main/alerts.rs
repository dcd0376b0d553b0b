//! Alert rules in the gateway: what fires, what survives a kill, and what is shown of both.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::{Gateway, Reply, Upstream, answer, ask, eventually, run_to_its_end};

/// The plan's rules; the first one need not hold for five minutes, so that the test is short.
const RULES: &str = "
alerts:
  - name: HighErrorRate
    condition: error_rate > 0.05
    duration: 5s
    severity: critical
  - name: HighLatency
    condition: p95_latency > 2000
    duration: 10m
    severity: warning
  - name: LowCacheHitRate
    condition: cache_hit_rate < 0.5
    duration: 15m
    severity: warning
";

fn config(folder: &Path, providers: &str) -> String {
    let folder = folder.display();
    format!(
        "retry: {{attempts: 1}}\nalerts:\n  files: [{folder}/rules.yml]\n  state: {folder}/alerts.json\n  \
         interval: 100ms\n  sample_interval: 100ms\nproviders:\n{providers}"
    )
}

async fn get(gateway: &Gateway, path: &str) -> Value {
    let response = gateway.get(path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut shown: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(shown["status"], "success");
    shown["data"].take()
}

/// The only alert there is, if it is at `state`.
async fn alert(gateway: &Gateway, state: &str) -> Option<Value> {
    let mut shown = get(gateway, "/api/v1/alerts").await;
    let alerts = shown["alerts"].as_array_mut().unwrap();
    assert!(alerts.len() <= 1, "{alerts:?}");
    alerts.pop().filter(|alert| alert["state"] == state)
}

/// The alert in the file of the state.
fn saved(folder: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(folder.join("alerts.json")).ok()?;
    let mut state: Value = serde_json::from_str(&text).unwrap();
    state["alerts"].as_array_mut()?.pop()
}

async fn send(gateway: &Gateway, requests: usize) {
    for _ in 0..requests {
        let _ = gateway.chat(ask("m")).await.text().await.unwrap();
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn active_at(alert: &Value) -> i64 {
    let time: jiff::Timestamp = alert["activeAt"].as_str().unwrap().parse().unwrap();
    time.as_millisecond()
}

#[tokio::test]
async fn an_alert_is_pending_survives_a_kill_fires_and_is_resolved() {
    let failing = Arc::new(AtomicBool::new(true));
    let fails = Arc::clone(&failing);
    // The first of each ten, so that the share is never below a tenth.
    let upstream = Upstream::start(move |before, _| {
        if fails.load(Ordering::Relaxed) && before % 10 == 0 {
            Reply::error(500, "server_error")
        } else {
            Reply::json(200, answer("m"))
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.yml"), RULES).unwrap();
    let config = config(folder.path(), &upstream.provider("a", "m"));

    let gateway = Gateway::start(&config);
    assert_eq!(
        get(&gateway, "/api/v1/alerts").await,
        json!({ "alerts": [] })
    );
    send(&gateway, 10).await;
    eventually("the alert is pending", async || {
        alert(&gateway, "pending").await
    })
    .await;
    // Long enough that a pending time that begins anew shows.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(alert(&gateway, "pending").await.is_some());
    gateway.signal("KILL");
    drop(gateway);

    let saved = saved(folder.path()).unwrap();
    let (began, seen) = (
        saved["active_at"].as_i64().unwrap(),
        saved["evaluated_at"].as_i64().unwrap(),
    );
    assert_eq!(saved["state"], "pending");
    assert!(seen - began >= 2_000, "{saved}");
    let before = now();
    let gateway = Gateway::start(&config);
    let pending = alert(&gateway, "pending").await.unwrap();
    let after = now();
    // The time in which nothing ran is no time pending, as in Prometheus; everything before it is.
    let (least, most) = (began + (before - seen), began + (after - seen));
    let since = active_at(&pending);
    assert!(
        (least..=most).contains(&since),
        "{since} is not in {least}..={most}"
    );

    let traffic = now();
    send(&gateway, 10).await;
    let firing = eventually("the alert fires", async || alert(&gateway, "firing").await).await;
    assert_eq!(
        firing["labels"],
        json!({ "alertname": "HighErrorRate", "provider": "a", "severity": "critical" })
    );
    assert_eq!(firing["annotations"], json!({}));
    let value: f64 = firing["value"].as_str().unwrap().parse().unwrap();
    assert!((value - 0.1).abs() < 0.002, "{value}");
    // It did not begin with what the second process saw.
    assert!(active_at(&firing) < traffic, "{firing}");
    rules_are_shown(&gateway, &firing).await;
    let fired = change(&gateway).await;
    gateway.signal("KILL");
    drop(gateway);

    let gateway = Gateway::start(&config);
    let still = alert(&gateway, "firing").await.unwrap();
    assert_eq!(
        (&still["labels"], &still["activeAt"]),
        (&firing["labels"], &firing["activeAt"])
    );

    send(&gateway, 10).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(alert(&gateway, "firing").await.is_some());
    failing.store(false, Ordering::Relaxed);
    eventually("the alert is resolved", async || {
        send(&gateway, 10).await;
        let shown = get(&gateway, "/api/v1/alerts").await;
        (shown == json!({ "alerts": [] })).then_some(())
    })
    .await;
    let labels = r#"alert {alertname="HighErrorRate", provider="a", severity="critical"}"#;
    let expected =
        format!("{labels} was pending and is firing: its condition holds; its value is 0.");
    assert!(
        fired.contains("WARN") && fired.contains(&expected),
        "{fired}"
    );
    let resolved = change(&gateway).await;
    let expected = format!("{labels} was firing and is resolved: its condition does not hold; ");
    assert!(
        resolved.contains("INFO") && resolved.contains(&expected),
        "{resolved}"
    );
    ends_with_the_state_saved(gateway, folder.path()).await;
}

/// The only line of the log about an alert. It comes after the state was saved.
async fn change(gateway: &Gateway) -> String {
    eventually("the change is logged", async || {
        let log = gateway.log();
        let mut lines = log.lines().filter(|line| line.contains(" alert {"));
        let line = lines.next()?.to_owned();
        assert_eq!(lines.next(), None);
        Some(line)
    })
    .await
}

/// What `/api/v1/rules` and `/metrics` say while the first rule's alert fires.
async fn rules_are_shown(gateway: &Gateway, firing: &Value) {
    let shown = get(gateway, "/api/v1/rules").await;
    let groups = shown["groups"].as_array().unwrap();
    let names: Vec<_> = groups.iter().map(|group| &group["name"]).collect();
    assert_eq!(names, ["llm-vitals-signals", "llm-vitals"]);
    assert_eq!(groups[1]["interval"], 0.1);
    let rules = groups[1]["rules"].as_array().unwrap();
    let told: Vec<_> = rules
        .iter()
        .map(|rule| {
            let text = |field: &str| rule[field].as_str().unwrap().to_owned();
            let name = text("name");
            (
                name,
                text("query"),
                text("state"),
                text("health"),
                text("type"),
            )
        })
        .collect();
    let rule = |name: &str, query: &str, state: &str| {
        let [name, query, state] = [name, query, state].map(ToOwned::to_owned);
        (name, query, state, "ok".to_owned(), "alerting".to_owned())
    };
    assert_eq!(
        told,
        [
            rule("HighErrorRate", "llm:error_rate > 0.05", "firing"),
            rule("HighLatency", "llm:p95_latency > 2000", "inactive"),
            rule("LowCacheHitRate", "llm:cache_hit_rate < 0.5", "inactive"),
        ]
    );
    assert_eq!(rules[0]["duration"], 5.0);
    assert_eq!(rules[0]["labels"], json!({ "severity": "critical" }));
    assert_eq!(rules[0]["alerts"][0]["labels"], firing["labels"]);
    assert_eq!(rules[0]["alerts"][0]["activeAt"], firing["activeAt"]);
    let recording = &groups[0]["rules"][0];
    assert_eq!(
        (&recording["name"], &recording["type"]),
        (&json!("llm:error_rate"), &json!("recording"))
    );
    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.lines("alert_alerts"),
        [r#"alert_alerts{state="firing"} 1"#]
    );
    assert!(metrics.sum("alert_rule_group_iterations_total", &[]) > 10.0);
    assert_eq!(
        metrics.sum("alert_rule_evaluation_failures_total", &[]),
        0.0
    );
    assert_eq!(metrics.sum("alert_state_save_failures_total", &[]), 0.0);
}

/// The state is saved once more when the gateway ends.
async fn ends_with_the_state_saved(mut gateway: Gateway, folder: &Path) {
    gateway.terminate();
    let success = eventually("the gateway ends", || {
        let ended = gateway.ended();
        async move { ended }
    })
    .await;
    assert!(success);
    assert_eq!(saved(folder).unwrap()["state"], "resolved");
}

#[test]
fn wrong_rules_are_told_with_their_place_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yml");
    std::fs::write(
        &path,
        "alerts:\n  - name: A\n    condition: error_rte > 0.05\n    duraton: 5m\n",
    )
    .unwrap();
    let file = config(folder.path(), "  a: {kind: simulated}\n");
    let output = run_to_its_end(&["--listen", "127.0.0.1:0"], Some(&file), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let told = String::from_utf8(output.stderr).unwrap();
    let path = path.display();
    let expected = format!(
        "llm-vitals-gateway: {path}:4:5: an alert has no field \"duraton\"\n  |\n4 |     duraton: 5m\n  |     ^^^^^^^ did you \
         mean \"duration\"?\n"
    );
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_hangup_reads_all_rule_files_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yml");
    std::fs::write(&path, RULES).unwrap();
    let gateway = Gateway::start(&config(folder.path(), "  a: {kind: simulated}\n"));
    let names = async || -> Vec<String> {
        let shown = get(&gateway, "/api/v1/rules").await;
        let rules = shown["groups"][1]["rules"].as_array().unwrap();
        rules
            .iter()
            .map(|rule| rule["name"].as_str().unwrap().to_owned())
            .collect()
    };
    std::fs::write(&path, "alerts: [{name: New, condition: error_rate >}]\n").unwrap();
    gateway.signal("HUP");
    eventually("the error is logged", async || {
        let log = gateway.log();
        log.contains("the alert rules stay as they are")
            .then_some(())
    })
    .await;
    assert_eq!(
        names().await,
        ["HighErrorRate", "HighLatency", "LowCacheHitRate"]
    );
    std::fs::write(&path, "alerts: [{name: New, condition: error_rate > 1}]\n").unwrap();
    gateway.signal("HUP");
    eventually("the new rule is there", async || {
        (names().await == ["New"]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn alerts_are_for_those_who_may_see_the_measurements() {
    let gateway = Gateway::start("management_token: t\nalerts: {default_pack: false}\n");
    for (path, data) in [
        ("/api/v1/alerts", json!({ "alerts": [] })),
        ("/api/v1/rules?type=alert", json!({ "groups": [] })),
    ] {
        assert_eq!(gateway.get(path).send().await.unwrap().status(), 401);
        let response = gateway.get(path).bearer_auth("t").send().await.unwrap();
        let shown: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(shown, json!({ "status": "success", "data": data }));
    }
}
