//! The state out of an evaluator, and back into one after a restart.

use llm_vitals_promql::{Labels, Store};

use crate::alert::{Alert, AlertState, Awaited, label_map};
use crate::group::Group;
use crate::rule::{Rule, RuleKind};
use crate::state::{SavedAlert, SavedState, State, VERSION};

use super::rule_state::RuleState;
use super::{Evaluator, Settings};

impl Evaluator {
    /// Everything that is needed to go on after a restart.
    #[must_use]
    pub fn state(&self) -> State {
        let mut alerts = Vec::new();
        for group in &self.groups {
            for (rule, state) in group.rules() {
                let mut of_rule: Vec<&Alert> = state.alerts.values().collect();
                of_rule.sort_by(|a, b| a.labels.cmp(&b.labels));
                alerts.extend(
                    of_rule
                        .into_iter()
                        .map(|alert| saved(&group.group, rule, state, alert)),
                );
            }
        }
        State {
            version: VERSION,
            alerts,
        }
    }

    /// Takes up alerts of before a restart. Call it before the first evaluation.
    ///
    /// An alert goes on where its rule, by file, group, name and labels, is still there and was evaluated less than the outage
    /// tolerance ago. The time in which nothing ran does not count as time pending. Until there is data of its series again an alert
    /// stays as it is, for the restore grace at most. `ALERTS` gets the samples of the last evaluation before the restart.
    ///
    /// A state that is ahead of `now_ms`, because the clock was set back meanwhile, is taken as one of now.
    pub fn restore(&mut self, state: &State, now_ms: i64, store: &mut Store) {
        let oldest = now_ms - self.settings.outage_tolerance_ms;
        let ahead = state.ahead_of(now_ms);
        let alerts = state.alerts.iter().map(|saved| saved.moved_back(ahead));
        for saved in alerts.filter(|saved| saved.evaluated_at >= oldest) {
            for group in &mut self.groups {
                let Some((rule, state)) = group.rule_mut(|group, rule| is_of(&saved, group, rule))
                else {
                    continue;
                };
                let alert = restored(&saved, &self.settings, rule.hold_ms, now_ms);
                if alert.is_active() {
                    let since = alert.active_at.div_euclid(1_000) as f64;
                    for (labels, value) in [
                        (&alert.series.alerts, 1.0),
                        (&alert.series.for_state, since),
                    ] {
                        // The store may be as old as the evaluator and have them.
                        let _ = store.append(labels, saved.evaluated_at, value);
                        state.written.push(labels.clone());
                    }
                }
                state.last_evaluation.get_or_insert(saved.evaluated_at);
                state.alerts.insert(alert.labels.clone(), alert);
            }
        }
    }
}

fn is_of(saved: &SavedAlert, group: &Group, rule: &Rule) -> bool {
    (&group.file, &group.name) == (&saved.file, &saved.group)
        && (&rule.name, &rule.labels) == (&saved.rule, &saved.rule_labels)
        && rule.kind == RuleKind::Alerting
}

fn saved(group: &Group, rule: &Rule, state: &RuleState, alert: &Alert) -> SavedAlert {
    SavedAlert {
        file: group.file.clone(),
        group: group.name.clone(),
        rule: rule.name.clone(),
        rule_labels: rule.labels.clone(),
        labels: label_map(&alert.labels),
        source: label_map(&alert.source),
        annotations: alert.annotations.clone(),
        state: match alert.state {
            AlertState::Pending => SavedState::Pending,
            AlertState::Firing => SavedState::Firing,
            AlertState::Resolved => SavedState::Resolved,
        },
        value: alert.value.to_bits(),
        active_at: alert.active_at,
        fired_at: alert.fired_at,
        resolved_at: alert.resolved_at,
        keep_firing_since: alert.keep_firing_since,
        evaluated_at: state.last_evaluation.unwrap_or(alert.active_at),
    }
}

fn restored(saved: &SavedAlert, settings: &Settings, hold_ms: i64, now: i64) -> Alert {
    let labels = Labels::new(&saved.labels);
    let mut alert = Alert::new(
        labels,
        Labels::new(&saved.source),
        f64::from_bits(saved.value),
        saved.active_at,
    );
    alert.annotations.clone_from(&saved.annotations);
    alert.fired_at = saved.fired_at;
    alert.resolved_at = saved.resolved_at;
    let down = (now - saved.evaluated_at).max(0);
    // A kept alert is kept for as long as it would have been seen.
    alert.keep_firing_since = saved.keep_firing_since.map(|since| since + down);
    alert.set_state(match saved.state {
        SavedState::Pending => AlertState::Pending,
        SavedState::Firing => AlertState::Firing,
        SavedState::Resolved => AlertState::Resolved,
    });
    if alert.state == AlertState::Pending {
        let left = hold_ms - (saved.evaluated_at - saved.active_at);
        alert.active_at = if left < settings.for_grace_ms {
            now + settings.for_grace_ms - hold_ms
        } else {
            saved.active_at + down
        };
    }
    if alert.is_active() {
        alert.awaited = Some(Awaited {
            until: now + settings.restore_grace_ms,
            since: now,
        });
    }
    alert
}
