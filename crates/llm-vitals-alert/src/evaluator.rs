//! Rules evaluated over time: samples and the time in, changes of alerts out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_promql::{Engine, Labels, Store};

use crate::alert::{Alert, label_map};
use crate::rules::Rules;
use crate::transition::Transition;

mod alerting;
mod failing;
mod group_state;
mod outcome;
mod recording;
mod render;
mod restore;
mod rule_state;
mod status;

use self::group_state::GroupState;
pub use self::status::{ActiveAlert, Health, RuleStatus};

/// How long an alert is kept once it is resolved.
const RESOLVED_KEPT_MS: i64 = 15 * 60_000;

/// Evaluates rules and keeps the state of their alerts.
///
/// It has no clock and does no I/O. Groups are evaluated in the order of their files, the rules of a group in their order and at one
/// and the same moment; what a rule records can be asked for by those behind it.
///
/// ```
/// use llm_vitals_alert::{AlertState, Evaluator, RuleFile, Rules};
/// use llm_vitals_promql::{Labels, Store};
///
/// let file = RuleFile::parse("a.yml", "alerts: [{name: Hot, condition: temperature > 30, duration: 1m}]")?;
/// let mut evaluator = Evaluator::new(Rules::new([file])?);
/// let mut store = Store::new();
/// let series = Labels::new([("__name__", "temperature"), ("room", "b")]);
/// for time in [0, 60_000] {
///     store.append(&series, time, 35.0)?;
///     let changes = evaluator.evaluate_all(&mut store, time);
///     assert_eq!(changes.len(), 1);
/// }
/// let alerts = evaluator.alerts();
/// assert_eq!(alerts[0].alert().state(), AlertState::Firing);
/// assert_eq!(alerts[0].alert().labels().to_string(), r#"{alertname="Hot", room="b"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Evaluator {
    groups: Vec<GroupState>,
    /// Series of rules that are gone, whose end is to be written.
    ending: Vec<Labels>,
    /// Changes that came of a reload.
    pending: Vec<Transition>,
    settings: Settings,
    clock: quanta::Clock,
    counts: Counts,
}

/// What is the same for all rules.
#[derive(Debug)]
pub(crate) struct Settings {
    engine: Engine,
    interval_ms: i64,
    external_labels: BTreeMap<String, String>,
    external_url: String,
    drops_all_over_limit: bool,
    outage_tolerance_ms: i64,
    for_grace_ms: i64,
    restore_grace_ms: i64,
    absence_grace_ms: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) template_failures: u64,
    pub(crate) refused_samples: u64,
    pub(crate) state_save_failures: u64,
}

