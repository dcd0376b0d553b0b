//! A line for each alert that changes.

use std::time::Duration;

use llm_vitals_alert::{AlertState, Reason, Rules, Transition};

/// Logs changes: alerts that fire as warnings, everything else as information.
pub(super) fn transitions(changes: &[Transition]) {
    for change in changes {
        let line = line(change);
        if change.to() == Some(AlertState::Firing) {
            tracing::warn!("{line}");
        } else {
            tracing::info!("{line}");
        }
    }
}

/// Warns of rules that look further back than samples are kept.
pub(super) fn beyond(rules: &Rules, retention: Duration) {
    let names: Vec<&str> = rules
        .beyond(retention)
        .map(|(_, rule)| rule.name())
        .collect();
    if !names.is_empty() {
        tracing::warn!(
            "these rules look further back than the {} h that samples are kept, so they give the values of shorter windows: {}",
            retention.as_secs() / 3600,
            names.join(", ")
        );
    }
}

fn line(change: &Transition) -> String {
    let alert = change.alert();
    let (from, to) = (name(change.from()), name(change.to()));
    format!(
        "alert {} was {from} and is {to}: {}; its value is {}",
        alert.labels(),
        reason(change.reason()),
        alert.value()
    )
}

fn name(state: Option<AlertState>) -> &'static str {
    match state {
        Some(AlertState::Pending) => "pending",
        Some(AlertState::Firing) => "firing",
        Some(AlertState::Resolved) => "resolved",
        _ => "inactive",
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Condition => "its condition holds",
        Reason::ConditionFalse => "its condition does not hold",
        Reason::NoData => "there is no data",
        Reason::NotInResult => "its expression does not give it any more",
        Reason::RuleRemoved => "its rule is gone",
        Reason::EvaluationFailed => "its rule cannot be evaluated",
        Reason::EvaluationRecovered => "its rule can be evaluated again",
        _ => "for another reason",
    }
}
