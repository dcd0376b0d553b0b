//! Alerts and rules in the JSON of Prometheus' API.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use llm_vitals_alert::{ActiveAlert, Alert, AlertState, Evaluator, Health, RuleKind, RuleStatus};
use llm_vitals_promql::Labels;
use serde_json::{Map, Value, json};

use super::{Alerts, lock};

/// What Prometheus shows where something has not happened.
const NEVER: &str = "0001-01-01T00:00:00Z";

impl Alerts {
    /// `data` of `/api/v1/alerts`: alerts that are pending or firing. Waits for an evaluation that is under way.
    pub(crate) fn alerts(&self) -> Value {
        let evaluator = lock(&self.evaluator);
        let alerts = evaluator.alerts();
        let active = alerts.iter().map(ActiveAlert::alert);
        json!({ "alerts": active.filter(|alert| is_active(alert)).map(alert).collect::<Vec<_>>() })
    }

    /// `data` of `/api/v1/rules`: all groups. Waits for an evaluation that is under way.
    pub(crate) fn rules(&self) -> Value {
        let evaluator = lock(&self.evaluator);
        let rules = evaluator.rules();
        let groups = rules.chunk_by(|one, next| {
            let (one, next) = (one.group(), next.group());
            (one.file(), one.name()) == (next.file(), next.name())
        });
        let groups: Vec<_> = groups
            .map(|rules| group(&evaluator, rules, self.interval))
            .collect();
        json!({ "groups": groups })
    }
}

fn group(evaluator: &Evaluator, rules: &[RuleStatus<'_>], default_interval: Duration) -> Value {
    let alerts = evaluator.alerts();
    let group = rules[0].group();
    let took: Duration = rules.iter().map(RuleStatus::duration).sum();
    let last = rules.iter().filter_map(RuleStatus::last_evaluation).max();
    let rules: Vec<_> = rules.iter().map(|status| rule(status, &alerts)).collect();
    json!({
        "name": group.name(),
        "file": group.file(),
        "rules": rules,
        "interval": group.interval().unwrap_or(default_interval).as_secs_f64(),
        "limit": group.limit(),
        "evaluationTime": took.as_secs_f64(),
        "lastEvaluation": time(last),
    })
}

fn rule(status: &RuleStatus<'_>, alerts: &[ActiveAlert<'_>]) -> Value {
    let rule = status.rule();
    let mut shown = Map::new();
    let mut set = |name: &str, value: Value| drop(shown.insert(name.to_owned(), value));
    let is_alerting = rule.kind() == RuleKind::Alerting;
    set("name", rule.name().into());
    set("query", rule.expr().to_string().into());
    set("labels", pairs(rule.labels()));
    if is_alerting {
        let of_rule: Vec<&Alert> = alerts
            .iter()
            .filter(|active| std::ptr::eq(active.rule(), rule))
            .map(ActiveAlert::alert)
            .filter(|alert| is_active(alert))
            .collect();
        let is = |state| of_rule.iter().any(|alert| alert.state() == state);
        let state = if is(AlertState::Firing) {
            "firing"
        } else if is(AlertState::Pending) {
            "pending"
        } else {
            "inactive"
        };
        set("state", state.into());
        set("duration", rule.hold().as_secs_f64().into());
        set("keepFiringFor", rule.keep_firing_for().as_secs_f64().into());
        set("annotations", pairs(rule.annotations()));
        set("alerts", of_rule.into_iter().map(alert).collect());
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
    set("lastEvaluation", time(status.last_evaluation()).into());
    set(
        "type",
        if is_alerting { "alerting" } else { "recording" }.into(),
    );
    shown.into()
}

fn is_active(alert: &Alert) -> bool {
    matches!(alert.state(), AlertState::Pending | AlertState::Firing)
}

fn alert(alert: &Alert) -> Value {
    let state = match alert.state() {
        AlertState::Firing => "firing",
        _ => "pending",
    };
    json!({
        "labels": labels(alert.labels()),
        "annotations": pairs(alert.annotations()),
        "state": state,
        "activeAt": time(Some(alert.active_at())),
        "value": value(alert.value()),
    })
}

fn labels(labels: &Labels) -> BTreeMap<&str, &str> {
    labels.iter().collect()
}

fn pairs(pairs: &[(String, String)]) -> Value {
    let pairs = pairs
        .iter()
        .map(|(name, text)| (name.clone(), Value::from(text.as_str())));
    Value::Object(pairs.collect())
}

/// In RFC 3339.
fn time(millis: Option<i64>) -> String {
    millis
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .map_or_else(|| NEVER.to_owned(), |time| time.to_string())
}

/// As Go writes a number with an exponent: `1e-01`.
fn value(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let text = format!("{value:e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_as_prometheus_writes_them() {
        for (number, text) in [
            (0.1, "1e-01"),
            (1.0, "1e+00"),
            (0.0, "0e+00"),
            (-2512.5, "-2.5125e+03"),
            (1e100, "1e+100"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(value(number), text);
        }
        assert_eq!(time(Some(1_764_000_000_200)), "2025-11-24T16:00:00.2Z");
        assert_eq!(time(None), NEVER);
    }
}
