//! Title, summary and severity of a whole message.

use std::collections::BTreeMap;

use crate::notify::notification::{Notification, NotifiedAlert};

use super::clean::clean;
use super::telling;

/// How long a title may be, in characters.
const LONGEST_TITLE: usize = 250;
const LONGEST_SUMMARY: usize = 500;
/// How many names a title or a summary has.
const MOST_NAMES: usize = 3;

pub(super) fn title(notification: &Notification) -> String {
    let told = told(notification);
    let state = if notification.is_firing() {
        format!("FIRING:{}", told.len())
    } else {
        "RESOLVED".to_owned()
    };
    let common = common(told.iter().map(|alert| &alert.labels));
    let values: Vec<&str> = telling(&common).map(|(_, value)| &**value).collect();
    let names = listed(&names(&told));
    let title = if values.is_empty() {
        format!("[{state}] {names}")
    } else {
        format!("[{state}] {names} ({})", values.join(" "))
    };
    clean(&title, LONGEST_TITLE)
}

pub(super) fn summary(notification: &Notification) -> String {
    let told = told(notification);
    let over = if notification.is_firing() {
        ""
    } else {
        "Resolved: "
    };
    let own = |alert: &NotifiedAlert| {
        let text = alert.annotations.get("summary");
        text.or_else(|| alert.annotations.get("description"))
            .map(|text| clean(text, LONGEST_SUMMARY))
            .filter(|text| !text.is_empty())
    };
    if let Some(first) = told.first().and_then(|alert| own(alert))
        && told.iter().all(|alert| own(alert).as_ref() == Some(&first))
    {
        return clean(&format!("{over}{first}"), LONGEST_SUMMARY);
    }
    let names = names(&told);
    let verb = match (notification.is_firing(), names.len()) {
        (true, 2..) => "fire",
        (true, _) => "fires",
        (false, 2..) => "are over",
        (false, _) => "is over",
    };
    let names = listed(&names);
    let common = common(told.iter().map(|alert| &alert.labels));
    let mut apart: Vec<String> = told
        .iter()
        .map(|alert| {
            let values = telling(&alert.labels).filter(|(name, _)| !common.contains_key(*name));
            values
                .map(|(_, value)| &**value)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|text| !text.is_empty())
        .collect();
    apart.sort();
    apart.dedup();
    let text = if told.len() > 1 && apart.len() > 1 {
        format!("{names} {verb} for {}.", listed(&apart))
    } else if told.len() > 1 {
        format!("{names} {verb} {} times.", told.len())
    } else {
        format!("{names} {verb}.")
    };
    clean(&text, LONGEST_SUMMARY)
}

/// The worst one, of those with a known rank, else the first.
pub(super) fn severity(notification: &Notification) -> Option<String> {
    let told = told(notification);
    let severities = told
        .iter()
        .filter_map(|alert| alert.labels.get("severity"))
        .filter(|text| !text.is_empty());
    severities
        .min_by_key(|text| rank(text))
        .map(|text| clean(text, LONGEST_TITLE))
}

fn rank(severity: &str) -> usize {
    let known = [
        "critical",
        "page",
        "fatal",
        "emergency",
        "error",
        "high",
        "major",
        "warning",
        "ticket",
        "medium",
        "minor",
        "info",
        "low",
        "none",
    ];
    let found = known
        .iter()
        .position(|known| severity.eq_ignore_ascii_case(known));
    found.unwrap_or(known.len())
}

/// What the message is about: the firing ones, or all where none fires.
fn told(notification: &Notification) -> Vec<&NotifiedAlert> {
    let is_firing = notification.is_firing();
    let alerts = notification.alerts.iter();
    alerts
        .filter(|alert| !is_firing || alert.ends_at.is_none())
        .collect()
}

fn names(alerts: &[&NotifiedAlert]) -> Vec<String> {
    let name = |alert: &&NotifiedAlert| {
        let name = alert.labels.get("alertname");
        name.map_or_else(|| "an alert".to_owned(), |name| clean(name, LONGEST_TITLE))
    };
    let mut names: Vec<String> = alerts.iter().map(name).collect();
    names.sort();
    names.dedup();
    names
}

/// `a`, `a and b`, `a, b, c and 2 more`.
fn listed(texts: &[String]) -> String {
    match texts {
        [] => "no alert".to_owned(),
        [one] => one.clone(),
        [start @ .., last] if texts.len() <= MOST_NAMES => {
            format!("{} and {last}", start.join(", "))
        }
        _ => format!(
            "{} and {} more",
            texts[..MOST_NAMES].join(", "),
            texts.len() - MOST_NAMES
        ),
    }
}

/// The labels that all have.
fn common<'a>(
    mut all: impl Iterator<Item = &'a BTreeMap<String, String>>,
) -> BTreeMap<String, String> {
    let mut common = all.next().cloned().unwrap_or_default();
    for labels in all {
        common.retain(|name, value| labels.get(name) == Some(value));
    }
    common
}
