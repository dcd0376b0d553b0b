//! What is known of a rule between two evaluations.

use std::collections::HashMap;
use std::time::Duration;

use llm_vitals_promql::Labels;

use crate::alert::Alert;

use super::status::Health;

#[derive(Debug, Default)]
pub(crate) struct RuleState {
    pub(crate) alerts: HashMap<Labels, Alert>,
    /// The alert that says that the rule cannot be evaluated.
    pub(crate) failing: Option<Alert>,
    /// The series that the last evaluation wrote.
    pub(crate) written: Vec<Labels>,
    pub(crate) health: Health,
    pub(crate) last_error: Option<String>,
    pub(crate) last_evaluation: Option<i64>,
    pub(crate) duration: Duration,
}
