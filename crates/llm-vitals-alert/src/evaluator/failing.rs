//! The alert that says that a rule cannot be evaluated.

use std::sync::Arc;

use llm_vitals_promql::Labels;

use crate::alert::{Alert, AlertState};
use crate::group::Group;
use crate::rule::Rule;
use crate::transition::{Reason, Transition};

use super::outcome::Written;
use super::rule_state::RuleState;

/// Its name.
const NAME: &str = "AlertRuleEvaluationFailing";
/// How long a rule must fail until it fires: one failed evaluation may come of a moment.
const HOLD_MS: i64 = 60_000;

/// Follows the rule's last evaluation, and gives what is to be written.
pub(super) fn follow(
    group: &Arc<Group>,
    rule: &Rule,
    state: &mut RuleState,
    at: i64,
    changes: &mut Vec<Transition>,
) -> Vec<Written> {
    let change = |alert: &Alert, from, to, reason| Transition {
        alert: alert.clone(),
        group: Arc::clone(group),
        from,
        to,
        at,
        reason,
    };
    let Some(error) = &state.last_error else {
        if let Some(mut alert) = state.failing.take() {
            let from = Some(alert.state);
            let to = (alert.state == AlertState::Firing).then_some(AlertState::Resolved);
            alert.resolved_at = Some(at);
            alert.set_state(AlertState::Resolved);
            changes.push(change(&alert, from, to, Reason::EvaluationRecovered));
        }
        return Vec::new();
    };
    let mut from = state.failing.as_ref().map(|alert| alert.state);
    let alert = state.failing.get_or_insert_with(|| {
        from = None;
        let group_name = format!("{};{}", group.file, group.name);
        let labels = [
            ("alertname", NAME),
            ("rule_group", &*group_name),
            ("rule", &*rule.name),
            ("severity", "warning"),
        ];
        Alert::new(Labels::new(labels), Labels::empty(), 1.0, at)
    });
    let summary = format!("The rule {} cannot be evaluated: {error}", rule.name);
    alert.annotations = vec![("summary".to_owned(), summary)];
    if alert.state == AlertState::Pending && at - alert.active_at >= HOLD_MS {
        alert.fired_at = Some(at);
        alert.set_state(AlertState::Firing);
    }
    if from != Some(alert.state) {
        changes.push(change(
            alert,
            from,
            Some(alert.state),
            Reason::EvaluationFailed,
        ));
    }
    vec![(alert.series.alerts.clone(), 1.0)]
}
