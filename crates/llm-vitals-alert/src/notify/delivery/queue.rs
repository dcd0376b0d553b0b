//! What waits for one integration of one receiver.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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
///
/// Finding a group takes no longer in a long queue than in a short one.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The entries of one key each, by their place.
    waiting: BTreeMap<i64, Vec<Entry>>,
    places: HashMap<String, i64>,
    /// When the first entry of each place may go, and the place.
    heads: BTreeSet<(i64, i64)>,
    /// How many entries there are in all places.
    count: usize,
    /// How many places have several.
    shared: usize,
    in_flight: Option<Entry>,
    bytes: usize,
    limits: QueueLimits,
    /// One found no room since something left.
    has_refused: bool,
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

    pub(super) fn move_back(&mut self, by_ms: i64) {
        self.queued_at = self.queued_at.saturating_sub(by_ms);
        self.notification.move_back(by_ms);
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
        self.count + usize::from(self.in_flight.is_some())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is no place for another group until something leaves.
    pub(super) fn is_full(&self) -> bool {
        self.has_refused || (self.len() >= self.limits.notifications && self.shared == 0)
    }

    pub(super) fn is_in_flight(&self) -> bool {
        self.in_flight.is_some()
    }

    /// Whether something of this key waits or is on its way.
    pub(super) fn has(&self, key: &str) -> bool {
        let in_flight = self.in_flight.as_ref();
        self.places.contains_key(key) || in_flight.is_some_and(|entry| entry.key == key)
    }

    /// Everything that has not arrived, in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.in_flight.iter().chain(self.waiting.values().flatten())
    }

    /// Takes what another queue of before a restart held.
    pub(super) fn restore(&mut self, entries: Vec<Entry>) {
        for mut entry in entries {
            entry.measure();
            let place = self.places.get(&entry.key).copied();
            let place = place.unwrap_or_else(|| self.behind());
            let mut together = self.remove(place);
            together.push(entry);
            self.insert(place, together);
        }
    }

    pub(super) fn push(&mut self, notification: Notification, now_ms: i64) -> Pushed {
        let key = notification.key();
        let is_new = !self.places.contains_key(&key);
        if is_new && self.len() >= self.limits.notifications {
            self.collapse(&key);
            if self.len() >= self.limits.notifications {
                return self.refuse(notification);
            }
        }
        let place = self.places.get(&key).copied();
        let waiting = place.and_then(|place| self.waiting.get(&place));
        let waiting = waiting.map_or(&[][..], Vec::as_slice);
        let (before, bytes) = (waiting.len(), bytes(waiting));
        let queued_at = waiting.iter().map(|entry| entry.queued_at);
        let queued_at = queued_at.fold(now_ms, i64::min);
        let states = waiting.iter().map(|entry| entry.notification.clone());
        let mut states: Vec<Notification> = states.collect();
        let mut merged = merge::add(&mut states, notification.clone());
        let states = states.into_iter().map(|state| Entry::new(state, queued_at));
        let mut entries: Vec<Entry> = states.collect();
        if !self.has_room(&entries, before, bytes) {
            self.collapse(&key);
        }
        if let [older, newer] = entries.as_slice()
            && !self.has_room(&entries, before, bytes)
        {
            merged += 1;
            let state = merge::over(&older.notification, newer.notification.clone());
            entries = vec![Entry::new(state, queued_at)];
        }
        if !self.has_room(&entries, before, bytes) {
            return self.refuse(notification);
        }
        self.merged += merged;
        let place = place.unwrap_or_else(|| self.behind());
        self.remove(place);
        self.insert(place, entries);
        Pushed::Taken
    }

    fn refuse(&mut self, notification: Notification) -> Pushed {
        self.has_refused = true;
        Pushed::Refused(Box::new(notification))
    }

    /// Whether these can stand in the place of `before` others that have so many bytes.
    fn has_room(&self, entries: &[Entry], before: usize, before_bytes: usize) -> bool {
        self.len() + entries.len() <= self.limits.notifications + before
            && self.bytes + bytes(entries) <= self.limits.bytes + before_bytes
    }

    /// Makes one of each two states that wait, but for the group that is being added to: that it fired is then told by its end only.
    fn collapse(&mut self, but: &str) {
        if self.shared == 0 {
            return;
        }
        let shared = self.waiting.iter().filter(|(_, entries)| {
            entries.len() > 1 && entries.first().is_some_and(|entry| entry.key != but)
        });
        let shared: Vec<i64> = shared.map(|(place, _)| *place).collect();
        for place in shared {
            let entries = self.remove(place);
            self.merged += entries.len() as u64 - 1;
            let queued_at = entries.iter().map(|entry| entry.queued_at).min();
            let states = entries.into_iter().map(|entry| entry.notification);
            let merged = states.reduce(|older, newer| merge::over(&older, newer));
            let merged = merged.map(|state| Entry::new(state, queued_at.unwrap_or_default()));
            self.insert(place, merged.into_iter().collect());
        }
    }

    /// The place behind all others.
    fn behind(&self) -> i64 {
        let last = self.waiting.last_key_value();
        last.map_or(0, |(place, _)| place + 1)
    }

    /// The place before all others.
    fn before(&self) -> i64 {
        let first = self.waiting.first_key_value();
        first.map_or(0, |(place, _)| place - 1)
    }

    /// Puts entries of one key in a place that is empty.
    fn insert(&mut self, place: i64, entries: Vec<Entry>) {
        let Some(first) = entries.first() else {
            return;
        };
        self.places.insert(first.key.clone(), place);
        self.heads.insert((first.not_before, place));
        self.count += entries.len();
        self.shared += usize::from(entries.len() > 1);
        self.bytes += bytes(&entries);
        self.waiting.insert(place, entries);
    }

    /// Empties a place.
    fn remove(&mut self, place: i64) -> Vec<Entry> {
        let entries = self.waiting.remove(&place).unwrap_or_default();
        if let Some(first) = entries.first() {
            self.places.remove(&first.key);
            self.heads.remove(&(first.not_before, place));
        }
        self.count -= entries.len();
        self.shared -= usize::from(entries.len() > 1);
        self.bytes -= bytes(&entries);
        entries
    }

    /// When the next one may go, or has been allowed to since; `None` if nothing waits.
    pub(super) fn ready_at(&self) -> Option<i64> {
        self.heads.first().map(|(not_before, _)| *not_before)
    }

    /// Takes the first one that may go. It stays counted until [`arrived`](Self::arrived) or [`put_back`](Self::put_back).
    pub(super) fn take(&mut self, now_ms: i64) -> Option<Notification> {
        let may_go = |entries: &[Entry]| {
            let first = entries.first();
            first.is_some_and(|entry| entry.not_before <= now_ms)
        };
        let place = self.waiting.iter().find(|(_, entries)| may_go(entries));
        let place = *place?.0;
        let mut entries = self.remove(place);
        let first = entries.remove(0);
        self.insert(place, entries);
        self.bytes += first.bytes;
        let notification = first.notification.clone();
        self.in_flight = Some(first);
        Some(notification)
    }

    /// The one in flight is done with.
    pub(super) fn arrived(&mut self) -> Option<Entry> {
        let entry = self.in_flight.take()?;
        self.bytes -= entry.bytes;
        self.has_refused = false;
        Some(entry)
    }

    /// The one in flight did not arrive: it waits again, before all others or behind them, merged with what came meanwhile.
    pub(super) fn put_back(&mut self, is_behind: bool, not_before: i64, is_alone: bool) {
        let has_refused = self.has_refused;
        let Some(failed) = self.arrived() else {
            return;
        };
        self.has_refused = has_refused;
        let newer = self.places.get(&failed.key).copied();
        let newer = newer.map_or_else(Vec::new, |place| self.remove(place));
        let mut states = vec![failed.notification];
        for entry in newer {
            self.merged += merge::add(&mut states, entry.notification);
        }
        let entries = states.into_iter().map(|state| Entry {
            not_before,
            failures_alone: failed.failures_alone + u32::from(is_alone),
            ..Entry::new(state, failed.queued_at)
        });
        let place = if is_behind {
            self.behind()
        } else {
            self.before()
        };
        self.insert(place, entries.collect());
    }

    /// How often the one in flight failed right after a success.
    pub(super) fn failures_alone(&self) -> u32 {
        self.in_flight
            .as_ref()
            .map_or(0, |entry| entry.failures_alone)
    }
}

fn bytes(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| entry.bytes).sum()
}

fn size(notification: &Notification) -> usize {
    // A map with keys that are strings can always be written.
    serde_json::to_vec(notification).map_or(0, |json| json.len())
}

#[cfg(test)]
mod tests;
