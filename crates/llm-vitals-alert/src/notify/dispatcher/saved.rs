//! What a dispatcher remembers over a restart.

use std::collections::BTreeMap;

use llm_vitals_promql::Labels;
use serde::{Deserialize, Serialize};

use super::Dispatcher;
use super::held_alert::HeldAlert;
use super::posted_alert::PostedAlert;
use super::route_table::millis;
use crate::alert::label_map;
use crate::notify::fingerprint::fingerprint;
use crate::notify::notify_log::SavedSlot;
use crate::notify::silences::SavedSilence;

/// What was told, the silences, and the alerts that somebody may still have to be told of.
///
/// Alertmanager keeps the first two: [`without_alerts`](Self::without_alerts).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DispatcherState {
    /// In milliseconds since 1970.
    #[serde(default)]
    saved_at: i64,
    #[serde(default)]
    alerts: Vec<SavedAlert>,
    #[serde(default)]
    log: Vec<SavedSlot>,
    #[serde(default)]
    silences: Vec<SavedSilence>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SavedAlert {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    starts_at: i64,
    /// `None` where it fires until an end is posted.
    ends_at: Option<i64>,
    has_timeout: bool,
    generator_url: String,
}

impl DispatcherState {
    /// Without the alerts, which are then known when they are posted again.
    #[must_use]
    pub fn without_alerts(mut self) -> Self {
        self.alerts.clear();
        self
    }

    /// By how much it lies in the future, in milliseconds: the clock was set back by as much, or more.
    pub(crate) fn ahead_of(&self, now_ms: i64) -> i64 {
        self.saved_at.saturating_sub(now_ms).max(0)
    }

    /// Whether there is nothing to remember.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty() && self.log.is_empty() && self.silences.is_empty()
    }
}

impl Dispatcher {
    /// What is to be remembered over a restart.
    #[must_use]
    pub fn state(&self) -> DispatcherState {
        let alerts = self.alerts.in_order().into_iter();
        let alerts = alerts.filter_map(|fingerprint| self.alerts.get(fingerprint));
        let open = alerts.filter(|alert| !alert.homes.is_empty());
        let now = if self.now == i64::MIN { 0 } else { self.now };
        let silences = self.silences.query(now).into_iter();
        DispatcherState {
            saved_at: now,
            alerts: open.map(SavedAlert::of).collect(),
            log: self.log.save(),
            silences: silences.map(SavedSilence::of).collect(),
        }
    }

    /// Takes up what was remembered, in a dispatcher that has no alerts yet.
    ///
    /// An alert that fires until an end is posted does so no longer when nobody posts it again within `resolve_timeout`: its rule may
    /// be gone. A notification that was on its way counts as told; its end is reported as before.
    ///
    /// A state that is ahead of `now_ms`, because the clock was set back meanwhile, is taken as one of now: what was told or had ended then
    /// is so now, and a silence in force stays in force. Silences that are beyond the limits are dropped, and counted.
    pub fn restore(&mut self, state: DispatcherState, now_ms: i64) {
        let now = self.advance(now_ms);
        let ahead = state.ahead_of(now);
        let dropped = self.silences.restore(state.silences, state.saved_at, now);
        self.counts.dropped_silences += dropped as u64;
        self.silences.collect_garbage(now);
        for mut slot in state.log {
            slot.move_back(ahead);
            self.log.restore(slot, now);
        }
        let timeout = millis(self.routes.config().resolve_timeout);
        let mut restored = Vec::new();
        for mut saved in state.alerts.into_iter().take(self.limits.max_alerts) {
            saved.move_back(ahead);
            let alert = saved.held(now, timeout);
            let fingerprint = fingerprint(&alert.labels);
            let alert = self.alerts.put(fingerprint, alert, now);
            self.inhibition
                .put(fingerprint, &alert.labels, alert.ends_at);
            restored.push(fingerprint);
        }
        for fingerprint in restored {
            self.route(fingerprint, now);
        }
        let groups = &self.groups;
        self.log.collect_garbage(now, |key| groups.has_key(key));
    }
}

impl SavedAlert {
    fn of(alert: &HeldAlert) -> Self {
        Self {
            labels: label_map(&alert.labels),
            annotations: alert.annotations.clone(),
            starts_at: alert.starts_at,
            ends_at: (alert.ends_at != i64::MAX).then_some(alert.ends_at),
            has_timeout: alert.has_timeout,
            generator_url: alert.generator_url.clone(),
        }
    }

    fn move_back(&mut self, by_ms: i64) {
        self.starts_at = self.starts_at.saturating_sub(by_ms);
        self.ends_at = self.ends_at.map(|end| end.saturating_sub(by_ms));
    }

    fn held(self, now: i64, timeout: i64) -> HeldAlert {
        let mut posted = PostedAlert::new(Labels::new(&self.labels))
            .with_annotations(self.annotations)
            .with_start(self.starts_at)
            .with_generator_url(self.generator_url);
        posted.ends_at = self.ends_at;
        let mut alert = HeldAlert::new(posted, now, timeout);
        alert.has_timeout |= self.has_timeout;
        alert
    }
}
