//! Alerting rules: the state machine.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use llm_vitals_promql::ast::NodeKind;
use llm_vitals_promql::{Expr, Labels, Store};

use crate::alert::{Alert, AlertState};
use crate::group::Group;
use crate::rule::Rule;
use crate::transition::{Reason, Transition};

use super::outcome::{Written, vector};
use super::rule_state::RuleState;
use super::{Counts, RESOLVED_KEPT_MS, Settings};

mod fill;

/// One evaluation of one rule.
pub(super) struct Alerting<'a> {
    pub(super) group: &'a Arc<Group>,
    pub(super) rule: &'a Rule,
    pub(super) store: &'a Store,
    pub(super) settings: &'a Settings,
    pub(super) at: i64,
    /// Whether nothing was evaluated for so long that data may be absent because nobody took it.
    pub(super) is_after_pause: bool,
}

impl Alerting<'_> {
    /// Changes the state and gives the series to write. An error leaves the state as it was, but for a reached limit.
    pub(super) fn evaluate(
        &self,
        state: &mut RuleState,
        counts: &mut Counts,
        changes: &mut Vec<Transition>,
    ) -> Result<Vec<Written>, String> {
        let mut found = self.found(counts)?;
        if self.is_after_pause && asks_for_absence(&self.rule.expr) {
            found.retain(|labels, _| state.alerts.get(labels).is_some_and(Alert::is_active));
        }
        let present: HashSet<Labels> = found.keys().cloned().collect();
        let new = merge(state, found);
        let moves = self.advance(state, &present, &new);
        let over = self.enforce_limit(state);
        for change in moves {
            let was_dropped =
                change.alert.is_active() && !state.alerts.contains_key(&change.alert.labels);
            if !was_dropped || change.from.is_some() {
                changes.push(change);
            }
        }
        let known = over
            .dropped
            .into_iter()
            .filter(|alert| !new.contains(&alert.labels));
        changes.extend(known.map(|alert| self.dropped(alert)));
        match over.error {
            Some(error) if self.settings.drops_all_over_limit => Err(error),
            error => {
                state.last_error = error;
                Ok(written(state))
            }
        }
    }

    /// The alerts that the expression gives now, as if each were new.
    fn found(&self, counts: &mut Counts) -> Result<HashMap<Labels, Alert>, String> {
        let result = vector(
            &self.settings.engine,
            self.store,
            &self.rule.expr,
            self.query_time(),
        )?;
        let mut found = HashMap::with_capacity(result.len());
        for (source, value) in result {
            let alert = self.alert(&source, value, counts);
            let labels = alert.labels.clone();
            if found.insert(labels.clone(), alert).is_some() {
                return Err(format!(
                    "two series of the result make alerts with the same labels: {labels}"
                ));
            }
        }
        Ok(found)
    }

    /// Takes every alert to where it belongs now, and gives those that have changed, in the order of their labels.
    fn advance(
        &self,
        state: &mut RuleState,
        present: &HashSet<Labels>,
        new: &HashSet<Labels>,
    ) -> Vec<Transition> {
        let mut data = None;
        let mut moves = Vec::new();
        let mut all: Vec<Labels> = state.alerts.keys().cloned().collect();
        all.sort();
        for labels in all {
            let Some(alert) = state.alerts.get_mut(&labels) else {
                continue;
            };
            let from = (!new.contains(&labels)).then_some(alert.state);
            let reason = if present.contains(&labels) {
                self.holds(alert);
                Reason::Condition
            } else {
                self.is_missing(alert, &mut data)
            };
            let was_pending = from == Some(AlertState::Pending);
            let is_gone =
                alert.state == AlertState::Resolved && (was_pending || self.is_forgotten(alert));
            let to = (!is_gone).then_some(alert.state);
            if from != to && from != Some(AlertState::Resolved) {
                moves.push(self.transition(alert.clone(), from, to, reason));
            }
            if is_gone {
                state.alerts.remove(&labels);
            }
        }
        moves
    }

    fn query_time(&self) -> i64 {
        self.at - self.group.query_offset_ms
    }

    /// The condition holds for the alert's series.
    fn holds(&self, alert: &mut Alert) {
        if let Some(awaited) = alert.awaited.take()
            && alert.state == AlertState::Pending
        {
            // The time without data is not time in which the condition held.
            alert.active_at += self.at - awaited.since;
        }
        alert.keep_firing_since = None;
        self.fire_if_due(alert);
        let is_young = self.at - alert.active_at < self.rule.hold_ms;
        if alert.state == AlertState::Firing && is_young {
            // The rule was changed to hold longer.
            alert.fired_at = None;
            alert.set_state(AlertState::Pending);
        }
    }

    fn fire_if_due(&self, alert: &mut Alert) {
        if alert.state == AlertState::Pending && self.at - alert.active_at >= self.rule.hold_ms {
            alert.fired_at = Some(self.at);
            alert.set_state(AlertState::Firing);
        }
    }

    /// The alert's series is not in the result.
    fn is_missing(&self, alert: &mut Alert, data: &mut Option<Option<HashSet<Labels>>>) -> Reason {
        if !alert.is_active() {
            return Reason::NotInResult;
        }
        let known = data.get_or_insert_with(|| self.series_with_data());
        let reason = match known {
            Some(series) if series.contains(&alert.source) => Reason::ConditionFalse,
            Some(_) => Reason::NoData,
            None => Reason::NotInResult,
        };
        if let Some(awaited) = alert.awaited {
            if reason != Reason::ConditionFalse && self.at < awaited.until {
                return reason;
            }
            alert.awaited = None;
        }
        if alert.state == AlertState::Firing && self.rule.keep_firing_ms > 0 {
            let since = *alert.keep_firing_since.get_or_insert(self.at);
            if self.at - since < self.rule.keep_firing_ms {
                return reason;
            }
        }
        alert.resolved_at = Some(self.at);
        alert.set_state(AlertState::Resolved);
        reason
    }

    fn is_forgotten(&self, alert: &Alert) -> bool {
        alert
            .resolved_at
            .is_some_and(|resolved| self.at - resolved > RESOLVED_KEPT_MS)
    }

    /// The series that the condition measures, `None` where that is no simple comparison.
    fn series_with_data(&self) -> Option<HashSet<Labels>> {
        let data = self.rule.data.as_ref()?;
        let series = vector(&self.settings.engine, self.store, data, self.query_time()).ok()?;
        Some(
            series
                .into_iter()
                .map(|(labels, _)| labels.without_name())
                .collect(),
        )
    }

    fn transition(
        &self,
        alert: Alert,
        from: Option<AlertState>,
        to: Option<AlertState>,
        reason: Reason,
    ) -> Transition {
        Transition {
            alert,
            group: Arc::clone(self.group),
            from,
            to,
            at: self.at,
            reason,
        }
    }

    /// The end of an alert that is over the limit.
    fn dropped(&self, mut alert: Alert) -> Transition {
        let from = Some(alert.state);
        let to = (alert.state == AlertState::Firing).then_some(AlertState::Resolved);
        alert.resolved_at = Some(self.at);
        alert.set_state(AlertState::Resolved);
        self.transition(alert, from, to, Reason::EvaluationFailed)
    }

    fn enforce_limit(&self, state: &mut RuleState) -> OverLimit {
        let limit = self.group.limit;
        let mut active: Vec<(i64, Labels)> = state
            .alerts
            .values()
            .filter(|alert| limit > 0 && alert.is_active())
            .map(|alert| (alert.active_at, alert.labels.clone()))
            .collect();
        if active.len() <= limit {
            return OverLimit::default();
        }
        let error = format!("{} alerts, and the group's limit is {limit}", active.len());
        active.sort();
        let kept = if self.settings.drops_all_over_limit {
            0
        } else {
            limit
        };
        let dropped = active
            .drain(kept..)
            .filter_map(|(_, labels)| state.alerts.remove(&labels))
            .collect();
        OverLimit {
            error: Some(error),
            dropped,
        }
    }
}

