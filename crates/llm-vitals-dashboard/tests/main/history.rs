//! What the application knows, as JSON.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_alert::{Evaluator, RuleFile, Rules};
use llm_vitals_dashboard::{
    Application, CheckRow, CheckState, Dashboard, History, HistoryEntry, ReceiverRow,
    ReceiverState, RecentError, RecentErrors, Spend, SpendReport,
};
use llm_vitals_promql::{Labels, Store};
use serde_json::{Value, json};

use crate::support::{NOW, get};

#[derive(Default)]
struct App {
    errors: RecentErrors,
    history: History,
    spend: Option<Spend>,
}

impl Application for App {
    fn checks(&self) -> Option<Vec<CheckRow>> {
        let check = CheckRow::new("openai", CheckState::Degraded)
            .with_kind("readiness")
            .with_group("providers")
            .with_since(NOW - 60_000)
            .with_last_run(NOW - 1_000, Duration::from_millis(120))
            .with_tag("region", "eu");
        Some(vec![check, CheckRow::new("redis", CheckState::Unknown)])
    }

    fn errors(&self) -> Option<Vec<RecentError>> {
        Some(self.errors.recent())
    }

    fn receivers(&self) -> Option<Vec<ReceiverRow>> {
        let receiver = ReceiverRow::new("ops", "slack", ReceiverState::Retrying)
            .with_last_error("429 from https://hooks.slack.com/services/T0/B0/x")
            .with_counts(12, 1);
        Some(vec![receiver])
    }

    fn history(&self) -> Option<Vec<HistoryEntry>> {
        Some(self.history.recent())
    }

    fn spend(&self) -> Option<SpendReport> {
        self.spend.as_ref().map(|spend| spend.report(NOW))
    }
}

async fn overview(dashboard: Dashboard) -> Value {
    let dashboard = dashboard.with_clock(|| NOW).with_started_at(NOW - 90_000);
    let said = get(&dashboard, "/api/dashboard").await;
    assert_eq!(said.status, 200);
    said.json()
}

#[tokio::test]
async fn what_nobody_told_is_null() {
    let dashboard = Dashboard::new(Arc::default()).with_version("1.2.3");
    assert_eq!(
        overview(dashboard).await,
        json!({
            "version": "1.2.3", "now": "2025-11-24T16:00:00Z", "startedAt": "2025-11-24T15:58:30Z",
            "sampleIntervalSeconds": null, "retentionSeconds": 21600.0, "canWrite": false,
            "checks": null, "errors": null, "receivers": null, "history": null, "spend": null,
        })
    );
}

#[tokio::test]
async fn what_the_application_tells_is_shown() {
    let app = App {
        spend: Some(Spend::new(NOW)),
        ..App::default()
    };
    app.errors.push(
        RecentError::new(NOW, "rate_limited")
            .with_provider("openai")
            .with_status(429),
    );
    let dashboard = Dashboard::new(Arc::default())
        .with_application(app)
        .with_sample_interval(Duration::from_secs(5))
        .with_write_access();
    let said = overview(dashboard).await;
    assert_eq!(said["sampleIntervalSeconds"], 5.0);
    assert_eq!(said["canWrite"], true);
    assert_eq!(
        said["checks"],
        json!([
            {"name": "openai", "kind": "readiness", "group": "providers", "state": "degraded", "since": "2025-11-24T15:59:00Z",
             "lastRun": "2025-11-24T15:59:59Z", "durationSeconds": 0.12, "message": null, "tags": {"region": "eu"}},
            {"name": "redis", "kind": null, "group": null, "state": "unknown", "since": null,
             "lastRun": null, "durationSeconds": null, "message": null, "tags": {}},
        ])
    );
    assert_eq!(said["errors"][0]["errorType"], "rate_limited");
    assert_eq!(
        said["receivers"],
        json!([{"receiver": "ops", "integration": "slack", "state": "retrying", "lastSuccess": null,
                "lastError": "429 from https://[redacted]", "queued": null, "sent": 12, "failed": 1}])
    );
    assert_eq!(
        said["spend"],
        json!({"today": null, "month": null, "forecast": null, "unpricedRequests": null})
    );
}

/// A rule that is pending, fires and is over.
fn changes(history: &History) {
    let file = RuleFile::parse(
        "alerts.yml",
        "groups:\n- name: g\n  interval: 10s\n  rules:\n  - alert: Hot\n    expr: temperature > 30\n    for: 10s\n    labels: {severity: page}\n    annotations: {summary: 'it is {{ $value }}'}\n",
    );
    let mut evaluator = Evaluator::new(Rules::without_signals([file.unwrap()]).unwrap());
    let mut store = Store::new();
    let labels = Labels::new([("__name__", "temperature"), ("zone", "1")]);
    for (tick, value) in [31.0, 32.5, 33.0, 20.0].into_iter().enumerate() {
        let at = NOW + tick as i64 * 10_000;
        store.append(&labels, at, value).unwrap();
        history.record(&evaluator.evaluate(&mut store, at));
    }
}

#[tokio::test]
async fn changes_of_alerts_are_kept_newest_first() {
    let app = App::default();
    changes(&app.history);
    let dashboard = Dashboard::new(Arc::new(Mutex::new(Store::new()))).with_application(app);
    let said = overview(dashboard).await;
    let entry = |at: &str, from: &str, to: &str, value: f64, reason: &str, summary: &str| {
        json!({
            "at": at, "alertname": "Hot", "labels": {"alertname": "Hot", "severity": "page", "zone": "1"}, "severity": "page",
            "from": from, "to": to, "value": value, "reason": reason, "summary": summary,
        })
    };
    assert_eq!(
        said["history"],
        json!([
            entry(
                "2025-11-24T16:00:30Z",
                "firing",
                "resolved",
                33.0,
                "the condition does not hold any more",
                "it is 33"
            ),
            entry(
                "2025-11-24T16:00:10Z",
                "pending",
                "firing",
                32.5,
                "the condition holds",
                "it is 32.5"
            ),
            entry(
                "2025-11-24T16:00:00Z",
                "inactive",
                "pending",
                31.0,
                "the condition holds",
                "it is 31"
            ),
        ])
    );
}

#[test]
fn only_the_last_changes_are_kept() {
    let history = History::new(2);
    changes(&history);
    let kept = history.recent();
    let to: Vec<_> = kept.iter().map(HistoryEntry::to).collect();
    assert_eq!(to, ["resolved", "firing"]);
    assert_eq!((kept[0].alertname(), kept[0].at()), ("Hot", NOW + 30_000));
}
