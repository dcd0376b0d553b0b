//! Rules and alerts as Prometheus shows them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_alert::{Evaluator, RuleFile, Rules};
use llm_vitals_dashboard::Dashboard;
use llm_vitals_promql::{Labels, Store};
use serde_json::{Value, json};

use crate::support::{NOW, get};

const FILE: &str = "
groups:
- name: first
  interval: 30s
  rules:
  - record: temperature:max
    expr: max(temperature)
  - alert: Hot
    expr: temperature > 30
    for: 1m
    labels: {severity: page}
    annotations: {summary: 'zone {{ $labels.zone }}'}
- name: second
  limit: 7
  rules:
  - alert: Cold
    expr: temperature < -10
  - alert: Broken
    expr: temperature + on () group_left temperature
";

fn dashboard() -> Dashboard {
    let file = RuleFile::parse("alerts.yml", FILE).unwrap();
    let mut evaluator = Evaluator::new(Rules::without_signals([file]).unwrap());
    let mut store = Store::new();
    for (zone, value) in [("1", 31.5), ("2", 12.0)] {
        let labels = Labels::new([("__name__", "temperature"), ("zone", zone)]);
        store.append(&labels, NOW, value).unwrap();
    }
    evaluator.evaluate_all(&mut store, NOW);
    Dashboard::new(Arc::new(Mutex::new(store)))
        .with_evaluator(Arc::new(Mutex::new(evaluator)))
        .with_evaluation_interval(Duration::from_secs(20))
}

/// The groups, without how long things took, which must be a number.
async fn groups(query: &str) -> Vec<Value> {
    let said = get(&dashboard(), &format!("/api/v1/rules{query}")).await;
    assert_eq!(said.status, 200);
    let mut said = said.json();
    let mut groups = said["data"]["groups"].take();
    let groups = groups.as_array_mut().unwrap();
    for group in &mut *groups {
        assert!(group["evaluationTime"].take().is_number());
        for rule in group["rules"].as_array_mut().unwrap() {
            assert!(rule["evaluationTime"].take().is_number());
        }
    }
    std::mem::take(groups)
}

fn names(groups: &[Value]) -> Vec<String> {
    let rules = groups
        .iter()
        .flat_map(|group| group["rules"].as_array().unwrap());
    rules
        .map(|rule| rule["name"].as_str().unwrap().to_owned())
        .collect()
}

fn alert() -> Value {
    json!({
        "labels": {"alertname": "Hot", "severity": "page", "zone": "1"}, "annotations": {"summary": "zone 1"},
        "state": "pending", "activeAt": "2025-11-24T16:00:00Z", "value": "3.15e+01",
    })
}

#[tokio::test]
async fn rules_are_shown_with_their_alerts() {
    let groups = groups("").await;
    let at = "2025-11-24T16:00:00Z";
    assert_eq!(
        groups[0],
        json!({
            "name": "first", "file": "alerts.yml", "interval": 30.0, "limit": 0, "evaluationTime": null, "lastEvaluation": at,
            "rules": [
                {"name": "temperature:max", "query": "max(temperature)", "labels": {}, "health": "ok", "evaluationTime": null,
                 "lastEvaluation": at, "type": "recording"},
                {"name": "Hot", "query": "temperature > 30", "labels": {"severity": "page"}, "state": "pending", "duration": 60.0,
                 "keepFiringFor": 0.0, "annotations": {"summary": "zone {{ $labels.zone }}"}, "alerts": [alert()], "health": "ok",
                 "evaluationTime": null, "lastEvaluation": at, "type": "alerting"},
            ],
        })
    );
    assert_eq!(
        (&groups[1]["interval"], &groups[1]["limit"]),
        (&json!(20.0), &json!(7))
    );
    assert_eq!(groups[1]["rules"][0]["state"], "inactive");
    let broken = &groups[1]["rules"][1];
    assert_eq!(broken["health"], "err");
    assert!(
        broken["lastError"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
}

#[tokio::test]
async fn alerts_are_those_that_are_active() {
    let said = get(&dashboard(), "/api/v1/alerts").await.json();
    let alerts = said["data"]["alerts"].as_array().unwrap();
    assert_eq!(alerts.len(), 2);
    assert_eq!(alerts[0], alert());
    // That of the rule that fails.
    assert_eq!(alerts[1]["labels"]["rule"], "Broken");
}

#[tokio::test]
async fn rules_are_chosen() {
    for (query, expected) in [
        ("?type=alert", &["Hot", "Cold", "Broken"][..]),
        ("?type=record", &["temperature:max"]),
        ("?rule_name[]=Hot&rule_name[]=Cold", &["Hot", "Cold"]),
        ("?rule_group[]=second", &["Cold", "Broken"]),
        ("?file[]=alerts.yml&rule_name[]=Hot", &["Hot"]),
        ("?file[]=other.yml", &[]),
    ] {
        assert_eq!(names(&groups(query).await), expected, "{query}");
    }
    assert_eq!(groups("?rule_group[]=first").await.len(), 1);
    // The state is told although the alerts are not.
    let shown = groups("?exclude_alerts=true&rule_name[]=Hot").await;
    let rule = &shown[0]["rules"][0];
    assert_eq!(
        (&rule["state"], &rule["alerts"]),
        (&json!("pending"), &json!([]))
    );
}
