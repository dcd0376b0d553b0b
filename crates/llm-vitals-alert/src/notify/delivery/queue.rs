//! What waits for one integration of one receiver.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::merge;
use crate::notify::notification::Notification;

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueLimits {
    pub(crate) notifications: usize,
    /// Of the notifications as JSON.
    pub(crate) bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self {
            notifications: 1000,
            bytes: 8 << 20,
        }
    }
}

/// What became of a notification at the door.
#[derive(Debug)]
pub(crate) enum Pushed {
    /// It waits, alone or as part of a newer state of its group.
    Taken,
    /// There is no room for it.
    Refused(Box<Notification>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) notification: Notification,
    /// When its oldest part came.
    pub(super) queued_at: i64,
    /// Not to be sent before; for one that fails while others are taken.
    #[serde(skip)]
    pub(super) not_before: i64,
    /// How often it failed right after a success.
    #[serde(skip)]
    pub(super) failures_alone: u32,
    #[serde(skip)]
    key: String,
    #[serde(skip)]
    bytes: usize,
}

/// First in, first out, but for what is merged and what is put aside. Entries of one key stand together and in order, at most two.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Entry>,
    in_flight: Option<Entry>,
    bytes: usize,
    limits: QueueLimits,
    pub(super) merged: u64,
}

impl Entry {
    fn new(notification: Notification, queued_at: i64) -> Self {
        let mut entry = Self {
            notification,
            queued_at,
            not_before: i64::MIN,
            failures_alone: 0,
            key: String::new(),
            bytes: 0,
        };
        entry.measure();
        entry
    }

    fn measure(&mut self) {
        self.key = self.notification.key();
        self.bytes = size(&self.notification);
    }
}

impl Queue {
    pub(super) fn new(limits: QueueLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// With the one in flight.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() + usize::from(self.in_flight.is_some())
    }

    pub(super) fn is_in_flight(&self) -> bool {
        self.in_flight.is_some()
    }

    /// Whether something of this key waits or is on its way.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries().any(|entry| entry.key == key)
    }

    /// Everything that has not arrived, in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.in_flight.iter().chain(&self.waiting)
    }

    /// Takes what another queue of before a restart held.
    pub(super) fn restore(&mut self, entries: Vec<Entry>) {
        for mut entry in entries {
            entry.measure();
            self.bytes += entry.bytes;
            self.waiting.push_back(entry);
        }
    }

    pub(super) fn push(&mut self, notification: Notification, now_ms: i64) -> Pushed {
        let key = notification.key();
        let mut states = Vec::new();
        let (mut bytes, mut queued_at) = (0, now_ms);
        for entry in self.waiting.iter().filter(|entry| entry.key == key) {
            states.push(entry.notification.clone());
            bytes += entry.bytes;
            queued_at = queued_at.min(entry.queued_at);
        }
        let before = states.len();
        let mut merged = merge::add(&mut states, notification.clone());
        if !self.has_room(&states, before, bytes) {
            self.collapse(&key);
        }
        if let [older, newer] = states.as_slice()
            && !self.has_room(&states, before, bytes)
        {
            merged += 1;
            states = vec![merge::over(older, newer.clone())];
        }
        if !self.has_room(&states, before, bytes) {
            return Pushed::Refused(Box::new(notification));
        }
        self.merged += merged;
        let at = self.waiting.iter().position(|entry| entry.key == key);
        let entries = states.into_iter().map(|state| Entry::new(state, queued_at));
        self.replace(&key, at.unwrap_or(self.waiting.len()), entries.collect());
        Pushed::Taken
    }

    /// Whether these can stand in the place of `before` others that have so many bytes.
    fn has_room(&self, states: &[Notification], before: usize, bytes: usize) -> bool {
        let more: usize = states.iter().map(size).sum();
        self.len() + states.len() <= self.limits.notifications + before
            && self.bytes + more <= self.limits.bytes + bytes
    }

    /// Makes one of each two states that wait, but for the group that is being added to: that it fired is then told by its end only.
    fn collapse(&mut self, but: &str) {
        let mut at = 0;
        while at + 1 < self.waiting.len() {
            if self.waiting[at].key != self.waiting[at + 1].key || self.waiting[at].key == but {
                at += 1;
                continue;
            }
            let [older, newer] = [at, at + 1].map(|at| self.waiting[at].clone());
            let merged = merge::over(&older.notification, newer.notification);
            let entry = Entry::new(merged, older.queued_at);
            self.merged += 1;
            self.replace(&older.key, at, vec![entry]);
            at += 1;
        }
    }

    /// Puts these in the place of all with the key; `at` is that of the first of them.
    fn replace(&mut self, key: &str, at: usize, entries: Vec<Entry>) {
        let old: usize = self
            .waiting
            .iter()
            .filter(|entry| entry.key == key)
            .map(|entry| entry.bytes)
            .sum();
        self.waiting.retain(|entry| entry.key != key);
        self.bytes = self.bytes + entries.iter().map(|entry| entry.bytes).sum::<usize>() - old;
        for (offset, entry) in entries.into_iter().enumerate() {
            self.waiting
                .insert((at + offset).min(self.waiting.len()), entry);
        }
    }

    /// When the next one may go, or has been allowed to since; `None` if nothing waits.
    pub(super) fn ready_at(&self) -> Option<i64> {
        self.heads().map(|(_, entry)| entry.not_before).min()
    }

    /// Takes the first one that may go. It stays counted until [`arrived`](Self::arrived) or [`put_back`](Self::put_back).
    pub(super) fn take(&mut self, now_ms: i64) -> Option<Notification> {
        let (at, _) = self.heads().find(|(_, entry)| entry.not_before <= now_ms)?;
        self.in_flight = self.waiting.remove(at);
        self.in_flight
            .as_ref()
            .map(|entry| entry.notification.clone())
    }

    /// The first entry of each key.
    fn heads(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let mut before = None;
        self.waiting.iter().enumerate().filter(move |(_, entry)| {
            before.replace(entry.key.as_str()) != Some(entry.key.as_str())
        })
    }

    /// The one in flight is done with.
    pub(super) fn arrived(&mut self) -> Option<Entry> {
        let entry = self.in_flight.take()?;
        self.bytes -= entry.bytes;
        Some(entry)
    }

    /// The one in flight did not arrive: it waits again, before all others or behind them, merged with what came meanwhile.
    pub(super) fn put_back(&mut self, is_behind: bool, not_before: i64, is_alone: bool) {
        let Some(failed) = self.arrived() else {
            return;
        };
        let key = failed.key.clone();
        let mut states = vec![failed.notification];
        for entry in self.waiting.iter().filter(|entry| entry.key == key) {
            self.merged += merge::add(&mut states, entry.notification.clone());
        }
        let entries = states.into_iter().map(|state| Entry {
            not_before,
            failures_alone: failed.failures_alone + u32::from(is_alone),
            ..Entry::new(state, failed.queued_at)
        });
        let at = if is_behind { self.waiting.len() } else { 0 };
        self.replace(&key, at, entries.collect());
    }

    /// How often the one in flight failed right after a success.
    pub(super) fn failures_alone(&self) -> u32 {
        self.in_flight
            .as_ref()
            .map_or(0, |entry| entry.failures_alone)
    }
}

fn size(notification: &Notification) -> usize {
    // A map with keys that are strings can always be written.
    serde_json::to_vec(notification).map_or(0, |json| json.len())
}

#[cfg(test)]
mod tests;
