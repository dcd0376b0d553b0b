//! Durations by chance, so that many do not do the same at the same moment.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::time::Duration;

/// A duration from `least` to `most`.
pub(crate) fn between(least: Duration, most: Duration) -> Duration {
    // A new state has new keys, which is chance enough here.
    let chance = u32::try_from(RandomState::new().hash_one(0) % 1_025).unwrap_or(0);
    least + most.saturating_sub(least) / 1_024 * chance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_between_and_differs() {
        let (least, most) = (Duration::from_secs(24), Duration::from_secs(36));
        let seen: Vec<_> = (0..100).map(|_| between(least, most)).collect();
        assert!(seen.iter().all(|seen| (least..=most).contains(seen)));
        assert!(seen.iter().any(|other| *other != seen[0]));
        assert_eq!(between(most, most), most);
    }
}
