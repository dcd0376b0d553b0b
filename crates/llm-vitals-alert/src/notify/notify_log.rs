//! What each receiver has been told of each group, and when: what makes a message be sent once.

mod record;
mod slot;

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use self::record::{Record, needs_update};
pub(crate) use self::slot::{FlushId, Pending, Slot};
use super::notifier::Receipt;

/// The log, by [`Notification::key`](super::Notification::key).
#[derive(Debug)]
pub(crate) struct NotifyLog {
    slots: HashMap<String, Slot>,
    most: usize,
}

/// One entry as it is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedSlot {
    pub(crate) key: String,
    pub(crate) group_key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confirmed: Option<Record>,
    /// What was given to a queue, and not yet reported as delivered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) pending: Vec<Pending>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<Receipt>,
}

impl SavedSlot {
    pub(crate) fn move_back(&mut self, by_ms: i64) {
        let back = |time: &mut i64| *time = time.saturating_sub(by_ms);
        if let Some(confirmed) = &mut self.confirmed {
            back(&mut confirmed.at);
        }
        for pending in &mut self.pending {
            back(&mut pending.at);
            back(&mut pending.record.at);
            pending.ended.iter_mut().for_each(|(_, end)| back(end));
        }
    }
}

impl NotifyLog {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            slots: HashMap::new(),
            most,
        }
    }

    pub(crate) fn set_bound(&mut self, most: usize) {
        self.most = most;
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Slot> {
        self.slots.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Slot> {
        self.slots.get_mut(key)
    }

    /// The entry, made if there is none. Where there are too many, those go first that would soonest, and whose group is gone.
    pub(crate) fn entry(
        &mut self,
        key: &str,
        group_key: &Arc<str>,
        is_live: impl Fn(&str) -> bool,
    ) -> &mut Slot {
        if !self.slots.contains_key(key) && self.slots.len() >= self.most {
            self.make_room(is_live);
        }
        let slot = self.slots.entry(key.to_owned());
        slot.or_insert_with(|| Slot::new(Arc::clone(group_key)))
    }

    /// Forgets what is too old to matter, but nothing of a group that is there: it may still have to be told that it is over.
    pub(crate) fn collect_garbage(&mut self, now_ms: i64, is_live: impl Fn(&str) -> bool) {
        self.slots
            .retain(|_, slot| slot.expires_at() > now_ms || is_live(slot.group_key()));
    }

    /// The clock was set back: nothing was told in the future.
    pub(crate) fn set_back(&mut self, now_ms: i64) {
        self.slots
            .values_mut()
            .for_each(|slot| slot.set_back(now_ms));
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn save(&self) -> Vec<SavedSlot> {
        let mut saved: Vec<SavedSlot> = self
            .slots
            .iter()
            .map(|(key, slot)| slot.save(key))
            .collect();
        saved.sort_by(|one, other| one.key.cmp(&other.key));
        saved
    }

    pub(crate) fn restore(&mut self, saved: SavedSlot, now_ms: i64) {
        if self.slots.len() < self.most {
            let key = saved.key.clone();
            self.slots.insert(key, Slot::restore(saved, now_ms));
        }
    }

    fn make_room(&mut self, is_live: impl Fn(&str) -> bool) {
        let gone = self
            .slots
            .iter()
            .filter(|(_, slot)| !is_live(slot.group_key()));
        let mut gone: Vec<(i64, String)> = gone
            .map(|(key, slot)| (slot.expires_at(), key.clone()))
            .collect();
        gone.sort_unstable();
        // Some at once, so that not each new group has to look at all of them.
        for (_, key) in gone.into_iter().take(self.most / 10 + 1) {
            self.slots.remove(&key);
        }
    }
}
