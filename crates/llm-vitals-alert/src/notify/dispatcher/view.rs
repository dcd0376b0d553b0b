//! What a dispatcher knows, for those who look at it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use llm_vitals_promql::Labels;

use super::Dispatcher;
use super::held_alert::HeldAlert;
use super::order::{alert_order, set_order};
use crate::notify::fingerprint::hex;
use crate::notify::notification::Evidence;

/// An alert as Alertmanager's API shows it.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct SeenAlert {
    /// With `alertname`.
    pub labels: Labels,
    /// Texts for people.
    pub annotations: BTreeMap<String, String>,
    /// In milliseconds since 1970.
    pub starts_at: i64,
    /// In milliseconds since 1970; `None` if it fires until an end is posted.
    pub ends_at: Option<i64>,
    /// When it was posted last, in milliseconds since 1970.
    pub updated_at: i64,
    /// Where it comes from; may be empty.
    pub generator_url: String,
    /// What stands behind it.
    pub evidence: Option<Evidence>,
    /// 16 digits, as in Alertmanager.
    pub fingerprint: String,
    /// The receivers of its routes, in the order of the routes.
    pub receivers: Vec<String>,
    /// Whether somebody is told.
    pub state: SeenState,
    /// Ids of silences.
    pub silenced_by: Vec<String>,
    /// Fingerprints of alerts.
    pub inhibited_by: Vec<String>,
    /// Names of time intervals, of any of its routes.
    pub muted_by: Vec<String>,
}

/// Whether an alert is told.
#[expect(clippy::exhaustive_enums, reason = "Alertmanager's API has these")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeenState {
    /// It has not been looked at.
    Unprocessed,
    /// It is told.
    Active,
    /// Something keeps it from being told.
    Suppressed,
}

/// Alerts that are told together, as Alertmanager's API shows them.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct GroupView {
    /// The labels that they have in common and by which they are grouped.
    pub labels: Labels,
    /// Who is told.
    pub receiver: String,
    /// See [`Notification::group_key`](crate::notify::Notification::group_key).
    pub key: String,
    /// Those that fire, in the order in which they are told.
    pub alerts: Vec<SeenAlert>,
    /// When it is looked at next, in milliseconds since 1970.
    pub due: i64,
}

impl SeenState {
    /// As Alertmanager's API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unprocessed => "unprocessed",
            Self::Active => "active",
            Self::Suppressed => "suppressed",
        }
    }
}

impl Dispatcher {
    /// The alerts that fire at a moment in milliseconds since 1970, by fingerprint.
    #[must_use]
    pub fn alerts(&self, now_ms: i64) -> Vec<SeenAlert> {
        let firing = self
            .alerts
            .iter()
            .filter(|(_, alert)| !alert.is_resolved(now_ms));
        let mut firing: Vec<_> = firing.collect();
        firing.sort_unstable_by_key(|(fingerprint, _)| *fingerprint);
        let seen = |(fingerprint, alert)| self.seen(fingerprint, alert, now_ms);
        firing.into_iter().map(seen).collect()
    }

    /// The groups with alerts that fire at a moment in milliseconds since 1970, by their labels and receivers.
    #[must_use]
    pub fn groups(&self, now_ms: i64) -> Vec<GroupView> {
        let mut views = Vec::new();
        for group in self.groups.iter() {
            let alerts = group.members.keys();
            let alerts = alerts.filter_map(|alert| Some((*alert, self.alerts.get(*alert)?)));
            let firing = alerts.filter(|(_, alert)| !alert.is_resolved(now_ms));
            let seen = |(fingerprint, alert)| self.seen(fingerprint, alert, now_ms);
            let mut alerts: Vec<SeenAlert> = firing.map(seen).collect();
            if alerts.is_empty() {
                continue;
            }
            alerts.sort_by(|one, other| alert_order(&one.labels, &other.labels));
            views.push(GroupView {
                labels: group.labels.clone(),
                receiver: self.routes.get(group.route).receiver.clone(),
                key: group.key.to_string(),
                alerts,
                due: group.due,
            });
        }
        views.sort_by(view_order);
        views
    }

    fn seen(&self, fingerprint: u64, alert: &HeldAlert, now_ms: i64) -> SeenAlert {
        let routes = self.routes.routes_for(&alert.labels);
        let receivers = routes
            .iter()
            .map(|route| self.routes.get(*route).receiver.clone());
        let silenced_by = self.silences.silencing(&alert.labels, now_ms);
        let silenced_by: Vec<String> = silenced_by.into_iter().map(str::to_owned).collect();
        let inhibited_by = self.inhibition.inhibiting(&alert.labels, now_ms);
        let muting = routes
            .iter()
            .map(|route| self.routes.muting(*route, now_ms));
        let mut muted_by: Vec<String> = muting.flatten().map(str::to_owned).collect();
        muted_by.sort_unstable();
        muted_by.dedup();
        let is_suppressed =
            !silenced_by.is_empty() || inhibited_by.is_some() || !muted_by.is_empty();
        SeenAlert {
            labels: alert.labels.clone(),
            annotations: alert.annotations.clone(),
            starts_at: alert.starts_at,
            ends_at: (alert.ends_at != i64::MAX).then_some(alert.ends_at),
            updated_at: alert.updated_at,
            generator_url: alert.generator_url.clone(),
            evidence: alert.evidence.clone(),
            fingerprint: hex(fingerprint),
            receivers: receivers.collect(),
            state: if is_suppressed {
                SeenState::Suppressed
            } else {
                SeenState::Active
            },
            silenced_by,
            inhibited_by: inhibited_by.map(hex).into_iter().collect(),
            muted_by,
        }
    }
}

fn view_order(one: &GroupView, other: &GroupView) -> Ordering {
    set_order(&one.labels, &other.labels)
        .then_with(|| one.receiver.cmp(&other.receiver))
        .then_with(|| one.key.cmp(&other.key))
}
