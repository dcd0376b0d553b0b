//! Very many alerts at once.

use std::cell::Cell;
use std::time::Duration;

use serde_json::{Value, json};

use super::{config, messages, milliseconds, names, routes, shown, team, told};
use crate::support::{Gateway, eventually};

const TIMES: &str = "group_wait: 3s, group_interval: 1h, repeat_interval: 1h";

/// An alert for each series that there is.
const RULES: &str = r#"
groups:
- name: storm
  rules:
  - alert: Storm
    expr: label_replace({__name__=~"llm_.+"}, "metric", "$1", "__name__", "(.+)") * 0 >= 0
"#;

#[tokio::test]
async fn five_hundred_alerts_of_a_group_are_one_message() {
    let team = team().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("routes.yml"), routes(&team, TIMES)).unwrap();
    let gateway = Gateway::start(&config(folder.path(), "hosts: []\n"));
    // As a Prometheus posts them: 64 at a time.
    let alerts: Vec<Value> = (0..500)
        .map(|number| {
            json!({ "labels": { "alertname": "Storm", "number": format!("{number:03}") } })
        })
        .collect();
    for batch in alerts.chunks(64) {
        let request = gateway.post("/api/v2/alerts", Value::from(batch).to_string());
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    let message = told(&team, 1).await.remove(0);
    let (status, names) = names(&message);
    assert_eq!((status, names.len()), ("firing", 500));
    let numbers: Vec<&str> = message["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| alert["labels"]["number"].as_str().unwrap())
        .collect();
    assert!(numbers.is_sorted() && numbers[499] == "499", "{numbers:?}");
    milliseconds(2_000).await;
    assert_eq!(messages(&team).len(), 1);
}

#[tokio::test]
async fn a_rule_over_every_series_is_one_message_and_holds_nobody_up() {
    let team = team().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("routes.yml"), routes(&team, TIMES)).unwrap();
    let rules = folder.path().join("rules.yml");
    std::fs::write(&rules, "groups: []\n").unwrap();
    let file = config(folder.path(), "hosts: []\n").replace(
        "alerts:\n",
        &format!("alerts:\n  files: [{}]\n", rules.display()),
    );
    let gateway = Gateway::start(&file);
    for model in ["sim-fast", "sim-smart"] {
        for stream in [false, true] {
            let body = json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": "Hi"}]});
            let response = gateway.chat(body.to_string()).await;
            assert_eq!(response.status(), 200);
            response.bytes().await.unwrap();
        }
    }
    // All series are there when the rule comes.
    milliseconds(500).await;
    std::fs::write(&rules, RULES).unwrap();
    gateway.signal("HUP");
    let slowest = Cell::new(Duration::ZERO);
    let message = eventually("the message arrives", async || {
        let began = tokio::time::Instant::now();
        let _ = shown(&gateway, "/api/v1/alerts").await;
        let _ = gateway.metrics().await;
        slowest.set(slowest.get().max(began.elapsed()));
        messages(&team).pop()
    })
    .await;
    let (status, names) = names(&message);
    assert_eq!(status, "firing");
    assert!(names.len() >= 300, "{}", names.len());
    // What stands behind each of the alerts would take minutes while rules and measurements wait.
    let slowest = slowest.get();
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    milliseconds(1_000).await;
    assert_eq!(messages(&team).len(), 1);
}
