//! Groups, rules and alerts as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use llm_vitals_alert::{ActiveAlert, Alert, AlertState, Health, RuleKind, RuleStatus};
use serde_json::{Map, Value, json};

use crate::json::exponential;
use crate::time::rfc3339_or_never;

/// A group with some of its rules, of which there is one at least. `alerts` are all there are, `shown` those that may be seen.
pub(super) fn group(
    rules: &[RuleStatus<'_>],
    alerts: &[ActiveAlert<'_>],
    shown: &[ActiveAlert<'_>],
    default_interval: Duration,
) -> Value {
    let group = rules[0].group();
    let took: Duration = rules.iter().map(RuleStatus::duration).sum();
    let last = rules.iter().filter_map(RuleStatus::last_evaluation).max();
    let rules: Vec<_> = rules
        .iter()
        .map(|status| rule(status, alerts, shown))
        .collect();
    json!({
        "name": group.name(),
        "file": group.file(),
        "rules": rules,
        "interval": group.interval().unwrap_or(default_interval).as_secs_f64(),
        "limit": group.limit(),
        "evaluationTime": took.as_secs_f64(),
        "lastEvaluation": rfc3339_or_never(last),
    })
}

fn rule(
    status: &RuleStatus<'_>,
    alerts: &[ActiveAlert<'_>],
    shown_alerts: &[ActiveAlert<'_>],
) -> Value {
    let rule = status.rule();
    let mut shown = Map::new();
    let mut set = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    let is_alerting = rule.kind() == RuleKind::Alerting;
    set("name", rule.name().into());
    set("query", rule.expr().to_string().into());
    set("labels", pairs(rule.labels()));
    if is_alerting {
        let of_rule = |alerts: &[ActiveAlert<'_>]| -> Vec<Alert> {
            let of_rule = alerts
                .iter()
                .filter(|active| std::ptr::eq(active.rule(), rule));
            let of_rule = of_rule.map(|active| active.alert());
            of_rule.filter(|alert| is_active(alert)).cloned().collect()
        };
        set("state", state(&of_rule(alerts)).into());
        set("duration", rule.hold().as_secs_f64().into());
        set("keepFiringFor", rule.keep_firing_for().as_secs_f64().into());
        set("annotations", pairs(rule.annotations()));
        set("alerts", of_rule(shown_alerts).iter().map(alert).collect());
    }
    let health = match status.health() {
        Health::Ok => "ok",
        Health::Err => "err",
        _ => "unknown",
    };
    set("health", health.into());
    if let Some(error) = status.last_error() {
        set("lastError", error.into());
    }
    set("evaluationTime", status.duration().as_secs_f64().into());
    set(
        "lastEvaluation",
        rfc3339_or_never(status.last_evaluation()).into(),
    );
    set(
        "type",
        if is_alerting { "alerting" } else { "recording" }.into(),
    );
    shown.into()
}

/// That of the worst alert.
fn state(alerts: &[Alert]) -> &'static str {
    let is = |state| alerts.iter().any(|alert| alert.state() == state);
    if is(AlertState::Firing) {
        "firing"
    } else if is(AlertState::Pending) {
        "pending"
    } else {
        "inactive"
    }
}

pub(super) fn is_active(alert: &Alert) -> bool {
    matches!(alert.state(), AlertState::Pending | AlertState::Firing)
}

pub(super) fn alert(alert: &Alert) -> Value {
    let state = match alert.state() {
        AlertState::Firing => "firing",
        _ => "pending",
    };
    let labels: BTreeMap<&str, &str> = alert.labels().iter().collect();
    let mut shown = json!({
        "labels": labels,
        "annotations": pairs(alert.annotations()),
        "state": state,
        "activeAt": rfc3339_or_never(Some(alert.active_at())),
        "value": exponential(alert.value()),
    });
    if let Some(since) = alert.keep_firing_since() {
        shown["keepFiringSince"] = rfc3339_or_never(Some(since)).into();
    }
    shown
}

fn pairs(pairs: &[(String, String)]) -> Value {
    let pairs = pairs
        .iter()
        .map(|(name, text)| (name.clone(), Value::from(text.as_str())));
    Value::Object(pairs.collect())
}
