//! What is kept of a lane over a restart.

use serde::{Deserialize, Serialize};

use super::super::queue::Entry;
use super::{Failing, Lane};
use crate::notify::notification::Notification;

/// What waits, what is told again and again, and whether it fails.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedLane {
    pub(crate) receiver: String,
    pub(crate) index: usize,
    pub(crate) integration: String,
    not_before: i64,
    queue: Vec<Entry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    held: Vec<Notification>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failing: Option<Failing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
}

impl Lane {
    /// What waits, to be saved. What is in flight is part of it: it has not arrived.
    pub(crate) fn save(&self) -> SavedLane {
        let failing = self.health.failing.clone();
        let failing = failing.filter(|_| !self.queue.is_empty());
        let last_error = self.health.last_error.clone();
        let last_error = last_error.filter(|_| failing.is_some());
        SavedLane {
            receiver: self.receiver.clone(),
            index: self.index,
            integration: self.integration().to_owned(),
            not_before: self.not_before,
            queue: self.queue.entries().cloned().collect(),
            held: self.held.values().map(|(held, _)| held.clone()).collect(),
            failing,
            last_error,
        }
    }

    /// Takes what was saved of a lane with the same receiver, index and integration. A receiver's wish not to be called outlives a
    /// restart, for at most an hour. One that failed, and has something to try again, still fails until something arrives; one that has
    /// not may have been mended.
    pub(crate) fn restore(&mut self, saved: SavedLane, now_ms: i64) {
        self.not_before = saved.not_before.min(now_ms.saturating_add(3_600_000));
        self.health.failing = saved.failing;
        self.health.last_error = saved.last_error;
        self.queue.restore(saved.queue);
        let held = saved.held.into_iter();
        self.held = held
            .map(|held| (held.key(), (held, i64::MIN / 2)))
            .collect();
    }
}

impl SavedLane {
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.held.is_empty()
    }

    /// With all times so much earlier.
    pub(crate) fn move_back(&mut self, by_ms: i64) {
        self.not_before = self.not_before.saturating_sub(by_ms);
        self.queue
            .iter_mut()
            .for_each(|entry| entry.move_back(by_ms));
        self.held.iter_mut().for_each(|held| held.move_back(by_ms));
        if let Some(failing) = &mut self.failing {
            failing.since = failing.since.saturating_sub(by_ms);
        }
    }

    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }
}
