//! The adaptive card that a workflow posts.

use serde_json::{Value, json};

use super::markdown::escape;
use super::texts::CardTexts;
use crate::notify::message::{AlertMessage, Message};
use crate::notify::plain::link;

/// Buttons that Teams shows beside one another.
const MOST_ACTIONS: usize = 6;

/// The message with the card, which describes the first so many alerts.
pub(super) fn message(message: &Message, texts: &CardTexts, alerts: usize) -> Value {
    let mut body = vec![json!({
        "type": "TextBlock",
        "text": texts.title,
        "weight": "Bolder",
        "size": "Medium",
        "wrap": true,
        "style": "heading",
        "color": color(message),
    })];
    if let Some(text) = &texts.text {
        body.push(block(text));
    } else {
        body.push(block(&escape(&message.summary, 1_000)));
        body.extend(
            message
                .reason
                .iter()
                .map(|reason| subtle(&escape(reason, 300))),
        );
        for alert in message.alerts.iter().take(alerts) {
            body.extend(described(alert, message.alerts.len() == 1));
        }
        body.extend(more(message, alerts).map(|more| subtle(&more)));
    }
    let mut content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": body,
        "msteams": {"width": "full"},
    });
    let actions = actions(message);
    if let (Some(content), false) = (content.as_object_mut(), actions.is_empty()) {
        content.insert("actions".to_owned(), actions.into());
    }
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": content,
        }],
    })
}

/// What the card does not describe.
pub(super) fn more(message: &Message, alerts: usize) -> Option<String> {
    let left_out = message.alerts.len().saturating_sub(alerts);
    let more = left_out + message.more_firing + message.more_resolved;
    (more > 0).then(|| format!("and {more} more"))
}

/// Name and value of what is told of an alert.
pub(super) fn facts(alert: &AlertMessage) -> Vec<(&'static str, String)> {
    let labels: Vec<String> = alert
        .labels
        .iter()
        .take(8)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let facts = [
        ("Value", alert.value_text()),
        ("History", alert.history_text()),
        ("Time", Some(alert.time.clone())),
        ("Most of it", Some(alert.contributors.join(", "))),
        ("Why it is over", alert.ended.clone()),
        ("Labels", Some(labels.join(", "))),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, text)| Some((name, escape(&text?, 600))));
    facts.filter(|(_, text)| !text.is_empty()).collect()
}

/// `HighErrorRate firing, critical`
pub(super) fn heading(alert: &AlertMessage) -> String {
    let state = alert.state_text();
    let severity = alert
        .severity
        .as_deref()
        .map(|text| format!(", {}", escape(text, 60)));
    format!(
        "**{}** {state}{}",
        escape(&alert.name, 250),
        severity.unwrap_or_default()
    )
}

/// Links that lead to what to do: the runbooks, each once, and the pages of the group.
pub(super) fn links(message: &Message) -> Vec<(String, String)> {
    let runbooks = message
        .alerts
        .iter()
        .filter(|alert| alert.is_firing)
        .filter_map(|alert| {
            Some((
                format!("Runbook: {}", alert.name),
                alert.runbook.as_deref()?,
            ))
        });
    let pages = [
        ("Alerts", &message.dashboard),
        ("Silence", &message.silence),
    ];
    let pages = pages
        .into_iter()
        .filter_map(|(text, url)| Some((text.to_owned(), url.as_deref()?)));
    let mut links: Vec<(String, String)> = Vec::new();
    for (text, url) in pages.chain(runbooks) {
        let Some(url) = link(url) else { continue };
        if links.len() < MOST_ACTIONS && !links.iter().any(|(_, have)| *have == url) {
            links.push((text, url));
        }
    }
    links
}

fn described(alert: &AlertMessage, is_alone: bool) -> Vec<Value> {
    let mut blocks = vec![json!({
        "type": "TextBlock", "text": heading(alert), "wrap": true, "separator": true,
    })];
    let summary = alert.summary.as_ref().filter(|_| !is_alone);
    for text in summary.into_iter().chain(&alert.description) {
        blocks.push(block(&escape(text, 1_000)));
    }
    let facts: Vec<Value> = facts(alert)
        .into_iter()
        .map(|(title, value)| json!({"title": title, "value": value}))
        .collect();
    blocks.push(json!({"type": "FactSet", "facts": facts}));
    blocks
}

fn actions(message: &Message) -> Vec<Value> {
    links(message)
        .into_iter()
        // A title is plain text.
        .map(|(title, url)| json!({"type": "Action.OpenUrl", "title": title, "url": url}))
        .collect()
}

fn color(message: &Message) -> &'static str {
    match (message.is_firing, message.severity.as_deref()) {
        (false, _) => "Good",
        (true, Some("warning" | "warn" | "ticket" | "info" | "low" | "minor")) => "Warning",
        _ => "Attention",
    }
}

fn block(text: &str) -> Value {
    json!({"type": "TextBlock", "text": text, "wrap": true})
}

fn subtle(text: &str) -> Value {
    json!({"type": "TextBlock", "text": text, "wrap": true, "isSubtle": true})
}
