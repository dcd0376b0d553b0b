//! Notifications to send, and what is expected of failures.

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{Notification, Notifier, NotifyError, Texts};
use serde_json::{Value, json};

use super::server::{Answer, Server};

/// 2026-11-24 09:00:00 UTC
pub(crate) const NOW: i64 = 1_795_510_800_000;

pub(crate) fn texts() -> Arc<Texts> {
    Arc::new(Texts::default())
}

/// An alert that has fired for 12 minutes, with evidence.
pub(crate) fn firing() -> Value {
    json!({
        "labels": {"alertname": "HighErrorRate", "provider": "openai", "severity": "critical"},
        "annotations": {
            "summary": "openai fails 10% of the calls",
            "runbook_url": "https://runbooks.example/HighErrorRate.md",
        },
        "starts_at": NOW - 720_000,
        "ends_at": null,
        "generator_url": "https://gw.example/graph?g0.expr=x",
        "evidence": {
            "value": 0.1, "threshold": [">", 0.05], "unit": "ratio",
            "contributors": [{"labels": {"model": "gpt-4o"}, "share": 0.71}],
            "history": [0.0, 0.05, 0.1], "history_seconds": 1800,
        },
    })
}

/// The same alert, over after 12 minutes.
pub(crate) fn resolved() -> Value {
    let mut alert = firing();
    alert["ends_at"] = NOW.into();
    alert["evidence"] = Value::Null;
    alert
}

pub(crate) fn notification(reason: &str, alerts: &[Value]) -> Notification {
    serde_json::from_value(json!({
        "receiver": "team", "integration": 0, "group_key": "{}:{alertname=\"HighErrorRate\"}",
        "group_labels": {"alertname": "HighErrorRate"}, "alerts": alerts, "reason": reason, "at": NOW,
        "external_url": "https://gw.example",
    }))
    .unwrap()
}

pub(crate) fn first() -> Notification {
    notification("first", &[firing()])
}

/// Alerts with what comes from outside: mentions, links, markup, control characters, turned directions, and 100 KB of it.
pub(crate) fn hostile() -> Vec<Value> {
    let texts = [
        "<!channel> <!here> <!subteam^S1> <@U123> @channel @here",
        "[click](https://evil.example) <https://evil.example|bank> **b** _i_ `c` # h",
        "a\r\nInjected: header\n\n- item\n{{DATE(2017-02-14T06:00:00Z, SHORT)}}",
        "\u{202e}gnp.exe\u{2066}\u{0}\u{7}\u{1b}[31m\u{feff}",
        "&lt;script&gt;<script>alert(1)</script>&amp;\"'\\",
        "{{ .ExternalURL }} ${x} %s",
    ];
    let big = "😀<&>*_`[](ä\u{202e}\n".repeat(6_000);
    let texts = texts.iter().map(|text| (*text).to_owned()).chain([big]);
    let alerts = texts.map(|text| {
        let mut alert = firing();
        alert["labels"]["alertname"] = text.clone().into();
        alert["labels"]["provider"] = text.clone().into();
        alert["labels"]["severity"] = text.clone().into();
        alert["annotations"] = json!({"summary": text, "description": text, "runbook_url": text});
        alert["generator_url"] = text.clone().into();
        alert["evidence"]["contributors"] = json!([{"labels": {"model": text}, "share": 1.0}]);
        alert
    });
    alerts.collect()
}

/// What a failure looks like to the queue.
pub(crate) fn told(error: &NotifyError) -> (bool, &'static str, Option<Duration>, String) {
    (
        error.is_temporary(),
        error.reason(),
        error.retry_after(),
        error.to_string(),
    )
}

/// Sends with each answer and compares what came of it: whether it is temporary, the reason, the wait in seconds and a part of the text.
pub(crate) async fn expect_failures(
    server: &Server,
    notifier: &dyn Notifier,
    cases: Vec<(Answer, (bool, &str, Option<u64>, &str))>,
) {
    for (answer, expected) in cases {
        let shown = format!("{answer:?}");
        server.answer([answer]);
        let error = notifier.notify(&first(), None).await.unwrap_err();
        let (is_temporary, reason, wait, text) = told(&error);
        assert_eq!(
            (is_temporary, reason, wait.map(|wait| wait.as_secs())),
            (expected.0, expected.1, expected.2),
            "{shown}: {text}"
        );
        assert!(text.contains(expected.3), "{shown}: {text}");
        server.take();
    }
}
