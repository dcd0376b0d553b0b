//! What can be seen of alerts and rules.

use std::time::Duration;

use crate::alert::Alert;
use crate::group::Group;
use crate::rule::Rule;

use super::rule_state::RuleState;

/// An alert with its rule.
#[derive(Debug, Clone, Copy)]
pub struct ActiveAlert<'a> {
    group: &'a Group,
    rule: &'a Rule,
    alert: &'a Alert,
}

/// A rule with what came of its last evaluation.
#[derive(Debug, Clone, Copy)]
pub struct RuleStatus<'a> {
    group: &'a Group,
    rule: &'a Rule,
    state: &'a RuleState,
}

/// Whether a rule can be evaluated.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Health {
    /// It has not been tried.
    #[default]
    Unknown,
    /// It can.
    Ok,
    /// The last time it could not.
    Err,
}

impl<'a> ActiveAlert<'a> {
    pub(super) fn new(group: &'a Group, rule: &'a Rule, alert: &'a Alert) -> Self {
        Self { group, rule, alert }
    }

    /// The group of its rule.
    #[must_use]
    pub fn group(&self) -> &'a Group {
        self.group
    }

    /// Its rule.
    #[must_use]
    pub fn rule(&self) -> &'a Rule {
        self.rule
    }

    /// The alert.
    #[must_use]
    pub fn alert(&self) -> &'a Alert {
        self.alert
    }
}

impl<'a> RuleStatus<'a> {
    pub(super) fn new(group: &'a Group, rule: &'a Rule, state: &'a RuleState) -> Self {
        Self { group, rule, state }
    }

    /// The rule's group.
    #[must_use]
    pub fn group(&self) -> &'a Group {
        self.group
    }

    /// The rule.
    #[must_use]
    pub fn rule(&self) -> &'a Rule {
        self.rule
    }

    /// Whether it can be evaluated.
    #[must_use]
    pub fn health(&self) -> Health {
        self.state.health
    }

    /// Why it could not be evaluated the last time.
    #[must_use]
    pub fn last_error(&self) -> Option<&'a str> {
        self.state.last_error.as_deref()
    }

    /// When it was evaluated last, in milliseconds since 1970.
    #[must_use]
    pub fn last_evaluation(&self) -> Option<i64> {
        self.state.last_evaluation
    }

    /// How long that took.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.state.duration
    }
}
