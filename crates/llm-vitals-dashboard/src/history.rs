//! What happened to alerts lately.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use llm_vitals_alert::{AlertState, Reason, Transition};
use serde::Serialize;

use crate::recent_errors::shorten;
use crate::time;
use crate::work::lock;

/// Characters of a summary and of a label's value.
const LONGEST: usize = 300;
const MOST_LABELS: usize = 40;

/// One change of an alert.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryEntry {
    #[serde(serialize_with = "time::serialize_some")]
    at: i64,
    alertname: String,
    labels: BTreeMap<String, String>,
    severity: Option<String>,
    from: &'static str,
    to: &'static str,
    /// `None` where there is none, as with data that vanished.
    value: Option<f64>,
    reason: &'static str,
    summary: Option<String>,
}

/// The last changes of alerts, newest first; a clone is another handle of the same. 500 unless told otherwise.
///
/// ```
/// use llm_vitals_dashboard::History;
///
/// let history = History::default();
/// let told = history.clone();
/// // runner.on_transitions(move |changes| told.record(changes));
/// # told.record(&[]);
/// assert!(history.recent().is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct History {
    most: usize,
    entries: Arc<Mutex<VecDeque<HistoryEntry>>>,
}

impl HistoryEntry {
    fn of(change: &Transition) -> Self {
        let alert = change.alert();
        let labels = alert.labels().iter().take(MOST_LABELS);
        let value = alert.value();
        Self {
            at: change.at(),
            alertname: shorten(alert.name(), LONGEST),
            labels: labels
                .map(|(name, value)| (name.to_owned(), shorten(value, LONGEST)))
                .collect(),
            severity: alert
                .labels()
                .get("severity")
                .map(|text| shorten(text, LONGEST)),
            from: state(change.from()),
            to: state(change.to()),
            value: value.is_finite().then_some(value),
            reason: reason(change.reason()),
            summary: alert
                .annotation("summary")
                .map(|text| shorten(text, LONGEST)),
        }
    }

    /// When, in milliseconds since 1970.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.at
    }

    /// The alert's name.
    #[must_use]
    pub fn alertname(&self) -> &str {
        &self.alertname
    }

    /// What it is at now: `pending`, `firing`, `resolved` or `inactive`.
    #[must_use]
    pub fn to(&self) -> &'static str {
        self.to
    }
}

impl History {
    /// A history that keeps so many changes, one at least.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            entries: Arc::default(),
        }
    }

    /// Adds changes, in the order in which they happened.
    pub fn record(&self, changes: &[Transition]) {
        let mut entries = lock(&self.entries);
        for change in changes {
            if entries.len() >= self.most {
                entries.pop_back();
            }
            entries.push_front(HistoryEntry::of(change));
        }
    }

    /// All that are kept, newest first.
    #[must_use]
    pub fn recent(&self) -> Vec<HistoryEntry> {
        lock(&self.entries).iter().cloned().collect()
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new(500)
    }
}

fn state(state: Option<AlertState>) -> &'static str {
    match state {
        Some(AlertState::Pending) => "pending",
        Some(AlertState::Firing) => "firing",
        Some(AlertState::Resolved) => "resolved",
        _ => "inactive",
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Condition => "the condition holds",
        Reason::ConditionFalse => "the condition does not hold any more",
        Reason::NoData => "there is no data any more",
        Reason::NotInResult => "the expression does not give the series any more",
        Reason::RuleRemoved => "the rule is gone or has changed",
        Reason::EvaluationFailed => "the rule cannot be evaluated",
        Reason::EvaluationRecovered => "the rule can be evaluated again",
        _ => "changed",
    }
}
