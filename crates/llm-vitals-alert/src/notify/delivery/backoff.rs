//! How long to wait after a failure.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// The shortest wait, and the first one's longest.
pub(super) const FIRST_MS: i64 = 500;
const LONGEST_MS: i64 = 60_000;

/// Exponential back-off with full jitter: a wait is a random one between half a second and a limit that doubles with each failure in a
/// row, up to a minute. It has no end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Failures since the last success.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    pub(super) fn succeed(&mut self) {
        self.failures = 0;
    }

    /// Counts a failure and says how long to wait. `random` is in 0 to 1.
    pub(super) fn fail(&mut self, random: f64) -> i64 {
        let limit = LONGEST_MS.min(FIRST_MS << self.failures.saturating_add(1).min(8));
        self.failures = self.failures.saturating_add(1);
        FIRST_MS + ((limit - FIRST_MS) as f64 * random) as i64
    }
}

/// A random number from 0 to below 1, for spreading load; nobody may rely on it being a secret.
pub(super) fn random() -> f64 {
    // The keys of each `RandomState` differ.
    let bits = RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_minute_and_never_fall_below_half_a_second() {
        let mut longest = Backoff::default();
        let waits: Vec<i64> = (0..10).map(|_| longest.fail(1.0)).collect();
        let expected = [
            1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000,
        ];
        assert_eq!(waits, expected);
        assert_eq!(longest.fail(0.0), 500);
        longest.succeed();
        assert_eq!((longest.failures(), longest.fail(0.5)), (0, 750));
        let mut randoms: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(randoms.iter().all(|random| (0.0..1.0).contains(random)));
        randoms.sort_by(f64::total_cmp);
        randoms.dedup();
        assert_eq!(randoms.len(), 100);
    }
}
