//! Random numbers, good enough to spread ticks and to tell processes apart.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

/// A generator that starts at the randomness of the standard library's hash tables.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u32(std::process::id());
        Self(hasher.finish())
    }

    /// The next number, by splitmix64.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// `duration` times a factor between 1 - `share` and 1 + `share`.
    pub(crate) fn around(&mut self, duration: Duration, share: f64) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "53 of the bits are enough")]
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        duration.mul_f64(1.0 + share * (2.0 * unit - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_the_share() {
        let mut random = Random::new();
        for _ in 0..1000 {
            let spread = random.around(Duration::from_secs(10), 0.1);
            assert!((9.0..=11.0).contains(&spread.as_secs_f64()), "{spread:?}");
        }
    }
}
