//! Alerts, and how they change.

use std::collections::BTreeMap;

use llm_vitals_promql::{Labels, LabelsBuilder};

/// What an alert is at.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertState {
    /// The condition holds, and not yet for as long as it must.
    Pending,
    /// The condition has held for as long as it must.
    Firing,
    /// It has fired and does no more. Kept for 15 minutes.
    Resolved,
}

/// One alert: a rule, and a series for which its condition holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    pub(crate) labels: Labels,
    /// The labels of the series, without what the rule adds.
    pub(crate) source: Labels,
    pub(crate) annotations: Vec<(String, String)>,
    pub(crate) state: AlertState,
    pub(crate) value: f64,
    pub(crate) active_at: i64,
    pub(crate) fired_at: Option<i64>,
    pub(crate) resolved_at: Option<i64>,
    pub(crate) keep_firing_since: Option<i64>,
    /// After a restart, until its series is seen again.
    pub(crate) awaited: Option<Awaited>,
    pub(crate) series: AlertSeries,
}

/// An alert of before a restart whose series has not been seen since.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Awaited {
    /// How long it is waited for.
    pub(crate) until: i64,
    /// When it was restored.
    pub(crate) since: i64,
}

/// The series that an alert is written as.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AlertSeries {
    pub(crate) alerts: Labels,
    pub(crate) for_state: Labels,
}

impl Alert {
    pub(crate) fn new(labels: Labels, source: Labels, value: f64, now_ms: i64) -> Self {
        let series = AlertSeries::new(&labels, AlertState::Pending);
        Self {
            labels,
            source,
            annotations: Vec::new(),
            state: AlertState::Pending,
            value,
            active_at: now_ms,
            fired_at: None,
            resolved_at: None,
            keep_firing_since: None,
            awaited: None,
            series,
        }
    }

    /// The rule's name: the label `alertname`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.labels.get("alertname").unwrap_or_default()
    }

    /// All labels: those of the series, without the metric's name, those of the rule, and `alertname`.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Annotations with their texts, sorted by name.
    #[must_use]
    pub fn annotations(&self) -> &[(String, String)] {
        &self.annotations
    }

    /// The text of one annotation.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&str> {
        let found = self.annotations.iter().find(|(have, _)| have == name);
        found.map(|(_, text)| text.as_str())
    }

    /// Where to read what to do: the annotation `runbook_url`.
    #[must_use]
    pub fn runbook(&self) -> Option<&str> {
        self.annotation("runbook_url")
    }

    /// What it is at.
    #[must_use]
    pub fn state(&self) -> AlertState {
        self.state
    }

    /// The value that the expression gave last.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Since when the condition holds, in milliseconds since 1970.
    #[must_use]
    pub fn active_at(&self) -> i64 {
        self.active_at
    }

    /// When it began to fire, in milliseconds since 1970.
    #[must_use]
    pub fn fired_at(&self) -> Option<i64> {
        self.fired_at
    }

    /// When it was resolved, in milliseconds since 1970.
    #[must_use]
    pub fn resolved_at(&self) -> Option<i64> {
        self.resolved_at
    }

    /// Since when it fires on although its condition has ended, in milliseconds since 1970.
    #[must_use]
    pub fn keep_firing_since(&self) -> Option<i64> {
        self.keep_firing_since
    }

    /// Whether it is from before a restart and its series has not been seen since.
    #[must_use]
    pub fn is_awaiting_data(&self) -> bool {
        self.awaited.is_some()
    }

    pub(crate) fn is_active(&self) -> bool {
        self.state != AlertState::Resolved
    }

    pub(crate) fn set_state(&mut self, state: AlertState) {
        self.state = state;
        self.series = AlertSeries::new(&self.labels, state);
    }
}

impl AlertSeries {
    pub(crate) fn new(labels: &Labels, state: AlertState) -> Self {
        let named = |name| {
            let mut builder = LabelsBuilder::from_labels(labels);
            builder.set("__name__", name);
            builder
        };
        let state = if state == AlertState::Pending {
            "pending"
        } else {
            "firing"
        };
        Self {
            alerts: named("ALERTS").set("alertstate", state).build(),
            for_state: named("ALERTS_FOR_STATE").build(),
        }
    }
}

/// Labels as templates take them.
pub(crate) fn label_map(labels: &Labels) -> BTreeMap<String, String> {
    labels
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
