//! What is sampled, and how much of a server's time it may take.

use std::time::Duration;

/// Blocks a server for at most 0.2 ms a call.
const MAX_SCAN_COUNT: u32 = 200;

/// How keys are sampled: one node for each pass, a primary's replica where there is one, from where the last pass ended.
///
/// A pass ends at the first of its limits. A whole database is seen over many passes, a sweep; until the first sweep is
/// complete, counts are scaled up from what was seen. The user needs `+scan` and `+memory|usage` on all keys (`%R~*`).
///
/// ```
/// use llm_vitals_redis::KeySampling;
///
/// let sampling = KeySampling::new().with_segments(2).with_top(20).with_max_keys(500);
/// # let _ = sampling;
/// ```
#[derive(Clone, Debug)]
pub struct KeySampling {
    pub(crate) delimiter: u8,
    pub(crate) segments: usize,
    pub(crate) prefixes: Vec<String>,
    pub(crate) top: usize,
    pub(crate) interval: Duration,
    pub(crate) max_keys: u64,
    pub(crate) max_time: Duration,
    pub(crate) scan_count: u32,
    pub(crate) samples: u32,
    pub(crate) types: bool,
    pub(crate) ttls: bool,
    pub(crate) database: u32,
}

impl Default for KeySampling {
    fn default() -> Self {
        Self {
            delimiter: b':',
            segments: 1,
            prefixes: Vec::new(),
            top: 50,
            interval: Duration::from_secs(10),
            max_keys: 2000,
            max_time: Duration::from_millis(20),
            scan_count: 100,
            samples: 5,
            types: false,
            ttls: false,
            database: 0,
        }
    }
}

impl KeySampling {
    /// The defaults: prefixes up to the first `:`, every 10 s at most 2,000 keys and 20 ms.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What stands between the segments of a key. Default: `:`.
    #[must_use]
    pub fn with_delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// How many segments are a group. A key that has no further segment is `unclassified`: no group is a whole key.
    /// Default: 1.
    #[must_use]
    pub fn with_segments(mut self, segments: usize) -> Self {
        self.segments = segments.max(1);
        self
    }

    /// Groups by these prefixes and no others; a key goes to the longest that fits, or to `other`.
    #[must_use]
    pub fn with_prefixes<P: Into<String>>(mut self, prefixes: impl IntoIterator<Item = P>) -> Self {
        self.prefixes = prefixes.into_iter().map(Into::into).collect();
        self.prefixes
            .sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        self
    }

    /// How many groups are shown, the biggest ones; the rest is `other`. Default: 50.
    #[must_use]
    pub fn with_top(mut self, top: usize) -> Self {
        self.top = top;
        self
    }

    /// The shortest time between two passes. Default: 10 s.
    #[must_use]
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// The most keys of one pass. Default: 2,000.
    #[must_use]
    pub fn with_max_keys(mut self, keys: u64) -> Self {
        self.max_keys = keys.max(1);
        self
    }

    /// The longest time of one pass, waiting included. Default: 20 ms.
    #[must_use]
    pub fn with_max_time(mut self, time: Duration) -> Self {
        self.max_time = time;
        self
    }

    /// The COUNT of each SCAN, at most 200. Default: 100.
    #[must_use]
    pub fn with_scan_count(mut self, count: u32) -> Self {
        self.scan_count = count.clamp(1, MAX_SCAN_COUNT);
        self
    }

    /// How many elements of a collection its memory is estimated from, at least 1: 0 would mean all of them. Default: 5.
    #[must_use]
    pub fn with_memory_samples(mut self, samples: u32) -> Self {
        self.samples = samples.clamp(1, 100);
        self
    }

    /// Adds the types of keys. Each key that is looked at counts as a hit in the server's own counters; the user needs `+type`.
    #[must_use]
    pub fn with_types(mut self) -> Self {
        self.types = true;
        self
    }

    /// Adds the times until keys expire. Each key that is looked at counts as a hit in the server's own counters; the user
    /// needs `+pttl`.
    #[must_use]
    pub fn with_ttls(mut self) -> Self {
        self.ttls = true;
        self
    }

    /// The number of the database in the URL, for the label `db`: it is the one that is sampled. Default: 0.
    #[must_use]
    pub fn with_database(mut self, database: u32) -> Self {
        self.database = database;
        self
    }

    /// The group of a key.
    pub(crate) fn group(&self, key: &[u8]) -> String {
        if !self.prefixes.is_empty() {
            let prefix = self
                .prefixes
                .iter()
                .find(|prefix| key.starts_with(prefix.as_bytes()));
            return prefix.map_or("other", String::as_str).to_owned();
        }
        let mut delimiters = key
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == self.delimiter);
        match delimiters.nth(self.segments - 1) {
            Some((end, _)) if end > 0 => {
                let prefix = String::from_utf8_lossy(&key[..end.min(4 * MAX_GROUP)]);
                prefix.chars().take(MAX_GROUP).collect()
            }
            _ => "unclassified".to_owned(),
        }
    }
}

/// Longer prefixes are cut.
const MAX_GROUP: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_a_prefix_and_never_a_whole_key() {
        let one = KeySampling::new();
        assert_eq!(one.group(b"llm:resp:1"), "llm");
        assert_eq!(one.group(b"session-4711"), "unclassified");
        assert_eq!(one.group(b":x"), "unclassified");
        assert_eq!(one.group(b"a\xff:x"), "a\u{fffd}");
        assert_eq!(
            one.group(&[&[b'x'; 500][..], b":y"].concat()),
            "x".repeat(64)
        );
        let two = KeySampling::new().with_segments(2);
        assert_eq!(two.group(b"llm:resp:1"), "llm:resp");
        assert_eq!(two.group(b"llm:resp"), "unclassified");
        assert_eq!(KeySampling::new().with_delimiter(b'/').group(b"a/b"), "a");
    }

    #[test]
    fn given_prefixes_are_the_only_groups() {
        let given = KeySampling::new().with_prefixes(["llm:", "llm:resp:", "rate:"]);
        assert_eq!(given.group(b"llm:resp:1"), "llm:resp:");
        assert_eq!(given.group(b"llm:x"), "llm:");
        assert_eq!(given.group(b"secret:x"), "other");
    }

    #[test]
    fn what_would_hurt_a_server_is_not_taken() {
        let sampling = KeySampling::new()
            .with_scan_count(10_000)
            .with_memory_samples(0);
        assert_eq!((sampling.scan_count, sampling.samples), (200, 1));
    }
}
