//! The sign that the scheduler is alive.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// When the scheduler last had its turn. While its runtime is starved, it has none.
#[derive(Debug)]
pub(crate) struct Heartbeat {
    start: Instant,
    /// Nanoseconds from the start to the last beat.
    last: AtomicU64,
}

impl Heartbeat {
    /// The start counts as a beat: a scheduler that never runs gets old, too.
    pub(crate) fn new(start: Instant) -> Self {
        Self {
            start,
            last: AtomicU64::new(0),
        }
    }

    pub(crate) fn beat(&self, now: Instant) {
        let elapsed = now.duration_since(self.start).as_nanos();
        self.last.store(
            u64::try_from(elapsed).unwrap_or(u64::MAX),
            Ordering::Release,
        );
    }

    pub(crate) fn age(&self, now: Instant) -> Duration {
        let last = Duration::from_nanos(self.last.load(Ordering::Acquire));
        now.duration_since(self.start).saturating_sub(last)
    }
}
