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
use crate::notify::silence::Silence;

/// What was told, the silences, and the alerts that somebody may still have to be told of.
///
/// Alertmanager keeps the first two: [`without_alerts`](Self::without_alerts).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DispatcherState {
    #[serde(default)]
    alerts: Vec<SavedAlert>,
    #[serde(default)]
    log: Vec<SavedSlot>,
    #[serde(default)]
    silences: Vec<Silence>,
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
        DispatcherState {
            alerts: open.map(SavedAlert::of).collect(),
            log: self.log.save(),
            silences: self.silences.query(now).into_iter().cloned().collect(),
        }
    }

    /// Takes up what was remembered, in a dispatcher that has no alerts yet.
    ///
    /// An alert that fires until an end is posted does so no longer when nobody posts it again within `resolve_timeout`: its rule may
    /// be gone. A notification that was on its way counts as told; its end is reported as before.
    pub fn restore(&mut self, state: DispatcherState, now_ms: i64) {
        let now = self.advance(now_ms);
        for silence in state.silences {
            self.silences.restore(silence);
        }
        self.silences.collect_garbage(now);
        for slot in state.log {
            self.log.restore(slot, now);
        }
        let timeout = millis(self.routes.config().resolve_timeout);
        let mut restored = Vec::new();
        for saved in state.alerts.into_iter().take(self.limits.max_alerts) {
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
