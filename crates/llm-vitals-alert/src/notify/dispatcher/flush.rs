//! A group whose time has come: what keeps alerts from being told, and who has to be told the rest.

use std::sync::Arc;

use super::Dispatcher;
use super::group::{Ended, Flush};
use super::order::alert_order;
use super::route_table::RouteEntry;
use crate::notify::notification::{Notification, NotifyReason};
use crate::notify::notify_log::{FlushId, Pending, Record, needs_update};
use crate::notify::silences::RETENTION_MS;

/// An alert of a group at the moment of a flush.
#[derive(Debug, Clone, Copy)]
struct Listed {
    fingerprint: u64,
    ends_at: i64,
    is_resolved: bool,
    /// Whether nothing keeps it from being told.
    has_passed: bool,
}

impl Dispatcher {
    /// Tells what has to be told of a group, and says when it is due next.
    pub(super) fn flush(&mut self, id: u64, now: i64, out: &mut Vec<Notification>) {
        let Some(group) = self.groups.get_mut(id) else {
            return;
        };
        group.has_flushed = true;
        let (number, group_key) = (group.route, Arc::clone(&group.key));
        let interval = self.routes.get(number).group_interval;
        self.groups.set_due(id, now.saturating_add(interval));
        let listed = self.listed(id, number, now);
        if listed.is_empty() {
            return;
        }
        let integrations = self.routes.get(number).sends_resolved.len();
        let before = out.len();
        for integration in 0..integrations {
            let key = self.log_key(&group_key, number, integration);
            let notification = self.decide(&listed, (id, now), &key, integration, now);
            out.extend(notification);
        }
        let ended = self.ended(&listed, id, now);
        let open = out.len() - before;
        if open == 0 {
            self.settle(id, &ended, now);
        } else if let Some(group) = self.groups.get_mut(id) {
            group.flushes.push(Flush {
                at: now,
                ended,
                open,
                has_failed: false,
            });
        }
    }

    pub(super) fn log_key(&self, group_key: &str, number: usize, integration: usize) -> String {
        let receiver = &self.routes.get(number).receiver;
        format!("{group_key}:{receiver}/{integration}")
    }

    pub(super) fn is_silenced(&mut self, fingerprint: u64, now: i64) -> bool {
        let Some(alert) = self.alerts.get_mut(fingerprint) else {
            return false;
        };
        if alert.silences.0 != self.silences.version() {
            alert.silences = (
                self.silences.version(),
                self.silences.unfinished(&alert.labels),
            );
        }
        let mut ids = alert.silences.1.iter();
        ids.any(|id| self.silences.is_active(id, now))
    }

    /// The alerts of a group in the order in which they are told.
    fn listed(&mut self, id: u64, number: usize, now: i64) -> Vec<Listed> {
        let Some(group) = self.groups.get(id) else {
            return Vec::new();
        };
        let mut alerts: Vec<_> = group
            .members
            .keys()
            .filter_map(|fingerprint| Some((*fingerprint, self.alerts.get(*fingerprint)?)))
            .collect();
        alerts.sort_by(|(_, one), (_, other)| alert_order(&one.labels, &other.labels));
        let is_muted = !alerts.is_empty() && !self.routes.muting(number, now).is_empty();
        let listed = alerts.into_iter().map(|(fingerprint, alert)| Listed {
            fingerprint,
            ends_at: alert.ends_at,
            is_resolved: alert.is_resolved(now),
            has_passed: !is_muted && self.inhibition.inhibiting(&alert.labels, now).is_none(),
        });
        let mut listed: Vec<Listed> = listed.collect();
        for alert in &mut listed {
            alert.has_passed = alert.has_passed && !self.is_silenced(alert.fingerprint, now);
        }
        listed
    }

