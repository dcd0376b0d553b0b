//! Labels and annotations of alerts.

use llm_vitals_alert::Template;

use super::Lint;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::known;
use crate::check::subject::Subject;

pub(in crate::check) static VALUE_IN_LABEL: Lint = Lint {
    code: "value-in-label",
    level: Level::Error,
    about: "a label with the value in it: each new value is a new alert, which starts to wait anew",
};

pub(in crate::check) static LOST_LABEL: Lint = Lint {
    code: "lost-label",
    level: Level::Warning,
    about: "a template that shows a label which the expression does not keep",
};

pub(in crate::check) fn check(
    subject: &Subject<'_>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    if !subject.is_alert() {
        return;
    }
    let rule = subject.rule;
    for (name, text) in rule.labels() {
        if Template::parse(text).is_ok_and(|template| template.mentions_value()) {
            let message = format!(
                "the label {name} has the value in it: with each new value the alert is a new one"
            );
            findings.extend(subject.whole(
                &VALUE_IN_LABEL,
                message,
                "put the value into an annotation",
            ));
        }
    }
    // Annotations see the labels of the series, not those that the rule adds.
    let Some(labels) = known::labels(rule.expr().root(), context) else {
        return;
    };
    for (name, text) in rule.labels().iter().chain(rule.annotations()) {
        for label in mentioned(text) {
            if labels.contains(label) || label == "__name__" {
                continue;
            }
            let kept: Vec<&str> = labels.iter().map(String::as_str).collect();
            let kept = if kept.is_empty() {
                "none".to_owned()
            } else {
                kept.join(", ")
            };
            let message = format!(
                "{name} shows $labels.{label}, which is empty: the expression keeps {kept}"
            );
            findings.extend(subject.whole(
                &LOST_LABEL,
                message,
                format!("add {label} to by (...), or take it out of the text"),
            ));
        }
    }
}

/// The labels that a template shows: `$labels.x` and `.Labels.x`.
fn mentioned(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in ["$labels.", ".Labels."] {
        for (at, _) in text.match_indices(word) {
            let rest = &text[at + word.len()..];
            let end = rest
                .find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_')
                .unwrap_or(rest.len());
            if end > 0 && !found.contains(&&rest[..end]) {
                found.push(&rest[..end]);
            }
        }
    }
    found
}
