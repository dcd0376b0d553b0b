//! What the cache was good for.

use metrics::{Counter, Unit, counter, describe_counter};

use crate::metrics::{CACHE_LOOKUPS, CACHE_SAVED_COST, CACHE_SAVED_TOKENS, METRICS};

/// What came of a lookup.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lookup {
    Hit,
    Miss,
    /// There was an answer, and it is too old.
    Stale,
    /// The cache did not work.
    Error,
}

/// The series of one cache, each there from the start.
pub(super) struct Counts {
    lookups: [Counter; 4],
    tokens: Counter,
    cost_nanousd: Counter,
}

impl Lookup {
    const ALL: [Self; 4] = [Self::Hit, Self::Miss, Self::Stale, Self::Error];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Stale => "stale",
            Self::Error => "error",
        }
    }
}

impl Counts {
    pub(super) fn new(cache: &'static str) -> Self {
        for (name, _, _, help) in METRICS {
            describe_counter!(*name, Unit::Count, *help);
        }
        let lookup = |result: Lookup| counter!(CACHE_LOOKUPS.0, "cache" => cache, "result" => result.as_str());
        let counts = Self {
            lookups: Lookup::ALL.map(lookup),
            tokens: counter!(CACHE_SAVED_TOKENS.0, "cache" => cache),
            cost_nanousd: counter!(CACHE_SAVED_COST.0, "cache" => cache),
        };
        let all = counts.lookups.iter();
        for counter in all.chain([&counts.tokens, &counts.cost_nanousd]) {
            counter.increment(0);
        }
        counts
    }

    pub(super) fn lookup(&self, result: Lookup) {
        self.lookups[result as usize].increment(1);
    }

    /// What is not known is not counted.
    pub(super) fn saved(&self, tokens: Option<u64>, cost_nanousd: Option<u64>) {
        self.tokens.increment(tokens.unwrap_or(0));
        self.cost_nanousd.increment(cost_nanousd.unwrap_or(0));
    }
}