fn asks_for_absence(expr: &Expr) -> bool {
    let mut asks = false;
    expr.root().walk(&mut |node| {
        asks |= matches!(node.kind(), NodeKind::Call(call) if call.function().starts_with("absent"));
    });
    asks
}

#[derive(Default)]
struct OverLimit {
    error: Option<String>,
    dropped: Vec<Alert>,
}

/// Puts what was found into the state, and gives the labels of the alerts that were not active before.
fn merge(state: &mut RuleState, found: HashMap<Labels, Alert>) -> HashSet<Labels> {
    let mut new = HashSet::new();
    for (labels, found) in found {
        match state
            .alerts
            .get_mut(&labels)
            .filter(|alert| alert.is_active())
        {
            Some(known) => {
                known.value = found.value;
                known.annotations = found.annotations;
                known.source = found.source;
            }
            None => {
                new.insert(labels.clone());
                state.alerts.insert(labels, found);
            }
        }
    }
    new
}

fn written(state: &RuleState) -> Vec<Written> {
    let active = state.alerts.values().filter(|alert| alert.is_active());
    let series = active.flat_map(|alert| {
        // Whole seconds, as Prometheus writes them.
        let since = alert.active_at.div_euclid(1_000) as f64;
        [
            (alert.series.alerts.clone(), 1.0),
            (alert.series.for_state.clone(), since),
        ]
    });
    series.collect()
}
