//! `custom_details`: what stands behind the alerts.

use serde_json::{Map, Value, json};

use crate::notify::config::PagerdutySettings;
use crate::notify::filled::Filled;
use crate::notify::message::{AlertMessage, Message};
use crate::notify::notification::Notification;
use crate::notify::plain::lines;

/// Alertmanager's four, for rules that look at them, and the alerts one by one; those of the file go over ours.
pub(super) fn details(
    settings: &PagerdutySettings,
    filled: &Filled<'_>,
    message: &Message,
    notification: &Notification,
) -> Map<String, Value> {
    let firing = notification
        .alerts
        .iter()
        .filter(|alert| alert.ends_at.is_none());
    let firing = firing.count();
    let resolved = notification.alerts.len() - firing;
    let told = |is_firing: bool| {
        let alerts = message
            .alerts
            .iter()
            .filter(|alert| alert.is_firing == is_firing);
        let told: Vec<String> = alerts.map(|alert| alert.lines().join("\n")).collect();
        told.join("\n")
    };
    let mut details = Map::new();
    details.insert("num_firing".to_owned(), firing.to_string().into());
    details.insert("num_resolved".to_owned(), resolved.to_string().into());
    for (name, text) in [("firing", told(true)), ("resolved", told(false))] {
        if !text.is_empty() {
            details.insert(name.to_owned(), text.into());
        }
    }
    let alerts: Vec<Value> = message.alerts.iter().map(alert).collect();
    details.insert("alerts".to_owned(), alerts.into());
    if let Some(more) = message.more_text() {
        details.insert("more".to_owned(), more.into());
    }
    for (name, template) in &settings.details {
        match filled.text(&format!("details.{name}"), Some(template)) {
            Some(text) if text.is_empty() => drop(details.shift_remove(name)),
            Some(text) => drop(details.insert(name.clone(), lines(&text).into())),
            None => {}
        }
    }
    details
}

fn alert(alert: &AlertMessage) -> Value {
    let labels: Map<String, Value> = alert
        .labels
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    let mut fields = json!({
        "alert": alert.name,
        "status": alert.state_text(),
        "severity": alert.severity,
        "summary": alert.summary,
        "value": alert.value,
        "threshold": alert.threshold,
        "time": alert.time,
        "contributors": alert.contributors,
        "history": alert.history_text(),
        "labels": labels,
        "runbook": alert.runbook,
    });
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|_, value| !(value.is_null() || *value == json!([]) || *value == json!({})));
    }
    fields
}
