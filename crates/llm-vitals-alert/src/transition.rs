//! What an evaluation has changed.

use std::sync::Arc;

use crate::alert::{Alert, AlertState};
use crate::group::Group;

/// An alert that is now at something else than before.
#[derive(Debug, Clone)]
pub struct Transition {
    pub(crate) alert: Alert,
    pub(crate) group: Arc<Group>,
    pub(crate) from: Option<AlertState>,
    pub(crate) to: Option<AlertState>,
    pub(crate) at: i64,
    pub(crate) reason: Reason,
}

/// Why an alert has changed.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The condition holds.
    Condition,
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
    /// The rule can be evaluated again.
    EvaluationRecovered,
}

impl Transition {
    /// The alert as it is now.
    #[must_use]
    pub fn alert(&self) -> &Alert {
        &self.alert
    }

    /// The group of its rule.
    #[must_use]
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// What it was at; `None` if there was no such alert.
    #[must_use]
    pub fn from(&self) -> Option<AlertState> {
        self.from
    }

    /// What it is at; `None` if it was pending and is gone.
    #[must_use]
    pub fn to(&self) -> Option<AlertState> {
        self.to
    }

    /// When, in milliseconds since 1970.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.at
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }
}
