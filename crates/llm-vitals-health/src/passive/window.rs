//! Successes and failures of the last while. Pure: `now` is handed in.

use std::time::Duration;

use tokio::time::Instant;

const BUCKETS: usize = 10;

/// Counts over a sliding window, to a tenth of its length.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    start: Instant,
    width: Duration,
    buckets: [Bucket; BUCKETS],
}

#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    /// Which tenth since the start these are; what is older than the window does not count.
    slot: u64,
    succeeded: u32,
    failed: u32,
}

impl Window {
    pub(crate) fn new(length: Duration, start: Instant) -> Self {
        let tenth = length / 10;
        Self {
            start,
            width: tenth.max(Duration::from_millis(1)),
            buckets: [Bucket::default(); BUCKETS],
        }
    }

    pub(crate) fn add(&mut self, success: bool, now: Instant) {
        let slot = self.slot(now);
        let bucket = &mut self.buckets[usize::try_from(slot).unwrap_or(0) % BUCKETS];
        if bucket.slot != slot {
            *bucket = Bucket {
                slot,
                ..Bucket::default()
            };
        }
        let count = if success {
            &mut bucket.succeeded
        } else {
            &mut bucket.failed
        };
        *count = count.saturating_add(1);
    }

    /// How many succeeded and how many failed.
    pub(crate) fn counts(&self, now: Instant) -> (u64, u64) {
        let slot = self.slot(now);
        let oldest = (slot + 1).saturating_sub(BUCKETS as u64);
        self.buckets
            .iter()
            .filter(|bucket| (oldest..=slot).contains(&bucket.slot))
            .fold((0, 0), |(succeeded, failed), bucket| {
                (
                    succeeded + u64::from(bucket.succeeded),
                    failed + u64::from(bucket.failed),
                )
            })
    }

    pub(crate) fn clear(&mut self) {
        self.buckets = [Bucket::default(); BUCKETS];
    }

    fn slot(&self, now: Instant) -> u64 {
        let elapsed = now.duration_since(self.start).as_nanos();
        u64::try_from(elapsed / self.width.as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_window_does_not_count() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut window = Window::new(Duration::from_secs(10), start);
        window.add(false, at(0));
        window.add(true, at(5));
        window.add(true, at(9));
        assert_eq!(window.counts(at(9)), (2, 1));
        assert_eq!(window.counts(at(10)), (2, 0));
        window.add(false, at(10));
        assert_eq!(window.counts(at(15)), (1, 1));
        assert_eq!(window.counts(at(100)), (0, 0));
        window.clear();
        assert_eq!(window.counts(at(10)), (0, 0));
    }
}
