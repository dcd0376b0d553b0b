//! Groups that are due, one by one, for a driver that has not room for all.

use super::Dispatcher;
use crate::notify::notification::Notification;

impl Dispatcher {
    /// The groups that became due after one moment and until another, by time and then by age.
    pub(crate) fn due_between(&self, after_ms: i64, until_ms: i64) -> Vec<u64> {
        self.groups.due_between(after_ms, until_ms)
    }

    /// When a group is due after a moment.
    pub(crate) fn next_tick_after(&self, ms: i64) -> Option<i64> {
        self.groups.next_due_after(ms)
    }

    /// The time that counts, after what is done by time.
    pub(crate) fn set_time(&mut self, now_ms: i64) -> i64 {
        self.advance(now_ms)
    }

    /// The number of a group's route, and its receiver.
    pub(crate) fn receiver_of(&self, id: u64) -> Option<(usize, &str)> {
        let number = self.groups.get(id)?.route;
        Some((number, &self.routes.get(number).receiver))
    }

    /// The [key](Notification::key) of what one integration is told of a group.
    pub(crate) fn key_of(&self, id: u64, integration: usize) -> Option<String> {
        let group = self.groups.get(id)?;
        Some(self.log_key(&group.key, group.route, integration))
    }

    /// What has to be told of one group.
    pub(crate) fn tell(&mut self, id: u64, now: i64) -> Vec<Notification> {
        let mut notifications = Vec::new();
        self.flush(id, now, &mut notifications);
        notifications
    }
}
