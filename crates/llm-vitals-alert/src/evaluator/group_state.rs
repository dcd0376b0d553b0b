//! A group over time.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_promql::{Labels, Store};

use crate::alert::AlertState;
use crate::group::Group;
use crate::rule::{Rule, RuleKind};
use crate::transition::{Reason, Transition};

use super::alerting::Alerting;
use super::outcome::Written;
use super::rule_state::RuleState;
use super::status::Health;
use super::{Counts, Settings, failing, recording};

#[derive(Debug)]
pub(super) struct GroupState {
    pub(super) group: Arc<Group>,
    /// One for each rule, in their order.
    states: Vec<RuleState>,
    /// The point of the grid that was evaluated last.
    last_slot: Option<i64>,
    /// Until then a pause was so short ago that absent data says nothing.
    absent_until: Option<i64>,
    pub(super) iterations: u64,
    pub(super) missed: u64,
    pub(super) evaluations: u64,
    pub(super) failures: u64,
    pub(super) duration: Duration,
    pub(super) last_evaluation: Option<i64>,
}

impl GroupState {
    pub(super) fn new(group: Arc<Group>) -> Self {
        Self {
            states: group.rules.iter().map(|_| RuleState::default()).collect(),
            group,
            last_slot: None,
            absent_until: None,
            iterations: 0,
            missed: 0,
            evaluations: 0,
            failures: 0,
            duration: Duration::ZERO,
            last_evaluation: None,
        }
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = (&Rule, &RuleState)> {
        self.group.rules.iter().zip(&self.states)
    }

    pub(super) fn rule_mut(
        &mut self,
        wanted: impl Fn(&Group, &Rule) -> bool,
    ) -> Option<(&Rule, &mut RuleState)> {
        let group = &self.group;
        let mut rules = group.rules.iter().zip(&mut self.states);
        rules.find(|(rule, _)| wanted(group, rule))
    }

    pub(super) fn interval_ms(&self, default_ms: i64) -> i64 {
        self.group.interval_ms.unwrap_or(default_ms).max(1)
    }

    /// The point of the grid to evaluate at, if one has come since the last.
    pub(super) fn next_slot(&mut self, settings: &Settings, now: i64) -> Option<i64> {
        let interval = self.interval_ms(settings.interval_ms);
        let grace = settings.absence_grace_ms;
        let slot = now.div_euclid(interval) * interval;
        match self.last_slot {
            Some(last) if slot <= last => return None,
            Some(last) => {
                let passed = (slot - last) / interval - 1;
                self.missed += passed.max(0).unsigned_abs();
                if grace > 0 && passed > 0 && slot - last > grace {
                    self.absent_until = Some(slot + grace);
                }
            }
            None => {}
        }
        self.last_slot = Some(slot);
        Some(slot)
    }

    pub(super) fn next_time(&self, default_ms: i64, now: i64) -> i64 {
        let interval = self.interval_ms(default_ms);
        self.last_slot
            .map_or(now, |last| (last + interval).max(now))
    }

    pub(super) fn evaluate(
        &mut self,
        store: &mut Store,
        at: i64,
        settings: &Settings,
        clock: &quanta::Clock,
        counts: &mut Counts,
        changes: &mut Vec<Transition>,
    ) {
        let started = clock.now();
        let group = Arc::clone(&self.group);
        for (rule, state) in group.rules.iter().zip(&mut self.states) {
            let rule_started = clock.now();
            self.evaluations += 1;
            state.last_error = None;
            let outcome = match rule.kind {
                RuleKind::Recording => recording::evaluate(&group, rule, store, settings, at),
                RuleKind::Alerting => {
                    let alerting = Alerting {
                        group: &group,
                        rule,
                        store,
                        settings,
                        at,
                        is_after_pause: self.absent_until.is_some_and(|until| at < until),
                    };
                    alerting.evaluate(state, counts, changes)
                }
            };
            let written = match outcome {
                Ok(written) => Some(written),
                Err(error) => {
                    state.last_error = Some(error);
                    None
                }
            };
            state.health = if state.last_error.is_none() {
                Health::Ok
            } else {
                Health::Err
            };
            self.failures += u64::from(state.last_error.is_some());
            state.last_evaluation = Some(at);
            let of_failure = failing::follow(&group, rule, state, at, changes);
            write(store, state, written, of_failure, at, counts);
            state.duration = clock.now().duration_since(rule_started);
        }
        self.iterations += 1;
        self.last_evaluation = Some(at);
        self.duration = clock.now().duration_since(started);
    }

    pub(super) fn is_of(&self, group: &Group) -> bool {
        self.group.file == group.file && self.group.name == group.name
    }

    /// Takes the group as it is now; rules that are the same keep their state.
    pub(super) fn replace(
        &mut self,
        group: Arc<Group>,
        ending: &mut Vec<Labels>,
        changes: &mut Vec<Transition>,
    ) {
        let old = std::mem::replace(&mut self.group, group);
        let mut states: Vec<Option<RuleState>> = std::mem::take(&mut self.states)
            .into_iter()
            .map(Some)
            .collect();
        for rule in &self.group.rules {
            let mut known = old.rules.iter().zip(&mut states);
            let found = known.find(|(other, state)| state.is_some() && rule.is_same(other));
            self.states.push(
                found
                    .and_then(|(_, state)| state.take())
                    .unwrap_or_default(),
            );
        }
        if self.group.interval_ms != old.interval_ms {
            self.last_slot = None;
        }
        for state in states.into_iter().flatten() {
            end(state, &old, ending, changes);
        }
    }

    pub(super) fn remove_all(&mut self, ending: &mut Vec<Labels>, changes: &mut Vec<Transition>) {
        for state in std::mem::take(&mut self.states) {
            end(state, &self.group, ending, changes);
        }
    }
}

/// Writes what the rule has made and ends what it does not make any more. A rule that failed writes nothing and ends nothing.
fn write(
    store: &mut Store,
    state: &mut RuleState,
    written: Option<Vec<Written>>,
    of_failure: Vec<Written>,
    at: i64,
    counts: &mut Counts,
) {
    let has_failed = written.is_none();
    let mut now: HashSet<Labels> = HashSet::new();
    for (labels, value) in written.into_iter().flatten().chain(of_failure) {
        counts.refused_samples += u64::from(store.append(&labels, at, value).is_err());
        now.insert(labels);
    }
    let before = std::mem::take(&mut state.written);
    for labels in before {
        if now.contains(&labels) {
            continue;
        }
        if has_failed {
            now.insert(labels);
        } else {
            // A series that the store has let go needs no end.
            let _ = store.append_stale(&labels, at);
        }
    }
    state.written = now.into_iter().collect();
}

fn end(
    state: RuleState,
    group: &Arc<Group>,
    ending: &mut Vec<Labels>,
    changes: &mut Vec<Transition>,
) {
    ending.extend(state.written);
    let alerts = state.alerts.into_values().chain(state.failing);
    for mut alert in alerts.filter(super::Alert::is_active) {
        let from = Some(alert.state);
        let to = (alert.state == AlertState::Firing).then_some(AlertState::Resolved);
        alert.resolved_at = state.last_evaluation.or(Some(alert.active_at));
        alert.set_state(AlertState::Resolved);
        let at = alert.active_at;
        changes.push(Transition {
            alert,
            group: Arc::clone(group),
            from,
            to,
            at,
            reason: Reason::RuleRemoved,
        });
    }
}
