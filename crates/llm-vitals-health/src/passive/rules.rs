//! When a target is held, and for how long.

use std::time::Duration;

use crate::random::Random;

/// When a target is held, and for how long; see [`FleetBuilder`](crate::FleetBuilder) for what each means.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) window: Duration,
    pub(crate) min_volume: u64,
    pub(crate) failed_share: f64,
    pub(crate) degraded_share: f64,
    pub(crate) in_a_row: u32,
    pub(crate) rise: u32,
    pub(crate) hold: Duration,
    pub(crate) longest_hold: Duration,
    pub(crate) longest_retry_after: Duration,
    pub(crate) trial: Duration,
    pub(crate) silence: Duration,
    pub(crate) min_available: usize,
}

impl Rules {
    /// The `streak`-th hold in a row: twice as long each time up to the longest, and up to a fifth shorter, so that many
    /// replicas do not come back at once.
    pub(crate) fn back_off(&self, streak: u32, random: &mut Random) -> Duration {
        let doubled = 2_u32.saturating_pow(streak.saturating_sub(1));
        let full = self.hold.saturating_mul(doubled).min(self.longest_hold);
        full.mul_f64(1.0 - 0.2 * random.share())
    }

    /// What the other side asked for, never shorter, and up to a tenth longer.
    pub(crate) fn asked(&self, retry_after: Duration, random: &mut Random) -> Duration {
        let asked = retry_after.min(self.longest_retry_after);
        asked.mul_f64(1.0 + 0.1 * random.share())
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            window: Duration::from_secs(60),
            min_volume: 20,
            failed_share: 0.5,
            degraded_share: 0.1,
            in_a_row: 5,
            rise: 2,
            hold: Duration::from_secs(5),
            longest_hold: Duration::from_secs(300),
            longest_retry_after: Duration::from_secs(3_600),
            trial: Duration::from_secs(60),
            silence: Duration::from_secs(60),
            min_available: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_double_up_to_the_longest_and_are_a_fifth_shorter_at_most() {
        let rules = Rules::default();
        let mut random = Random::new(Some(1));
        for (streak, full) in [(1, 5.0), (2, 10.0), (4, 40.0), (7, 300.0), (4_000, 300.0)] {
            let hold = rules.back_off(streak, &mut random).as_secs_f64();
            assert!((full * 0.8..=full).contains(&hold), "{streak}: {hold}");
        }
    }

    #[test]
    fn retry_after_is_never_shortened_but_by_its_cap() {
        let rules = Rules::default();
        let mut random = Random::new(Some(1));
        for (asked, least) in [(1, 1.0), (60, 60.0), (86_400, 3_600.0)] {
            let hold = rules.asked(Duration::from_secs(asked), &mut random);
            assert!(
                (least..=least * 1.1).contains(&hold.as_secs_f64()),
                "{hold:?}"
            );
        }
    }
}
