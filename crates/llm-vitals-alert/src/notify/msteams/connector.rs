//! The card of the connectors that Microsoft has retired.

use serde_json::{Value, json};

use super::card::{facts, heading, links, more};
use super::markdown::escape;
use super::texts::CardTexts;
use crate::notify::message::{AlertMessage, Message};

/// The card, which describes the first so many alerts.
pub(super) fn message(message: &Message, texts: &CardTexts, alerts: usize) -> Value {
    let (text, sections) = match &texts.text {
        Some(text) => (text.clone(), Vec::new()),
        None => {
            let lines = [Some(escape(&message.summary, 1_000)), more(message, alerts)];
            let lines: Vec<String> = lines.into_iter().flatten().collect();
            let sections = message.alerts.iter().take(alerts).map(section);
            (lines.join("\n\n"), sections.collect())
        }
    };
    let actions: Vec<Value> = links(message)
        .into_iter()
        .take(4)
        .map(|(name, url)| {
            json!({"@type": "OpenUri", "name": name, "targets": [{"os": "default", "uri": url}]})
        })
        .collect();
    json!({
        "@context": "http://schema.org/extensions",
        "@type": "MessageCard",
        "title": texts.title,
        "summary": texts.summary,
        "text": text,
        "themeColor": color(message),
        "sections": sections,
        "potentialAction": actions,
    })
}

fn section(alert: &AlertMessage) -> Value {
    let facts: Vec<Value> = facts(alert)
        .into_iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let summary = alert.summary.as_deref().unwrap_or_default();
    json!({
        "activityTitle": heading(alert),
        "activitySubtitle": escape(summary, 1_000),
        "facts": facts,
        "markdown": true,
    })
}

fn color(message: &Message) -> &'static str {
    match (message.is_firing, message.severity.as_deref()) {
        (false, _) => "2DC72D",
        (true, Some("warning" | "warn" | "ticket" | "info" | "low" | "minor")) => "E0A800",
        _ => "8C1A1A",
    }
}
