//! A notification as templates see it: Alertmanager's fields, and `.Message` with what this process knows beside them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::notify::message::{AlertMessage, Message};
use crate::notify::notification::{Notification, NotifiedAlert};
use crate::template::Value;

use super::alert_list::AlertList;
use super::fingerprint::fingerprint;
use super::key_values::KeyValues;
use super::moment::{Moment, ZERO_MS};
use super::record::Record;

type Texts = BTreeMap<String, String>;

/// What `.` is at the start.
pub(super) fn root(notification: &Notification) -> Value {
    let alerts = notification.alerts.iter();
    let alerts = alerts.map(|alert| (alert.ends_at.is_none(), self::alert(alert, notification)));
    let status = status(notification.is_firing());
    let message = Message::of(notification, &notification.external_url);
    let common = |of: fn(&NotifiedAlert) -> &Texts| {
        KeyValues::value(&common(notification.alerts.iter().map(of)))
    };
    record(
        "template.Data",
        8,
        vec![
            ("Receiver", text(&notification.receiver)),
            ("Status", text(status)),
            ("Alerts", object(AlertList(alerts.collect()))),
            ("GroupLabels", KeyValues::value(&notification.group_labels)),
            ("CommonLabels", common(|alert| &alert.labels)),
            ("CommonAnnotations", common(|alert| &alert.annotations)),
            ("ExternalURL", text(&notification.external_url)),
            ("Message", self::message(&message)),
        ],
    )
}

fn alert(alert: &NotifiedAlert, notification: &Notification) -> Value {
    let message = AlertMessage::of(alert, notification.at, &notification.external_url);
    record(
        "template.Alert",
        7,
        vec![
            ("Status", text(status(alert.ends_at.is_none()))),
            ("Labels", KeyValues::value(&alert.labels)),
            ("Annotations", KeyValues::value(&alert.annotations)),
            ("StartsAt", Moment::value(alert.starts_at)),
            ("EndsAt", Moment::value(alert.ends_at.unwrap_or(ZERO_MS))),
            ("GeneratorURL", text(&alert.generator_url)),
            ("Fingerprint", Value::Text(fingerprint(&alert.labels))),
            ("Message", alert_message(&message)),
        ],
    )
}

fn message(message: &Message) -> Value {
    let alerts = message.alerts.iter().map(alert_message);
    record(
        "Message",
        0,
        vec![
            ("Title", text(&message.title)),
            ("Summary", text(&message.summary)),
            ("Severity", optional(message.severity.as_deref())),
            ("Reason", optional(message.reason.as_deref())),
            ("Alerts", Value::List(alerts.collect())),
            ("More", optional(message.more_text().as_deref())),
            ("Text", Value::Text(message.to_text())),
            ("HTML", Value::Html(message.to_html().into())),
            ("DashboardURL", optional(message.dashboard.as_deref())),
            ("SilenceURL", optional(message.silence.as_deref())),
        ],
    )
}

fn alert_message(message: &AlertMessage) -> Value {
    let contributors = message.contributors.iter().map(|line| text(line));
    let labels: Texts = message.labels.iter().cloned().collect();
    let lines = message.lines().join("\n");
    record(
        "AlertMessage",
        0,
        vec![
            ("IsFiring", Value::Bool(message.is_firing)),
            ("Name", text(&message.name)),
            ("Heading", Value::Text(message.heading())),
            ("Severity", optional(message.severity.as_deref())),
            ("Summary", optional(message.summary.as_deref())),
            ("Description", optional(message.description.as_deref())),
            ("Labels", KeyValues::value(&labels)),
            ("Value", optional(message.value_text().as_deref())),
            ("Time", text(&message.time)),
            ("Ended", optional(message.ended.as_deref())),
            ("Contributors", Value::List(contributors.collect())),
            ("History", optional(message.history_text().as_deref())),
            ("Runbook", optional(message.runbook.as_deref())),
            ("DashboardURL", optional(message.dashboard.as_deref())),
            ("SilenceURL", optional(message.silence.as_deref())),
            ("SourceURL", optional(message.generator.as_deref())),
            ("Text", Value::Text(lines)),
        ],
    )
}

fn record(type_name: &'static str, printed: usize, fields: Vec<(&'static str, Value)>) -> Value {
    object(Record {
        type_name,
        fields,
        printed,
    })
}

fn object(object: impl crate::template::Object + 'static) -> Value {
    Value::Object(Arc::new(object))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn optional(text: Option<&str>) -> Value {
    self::text(text.unwrap_or_default())
}

fn status(is_firing: bool) -> &'static str {
    if is_firing { "firing" } else { "resolved" }
}

fn common<'a>(mut all: impl Iterator<Item = &'a Texts>) -> Texts {
    let mut common = all.next().cloned().unwrap_or_default();
    for texts in all {
        common.retain(|name, value| texts.get(name) == Some(value));
    }
    common
}