    /// The notification for one integration, recorded as told, if there is to be one.
    fn decide(
        &mut self,
        listed: &[Listed],
        flush: FlushId,
        key: &str,
        integration: usize,
        now: i64,
    ) -> Option<Notification> {
        let group = self.groups.get_mut(flush.0)?;
        let route = self.routes.get(group.route);
        let sends_resolved = *route.sends_resolved.get(integration)?;
        let slot = self.log.get(key);
        // An end that a message on its way tells is not told again.
        let is_on_its_way = |alert: &Listed| {
            let telling = |slot: &crate::notify::notify_log::Slot| {
                slot.is_telling_end(alert.fingerprint, alert.ends_at, flush)
            };
            alert.is_resolved && slot.is_some_and(telling)
        };
        let passed = listed.iter().filter(|alert| alert.has_passed);
        let told: Vec<Listed> = passed
            .filter(|alert| !is_on_its_way(alert))
            .copied()
            .collect();
        if told.is_empty() {
            return None;
        }
        let record = record(&told, route, now);
        let latest = slot.and_then(|slot| slot.latest());
        let reason = needs_update(
            latest,
            &record.firing,
            &record.resolved,
            sends_resolved,
            route.repeat_interval,
            now,
        )?;
        let is_silent = !sends_resolved && record.firing.is_empty();
        let ended = told.iter().filter(|alert| alert.is_resolved);
        let ended = ended
            .map(|alert| (alert.fingerprint, alert.ends_at))
            .collect();
        let groups = &self.groups;
        let slot = self
            .log
            .entry(key, &groups.get(flush.0)?.key, |key| groups.has_key(key));
        let at = slot.next_at(now);
        let given_up = slot.push(Pending {
            at,
            record,
            ended,
            is_silent,
            flush: (!is_silent).then_some(flush),
        });
        if let Some(given_up) = given_up {
            self.close(given_up, true, now);
        }
        if is_silent {
            return None;
        }
        let told = told
            .iter()
            .filter(|alert| sends_resolved || !alert.is_resolved);
        let told: Vec<u64> = told.map(|alert| alert.fingerprint).collect();
        self.notification(flush.0, integration, &told, reason, at, now)
    }

    fn notification(
        &mut self,
        id: u64,
        integration: usize,
        told: &[u64],
        reason: NotifyReason,
        at: i64,
        now: i64,
    ) -> Option<Notification> {
        let group = self.groups.get_mut(id)?;
        for fingerprint in told {
            if let Some(member) = group.members.get_mut(fingerprint) {
                member.is_told = true;
            }
        }
        let alerts = told.iter().filter_map(|alert| self.alerts.get(*alert));
        Some(Notification {
            receiver: self.routes.get(group.route).receiver.clone(),
            integration,
            group_key: group.key.to_string(),
            group_labels: crate::alert::label_map(&group.labels),
            alerts: alerts.map(|alert| alert.notified(now)).collect(),
            reason,
            at,
            external_url: self.external_url.clone(),
        })
    }

    /// The alerts that leave the group when what is told of it now has arrived.
    fn ended(&self, listed: &[Listed], id: u64, now: i64) -> Vec<Ended> {
        let Some(group) = self.groups.get(id) else {
            return Vec::new();
        };
        let number = group.route;
        let integrations = self.routes.get(number).sends_resolved.len();
        let slots: Vec<_> = (0..integrations)
            .filter_map(|index| self.log.get(&self.log_key(&group.key, number, index)))
            .collect();
        let is_told_firing = |fingerprint| {
            let mut records = slots.iter().filter_map(|slot| slot.latest());
            records.any(|record| record.has_firing(fingerprint))
        };
        // Whose end is told by an earlier message stays until that has arrived: it may fail. The alert may be over once more meanwhile.
        let is_on_its_way = |alert: &Listed| {
            let mut slots = slots.iter();
            slots.any(|slot| slot.is_ending(alert.fingerprint, (id, now)))
        };
        // An end that is kept from being told is told later, where somebody was told of the beginning.
        let stays = |alert: &Listed| {
            !self.has_alertmanager_ends
                && !alert.has_passed
                && alert.ends_at.saturating_add(RETENTION_MS) > now
                && is_told_firing(alert.fingerprint)
        };
        let resolved = listed.iter().filter(|alert| alert.is_resolved);
        resolved
            .filter(|alert| !stays(alert) && !is_on_its_way(alert))
            .map(|alert| Ended {
                fingerprint: alert.fingerprint,
                ends_at: alert.ends_at,
                has_passed: alert.has_passed,
            })
            .collect()
    }
}

fn record(told: &[Listed], route: &RouteEntry, now: i64) -> Record {
    let of = |is_resolved| {
        let alerts = told.iter().filter(|alert| alert.is_resolved == is_resolved);
        let mut alerts: Vec<u64> = alerts.map(|alert| alert.fingerprint).collect();
        alerts.sort_unstable();
        alerts
    };
    Record {
        firing: of(false),
        resolved: of(true),
        at: now,
        keep: route.repeat_interval.saturating_mul(2).min(RETENTION_MS),
    }
}
