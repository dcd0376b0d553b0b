//! When to try a server again that failed.

use std::time::Duration;

use tokio::time::Instant;

use crate::random::Random;

/// Failures in a row, and when the next attempt is due.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now >= until)
    }

    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// The first failure waits for nothing but the next tick, each further one twice as long up to `cap`, with jitter.
    pub(crate) fn failed(
        &mut self,
        now: Instant,
        interval: Duration,
        cap: Duration,
        random: &mut Random,
    ) {
        self.failures = self.failures.saturating_add(1);
        let wait = interval
            .saturating_mul(1 << (self.failures - 1).min(16))
            .min(cap);
        self.until = (self.failures > 1).then(|| now + random.around(wait, 0.2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_twice_as_long_up_to_the_cap_and_starts_over_after_a_success() {
        let (interval, cap) = (Duration::from_secs(5), Duration::from_secs(30));
        let (mut backoff, mut random, now) = (Backoff::default(), Random::new(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..6 {
            backoff.failed(now, interval, cap, &mut random);
            waits.push(
                backoff
                    .until
                    .map_or(0.0, |until| (until - now).as_secs_f64()),
            );
        }
        for (wait, expected) in waits.iter().zip([0.0, 10.0, 20.0, 30.0, 30.0, 30.0]) {
            assert!(
                (0.8 * expected..=1.2 * expected).contains(wait),
                "{waits:?}"
            );
        }
        assert!(!backoff.is_due(now));
        backoff.succeeded();
        assert!(backoff.is_due(now));
    }
}
