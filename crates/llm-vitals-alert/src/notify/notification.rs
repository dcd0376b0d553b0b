//! One message to one receiver.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::transition::Reason;

/// The alerts of one group, as they are to be told to one integration of one receiver.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// The receiver's name.
    pub receiver: String,
    /// Which of the receiver's integrations, from 0, in the order of [`Receiver::integrations`](super::Receiver::integrations).
    pub integration: usize,
    /// The group, as Alertmanager writes it: `{}/{severity="page"}:{alertname="HighErrorRate"}`. It depends on the route and the labels
    /// alone: the same in every process and after a restart.
    pub group_key: String,
    /// The labels by which the alerts were grouped.
    pub group_labels: BTreeMap<String, String>,
    /// The firing ones and, where the integration wants them, those resolved since the last message.
    pub alerts: Vec<NotifiedAlert>,
    /// Why it is sent now.
    pub reason: NotifyReason,
    /// When it became due, in milliseconds since 1970.
    pub at: i64,
    /// Where this process can be seen, for links; may be empty.
    pub external_url: String,
}

/// One alert of a notification.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotifiedAlert {
    /// With `alertname`.
    pub labels: BTreeMap<String, String>,
    /// Texts for people.
    pub annotations: BTreeMap<String, String>,
    /// When it began, in milliseconds since 1970.
    pub starts_at: i64,
    /// When it ended; `None` while it fires.
    pub ends_at: Option<i64>,
    /// Where it comes from; may be empty.
    pub generator_url: String,
    /// What stands behind it, where this process evaluates the rule.
    pub evidence: Option<Evidence>,
}

/// Why a notification is sent.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotifyReason {
    /// The first one of its group.
    First,
    /// More alerts fire than were told.
    NewAlerts,
    /// Some alerts are over.
    NewResolved,
    /// All alerts are over.
    AllResolved,
    /// Nothing is new, and `repeat_interval` has passed.
    Repeat,
}

/// What stands behind an alert at the moment it began to fire or was looked at last.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The value that the rule's expression gave, where it is a number.
    pub value: Option<f64>,
    /// What it is compared with, and how: `>`, `0.05`.
    pub threshold: Option<(String, f64)>,
    /// The series behind the value that contribute most, the largest first.
    pub contributors: Vec<Contributor>,
    /// The value at even distances of time up to now, oldest first; `None` where there was no sample.
    pub history: Vec<Option<f64>>,
    /// The span of `history` in seconds.
    pub history_seconds: u64,
    /// What `value`, `threshold` and `history` are measured in.
    #[serde(default)]
    pub unit: Unit,
    /// Why it is over; `None` while it fires, and where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

/// What a value is measured in, so that it can be written for people.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Not known, or a count.
    #[default]
    Plain,
    /// A part of a whole, 1 being all of it.
    Ratio,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
    /// US dollars.
    Dollars,
    /// US dollars an hour.
    DollarsPerHour,
    /// Events a second.
    PerSecond,
    /// Tokens a second.
    TokensPerSecond,
}

/// Why an alert is over.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// The condition does not hold any more, and there is data that says so.
    ConditionFalse,
    /// There is no data for the series any more.
    NoData,
    /// The expression does not give the series any more; whether there is data cannot be told from it.
    NotInResult,
    /// The rule is gone or is another one after a reload.
    RuleRemoved,
    /// The rule cannot be evaluated, or its group's limit is reached.
    EvaluationFailed,
    /// The rule, whose failing was the alert, can be evaluated again.
    EvaluationRecovered,
}

/// A part of a value.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contributor {
    /// What tells it from the others, such as provider and model.
    pub labels: BTreeMap<String, String>,
    /// Its part of the whole, 0 to 1.
    pub share: f64,
}

impl Ended {
    /// `None` for what begins an alert.
    pub(crate) fn of(reason: Reason) -> Option<Self> {
        match reason {
            Reason::ConditionFalse => Some(Self::ConditionFalse),
            Reason::NoData => Some(Self::NoData),
            Reason::NotInResult => Some(Self::NotInResult),
            Reason::RuleRemoved => Some(Self::RuleRemoved),
            Reason::EvaluationFailed => Some(Self::EvaluationFailed),
            Reason::EvaluationRecovered => Some(Self::EvaluationRecovered),
            Reason::Condition => None,
        }
    }
}

impl Notification {
    /// What is delivered at most once at a time, and in order: the group, and one integration of one receiver.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}/{}", self.group_key, self.receiver, self.integration)
    }

    /// With all times so much earlier.
    pub(crate) fn move_back(&mut self, by_ms: i64) {
        let back = |time: &mut i64| *time = time.saturating_sub(by_ms);
        back(&mut self.at);
        for alert in &mut self.alerts {
            back(&mut alert.starts_at);
            alert.ends_at.iter_mut().for_each(back);
        }
    }

    /// Whether an alert of it fires.
    #[must_use]
    pub fn is_firing(&self) -> bool {
        self.alerts.iter().any(|alert| alert.ends_at.is_none())
    }
}
