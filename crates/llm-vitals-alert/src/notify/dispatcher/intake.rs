//! How an alert is taken in, and into which groups it goes.

use llm_vitals_promql::Labels;

use super::Dispatcher;
use super::group::{Group, Member};
use super::held_alert::HeldAlert;
use super::posted_alert::PostedAlert;
use super::refusal::{Refusal, RefusalReason};
use super::route_table::millis;
use crate::notify::fingerprint::fingerprint;

impl Dispatcher {
    pub(super) fn put_one(&mut self, posted: PostedAlert, now: i64) -> Result<(), Refusal> {
        let refuse = |reason| Err(Refusal::new(posted.labels.clone(), reason));
        if let Err(reason) = self.check(&posted) {
            return refuse(reason);
        }
        let fingerprint = fingerprint(&posted.labels);
        let is_new = self.alerts.get(fingerprint).is_none();
        if is_new && !self.make_room(now) {
            return refuse(RefusalReason::TooMany);
        }
        let timeout = millis(self.routes.config().resolve_timeout);
        let alert = HeldAlert::new(posted, now, timeout);
        if alert.starts_at > alert.ends_at {
            return Err(Refusal::new(alert.labels, RefusalReason::EndBeforeStart));
        }
        if alert.is_resolved(now) {
            self.counts.received_resolved += 1;
        } else {
            self.counts.received_firing += 1;
        }
        let alert = self.alerts.put(fingerprint, alert, now);
        self.inhibition
            .put(fingerprint, &alert.labels, alert.ends_at);
        self.route(fingerprint, now);
        Ok(())
    }

    fn check(&self, posted: &PostedAlert) -> Result<(), RefusalReason> {
        if posted.labels.is_empty() {
            return Err(RefusalReason::NoLabels);
        }
        let annotations = || posted.annotations.iter();
        let has_no_name = posted.labels.iter().any(|(name, _)| name.is_empty())
            || annotations().any(|(name, _)| name.is_empty());
        if has_no_name {
            return Err(RefusalReason::NoName);
        }
        let labels: usize = posted
            .labels
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let texts: usize = annotations()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        let most = self.limits.max_text_bytes;
        if labels > most || texts + posted.generator_url.len() > most {
            return Err(RefusalReason::TooLarge);
        }
        Ok(())
    }

    /// Whether one more alert may be taken.
    fn make_room(&mut self, now: i64) -> bool {
        let most = self.limits.max_alerts;
        if self.alerts.len() >= most && self.alerts.may_search(now) {
            self.forget_resolved(now);
        }
        self.alerts.len() < most
    }

    /// Puts an alert into the groups of its routes.
    pub(super) fn route(&mut self, fingerprint: u64, now: i64) {
        let Some(alert) = self.alerts.get(fingerprint) else {
            return;
        };
        for number in self.routes.routes_for(&alert.labels.clone()) {
            self.insert(fingerprint, number, now);
        }
    }

    fn insert(&mut self, fingerprint: u64, number: usize, now: i64) {
        let Some(alert) = self.alerts.get_mut(fingerprint) else {
            return;
        };
        let is_settled = alert.settled.contains(&(number, alert.ends_at));
        if is_settled && !self.has_alertmanager_ends {
            // Who posts an end again says nothing new.
            return;
        }
        alert.settled.retain(|(route, _)| *route != number);
        let route = self.routes.get(number);
        let home = alert.homes.iter().find(|(route, _)| *route == number);
        let id = match home {
            Some((_, id)) => *id,
            None => {
                let labels = route.group_labels(&alert.labels);
                let mut id = self.groups.find(number, &labels);
                let mut labels = labels;
                if id.is_none() && self.groups.len() >= self.limits.max_groups {
                    self.counts.beyond_groups += 1;
                    labels = Labels::empty();
                    id = self.groups.find(number, &labels);
                }
                let due = now.saturating_add(route.group_wait);
                let id = id.unwrap_or_else(|| {
                    let group = Group::new(number, &route.key, labels, due);
                    self.groups.add(group)
                });
                alert.homes.push((number, id));
                id
            }
        };
        let Some(group) = self.groups.get_mut(id) else {
            return;
        };
        group
            .members
            .entry(fingerprint)
            .or_insert_with(Member::default);
        let is_late = alert.starts_at.saturating_add(route.group_wait) < now;
        if !group.has_flushed && is_late && group.due > now {
            self.groups.set_due(id, now);
        }
    }
}
