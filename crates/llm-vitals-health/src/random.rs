//! Chance for jitter: seeded, so that a test can repeat it.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

/// A sequence of numbers that look random. Not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The same seed gives the same sequence; without one, each process has another.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(seed.unwrap_or_else(|| RandomState::new().hash_one(0_u8)))
    }

    /// A number from 0 up to, and without, 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) fn share(&mut self) -> f64 {
        // SplitMix64: a counter with a good mixer over it.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_shares_are_spread() {
        let shares = |seed| -> Vec<f64> {
            std::iter::repeat_with({
                let mut random = Random::new(Some(seed));
                move || random.share()
            })
            .take(1_000)
            .collect()
        };
        assert_eq!(shares(7), shares(7));
        assert_ne!(shares(7), shares(8));
        let all = shares(7);
        assert!(all.iter().all(|share| (0.0..1.0).contains(share)));
        let mean = all.iter().sum::<f64>() / 1_000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
