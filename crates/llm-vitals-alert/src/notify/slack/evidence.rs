//! The message of this crate: what is wrong, and what stands behind it.

use serde_json::{Value, json};

use super::mrkdwn::{code, escape, escape_apart, link};
use crate::notify::message::{AlertMessage, Message};
use crate::notify::plain::units;

/// Slack's limit for the text of a section.
const SECTION: usize = 3_000;
/// Slack refuses blocks of a little over 13,000 characters together (`msg_blocks_too_long`), though it documents no such limit.
const ALL: usize = 11_000;
/// Slack's pages say that a text of more than 4,000 is cut.
const TEXT: usize = 3_500;

/// The line above the attachment, which is what a phone shows.
pub(super) fn headline(message: &Message) -> String {
    // `*` in it would end the bold text.
    let title = escape_apart(&message.title.replace('*', "∗"), 1_024);
    let url = message.dashboard.as_deref().unwrap_or_default();
    format!("*{}*", link(url, &title))
}

/// An attachment with the colour of the message and a section for each alert.
pub(super) fn attachment(message: &Message, color: &str) -> Value {
    let sections = sections(message);
    let blocks: Vec<Value> = sections
        .iter()
        .map(|text| json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}}))
        .collect();
    json!({
        "color": color,
        "fallback": escape(&message.title, 1_024),
        "blocks": blocks,
    })
}

/// The sections as one text, for the attachments that have no blocks.
pub(super) fn text(message: &Message, most: usize) -> String {
    let mut text = String::new();
    for section in sections(message) {
        if units(&text) + 2 + units(&section) > most {
            break;
        }
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&section);
    }
    text
}

/// What is left when Slack refuses the layout.
pub(super) fn plain(message: &Message) -> String {
    let title = escape_apart(&message.title, 1_024);
    format!(
        "*{title}*\n{}",
        escape_apart(&message.to_text(), TEXT - 1_100)
    )
}

/// The colour by what is the worst of it.
pub(super) fn color(message: &Message) -> &'static str {
    if !message.is_firing {
        return "good";
    }
    match message.severity.as_deref() {
        Some("warning" | "warn" | "ticket" | "info" | "low" | "minor" | "none") => "warning",
        _ => "danger",
    }
}

fn sections(message: &Message) -> Vec<String> {
    let mut sections = Vec::new();
    let mut head = escape(&message.summary, 1_000);
    if let Some(reason) = &message.reason {
        head.push_str(&format!("\n_{}_", escape(reason, 300)));
    }
    let each = (ALL - units(&head)) / message.alerts.len().max(1);
    sections.push(head);
    let is_alone = message.alerts.len() == 1;
    for alert in &message.alerts {
        let is_said = is_alone && alert.summary.as_ref() == Some(&message.summary);
        sections.push(section(alert, is_said, each.min(SECTION)));
    }
    sections.extend(
        message
            .more_text()
            .map(|more| format!("_{}_", escape(&more, 300))),
    );
    sections
}

/// The lines that have room, the most important ones first. Each is bounded, and none is cut in the middle of its markup.
fn section(alert: &AlertMessage, is_summary_said: bool, most: usize) -> String {
    let name = escape(&alert.name.replace('*', "∗"), 250);
    let state = alert.state_text();
    let severity = alert
        .severity
        .as_deref()
        .map(|text| format!(", {}", escape(text, 60)));
    let mut text = format!("*{name}* {state}{}", severity.unwrap_or_default());
    let labels: Vec<String> = alert
        .labels
        .iter()
        .map(|(name, value)| code(&format!("{name}={value}"), 120))
        .take(8)
        .collect();
    let contributors = alert.contributors.join(", ");
    let summary = alert.summary.as_ref().filter(|_| !is_summary_said);
    let lines = [
        summary.map(|text| escape(text, 500)),
        alert
            .value_text()
            .map(|value| format!("Value: {}", escape(&value, 150))),
        alert
            .history_text()
            .map(|history| format!("History: {}", escape(&history, 150))),
        Some(format!("Time: {}", escape(&alert.time, 150))),
        links(alert, most / 2),
        (!contributors.is_empty()).then(|| format!("Most of it: {}", escape(&contributors, 400))),
        alert
            .ended
            .as_ref()
            .map(|ended| format!("Why it is over: {}", escape(ended, 150))),
        Some(labels.join(" ")),
        alert.description.as_ref().map(|text| escape(text, 700)),
    ];
    for line in lines.into_iter().flatten().filter(|line| !line.is_empty()) {
        if units(&text) + 1 + units(&line) <= most {
            text.push('\n');
            text.push_str(&line);
        }
    }
    text
}

/// The links that have room: the labels make some of them long.
fn links(alert: &AlertMessage, most: usize) -> Option<String> {
    let all = [
        (&alert.runbook, "Runbook"),
        (&alert.dashboard, "Alert"),
        (&alert.silence, "Silence"),
        (&alert.generator, "Source"),
    ];
    let mut line = String::new();
    for (url, text) in all {
        let Some(url) = url.as_deref() else { continue };
        let mut shown = link(url, text);
        if shown == text {
            // A runbook may be a path in a repository, which is no link.
            shown = format!("{text}: {}", code(url, 200));
        }
        if units(&line) + 3 + units(&shown) <= most {
            let joint = if line.is_empty() { "" } else { " · " };
            line = format!("{line}{joint}{shown}");
        }
    }
    (!line.is_empty()).then_some(line)
}