impl Evaluator {
    /// An evaluator for these rules, none of which has been evaluated.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self {
            groups: rules
                .into_groups()
                .into_iter()
                .map(GroupState::new)
                .collect(),
            ending: Vec::new(),
            pending: Vec::new(),
            settings: Settings {
                engine: Engine::new(),
                interval_ms: 15_000,
                external_labels: BTreeMap::new(),
                external_url: String::new(),
                drops_all_over_limit: false,
                outage_tolerance_ms: 3_600_000,
                for_grace_ms: 0,
                restore_grace_ms: 300_000,
                absence_grace_ms: 300_000,
            },
            clock: quanta::Clock::new(),
            counts: Counts::default(),
        }
    }

    /// How far apart evaluations are of groups that do not say; 15 seconds by default.
    #[must_use]
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.settings.interval_ms = milliseconds(interval).max(1);
        self
    }

    /// The engine, with its lookback and its limits.
    #[must_use]
    pub fn with_engine(mut self, engine: Engine) -> Self {
        self.settings.engine = engine;
        self
    }

    /// What `$externalLabels` is in templates.
    #[must_use]
    pub fn with_external_labels(mut self, labels: &Labels) -> Self {
        self.settings.external_labels = label_map(labels);
        self
    }

    /// What `$externalURL` is in templates.
    #[must_use]
    pub fn with_external_url(mut self, url: impl Into<String>) -> Self {
        self.settings.external_url = url.into();
        self
    }

    /// Drops all alerts of a rule that has more than its group's limit, as Prometheus does. The default keeps the oldest.
    #[must_use]
    pub fn with_prometheus_limits(mut self) -> Self {
        self.settings.drops_all_over_limit = true;
        self
    }

    /// How old a state may be that [`restore`](Self::restore) takes; 1 hour by default.
    #[must_use]
    pub fn with_outage_tolerance(mut self, tolerance: Duration) -> Self {
        self.settings.outage_tolerance_ms = milliseconds(tolerance);
        self
    }

    /// How long a restored pending alert stays pending at least; none by default, 10 minutes in Prometheus.
    #[must_use]
    pub fn with_for_grace_period(mut self, grace: Duration) -> Self {
        self.settings.for_grace_ms = milliseconds(grace);
        self
    }

    /// How long a restored alert waits for data of its series; 5 minutes by default.
    #[must_use]
    pub fn with_restore_grace(mut self, grace: Duration) -> Self {
        self.settings.restore_grace_ms = milliseconds(grace);
        self
    }

    /// After a pause of more than this in which nothing was evaluated, rules that ask for absent data start no alerts for as long: nobody
    /// has taken samples either. 5 minutes by default; zero is as in Prometheus.
    #[must_use]
    pub fn with_absence_grace(mut self, grace: Duration) -> Self {
        self.settings.absence_grace_ms = milliseconds(grace);
        self
    }

    /// Evaluates the groups whose time has come, at the last point of their grid that `now_ms` has reached.
    ///
    /// Points of the grid are multiples of the interval. Those that were passed without a call are not made up for; they are counted.
    pub fn evaluate(&mut self, store: &mut Store, now_ms: i64) -> Vec<Transition> {
        let mut changes = self.start(store, now_ms);
        for group in &mut self.groups {
            if let Some(slot) = group.next_slot(&self.settings, now_ms) {
                group.evaluate(
                    store,
                    slot,
                    &self.settings,
                    &self.clock,
                    &mut self.counts,
                    &mut changes,
                );
            }
        }
        changes
    }

    /// Evaluates every group at exactly this time, whatever its interval.
    pub fn evaluate_all(&mut self, store: &mut Store, now_ms: i64) -> Vec<Transition> {
        let mut changes = self.start(store, now_ms);
        for group in &mut self.groups {
            group.evaluate(
                store,
                now_ms,
                &self.settings,
                &self.clock,
                &mut self.counts,
                &mut changes,
            );
        }
        changes
    }

    fn start(&mut self, store: &mut Store, now_ms: i64) -> Vec<Transition> {
        for labels in self.ending.drain(..) {
            // A series that has a later sample, or none any more, needs no end.
            let _ = store.append_stale(&labels, now_ms);
        }
        for change in &mut self.pending {
            change.at = now_ms;
            if change.alert.resolved_at.is_some() {
                change.alert.resolved_at = Some(now_ms);
            }
        }
        std::mem::take(&mut self.pending)
    }

    /// When [`evaluate`](Self::evaluate) has something to do next, `now_ms` at the earliest; `None` without groups.
    #[must_use]
    pub fn next_evaluation(&self, now_ms: i64) -> Option<i64> {
        self.groups
            .iter()
            .map(|group| group.next_time(self.settings.interval_ms, now_ms))
            .min()
    }

    /// All alerts, with those that were resolved in the last 15 minutes, in the order of groups, rules and labels.
    #[must_use]
    pub fn alerts(&self) -> Vec<ActiveAlert<'_>> {
        let mut alerts = Vec::new();
        for group in &self.groups {
            for (rule, state) in group.rules() {
                let mut of_rule: Vec<&Alert> =
                    state.alerts.values().chain(&state.failing).collect();
                of_rule.sort_by(|a, b| a.labels.cmp(&b.labels));
                alerts.extend(
                    of_rule
                        .into_iter()
                        .map(|alert| ActiveAlert::new(&group.group, rule, alert)),
                );
            }
        }
        alerts
    }

    /// All rules with what came of their last evaluation.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleStatus<'_>> {
        let groups = self.groups.iter();
        let rules =
            groups.flat_map(|group| group.rules().map(move |(rule, state)| (group, rule, state)));
        rules
            .map(|(group, rule, state)| RuleStatus::new(&group.group, rule, state))
            .collect()
    }

    /// Takes other rules. What has not changed, by file, group, name and labels, keeps its state.
    ///
    /// Alerts of rules that are gone are resolved with the next evaluation.
    pub fn reload(&mut self, rules: Rules) {
        let mut old = std::mem::take(&mut self.groups);
        for group in rules.into_groups() {
            let at = old.iter().position(|state| state.is_of(&group));
            let mut state = match at {
                Some(at) => old.remove(at),
                None => GroupState::new(Arc::clone(&group)),
            };
            state.replace(group, &mut self.ending, &mut self.pending);
            self.groups.push(state);
        }
        for mut gone in old {
            gone.remove_all(&mut self.ending, &mut self.pending);
        }
    }

    /// Counts that the state could not be saved; the old one is still there.
    pub fn count_save_failure(&mut self) {
        self.counts.state_save_failures += 1;
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis())
        .unwrap_or(i64::MAX)
        .min(i64::MAX / 1024)
}
