//! Groups that are due, and receivers that have no room for what is told of them.

use std::collections::HashSet;

use super::Core;
use crate::notify::delivery::Lane;

impl Core {
    /// Tells what is due. A group whose receiver has no room stays due until it has: what is told of it then is of that moment.
    pub(super) fn tell_due(&mut self, now_ms: i64) {
        let now = self.dispatcher.set_time(now_ms);
        let held_until = self.held_until.take().map_or(i64::MIN, |at| at.min(now));
        let mut full = HashSet::new();
        for id in self.dispatcher.due_between(i64::MIN, held_until) {
            if !self.has_no_room(id, &mut full) {
                self.tell_group(id, now);
            }
        }
        for id in self.dispatcher.due_between(held_until, now) {
            if !self.has_no_room(id, &mut full) || self.is_merged(id) {
                self.tell_group(id, now);
            } else {
                self.hold_back(id);
            }
        }
        if full.is_empty() {
            return;
        }
        self.held_until = Some(now);
        for lane in &mut self.lanes {
            if lane.is_held_up(now) {
                self.journal
                    .refuses(lane.id, (&lane.receiver, lane.integration()), now);
            }
        }
    }

    /// When a group is due that is not being held back.
    pub(super) fn next_due(&self) -> Option<i64> {
        match self.held_until {
            Some(held) => self.dispatcher.next_tick_after(held),
            None => self.dispatcher.next_tick(),
        }
    }

    /// Whether each lane of a group's receiver is full. One that is not is enough: nobody waits for a lane that does not work. `full` has
    /// the routes of which this is known: nothing leaves a queue meanwhile.
    fn has_no_room(&self, id: u64, full: &mut HashSet<usize>) -> bool {
        let Some((route, receiver)) = self.dispatcher.receiver_of(id) else {
            return false;
        };
        if full.contains(&route) {
            return true;
        }
        let of_receiver = |lane: &&Lane| lane.receiver == receiver;
        let mut lanes = self.lanes.iter().filter(of_receiver).peekable();
        let is_full = lanes.peek().is_some() && lanes.all(Lane::is_full);
        if is_full {
            full.insert(route);
        }
        is_full
    }

    /// Whether what is told of a group becomes part of what waits, and needs no room of its own.
    fn is_merged(&self, id: u64) -> bool {
        let Some((_, receiver)) = self.dispatcher.receiver_of(id) else {
            return false;
        };
        self.lanes.iter().any(|lane| {
            let key = || self.dispatcher.key_of(id, lane.index);
            lane.receiver == receiver && key().is_some_and(|key| lane.has(&key))
        })
    }

    fn tell_group(&mut self, id: u64, now: i64) {
        let due = self.dispatcher.tell(id, now);
        self.is_dirty |= !due.is_empty();
        for notification in due {
            self.hand_over(notification, now);
        }
    }

    fn hold_back(&mut self, id: u64) {
        let Some((_, receiver)) = self.dispatcher.receiver_of(id) else {
            return;
        };
        let lanes = self.lanes.iter_mut();
        lanes
            .filter(|lane| lane.receiver == receiver)
            .for_each(Lane::hold_back);
    }
}
