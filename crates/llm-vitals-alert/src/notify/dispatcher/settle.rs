//! What happens when messages have arrived: alerts that are over leave their group.

use super::Dispatcher;
use super::group::Ended;
use crate::notify::notify_log::FlushId;

impl Dispatcher {
    /// One message of a flush has arrived or failed for good.
    pub(super) fn close(&mut self, flush: FlushId, has_failed: bool, now: i64) {
        let (id, at) = flush;
        let Some(group) = self.groups.get_mut(id) else {
            return;
        };
        // After a failure the alerts stay, so that the group's next flush tells them again.
        if let Some(flush) = group.close(at, has_failed)
            && !flush.has_failed
        {
            self.settle(id, &flush.ended, now);
        }
    }

    /// Takes alerts that are over out of their group.
    pub(super) fn settle(&mut self, id: u64, ended: &[Ended], now: i64) {
        for ended in ended {
            let Some(group) = self.groups.get_mut(id) else {
                return;
            };
            let (fingerprint, ends_at) = (ended.fingerprint, ended.ends_at);
            let Some(alert) = self.alerts.get_mut(fingerprint) else {
                continue;
            };
            let is_another_one = alert.ends_at != ends_at || !alert.is_resolved(now);
            if is_another_one {
                continue;
            }
            let number = group.route;
            let member = group.members.remove(&fingerprint);
            alert.homes.retain(|(route, _)| *route != number);
            if !ended.has_passed {
                continue;
            }
            alert.settled.push((number, ends_at));
            let is_told = member.is_some_and(|member| member.is_told);
            if !is_told && !self.is_in_log(id, fingerprint) {
                self.counts.unnotified += 1;
            }
        }
    }

    /// Whether a message of the group had the alert; also where there is nobody to have one.
    fn is_in_log(&self, id: u64, fingerprint: u64) -> bool {
        let Some(group) = self.groups.get(id) else {
            return true;
        };
        let integrations = self.routes.get(group.route).sends_resolved.len();
        let mut keys = (0..integrations).map(|index| self.log_key(&group.key, group.route, index));
        integrations == 0
            || keys.any(|key| {
                let record = self.log.get(&key).and_then(|slot| slot.latest());
                record.is_some_and(|record| {
                    record.has_firing(fingerprint) || record.has_resolved(fingerprint)
                })
            })
    }
}
