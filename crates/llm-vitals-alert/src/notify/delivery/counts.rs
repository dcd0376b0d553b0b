//! What a lane counts.

use std::collections::BTreeMap;

/// Totals since the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// Attempts.
    pub(crate) attempts: u64,
    /// Attempts that have ended.
    pub(crate) finished: u64,
    /// Attempts that failed, by reason.
    pub(crate) failed: BTreeMap<&'static str, u64>,
    /// Notifications that arrived.
    pub(crate) delivered: u64,
    /// Notifications that will never arrive.
    pub(crate) given_up: u64,
    /// Notifications that became part of a newer one before they were sent.
    pub(crate) merged: u64,
    /// Notifications for which there was no room.
    pub(crate) refused: u64,
    /// Time that attempts took.
    pub(crate) attempt_ms: i64,
    /// Time from being due to having arrived, of those that arrived.
    pub(crate) delivery_ms: i64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.finished += other.finished;
        for (reason, count) in &other.failed {
            *self.failed.entry(reason).or_default() += count;
        }
        self.delivered += other.delivered;
        self.given_up += other.given_up;
        self.merged += other.merged;
        self.refused += other.refused;
        self.attempt_ms += other.attempt_ms;
        self.delivery_ms += other.delivery_ms;
    }
}
