//! One way through a database, over many passes.

use tokio::time::Instant;

use super::distribution::Distribution;
use super::groups::{Groups, Size};
use super::settings::KeySampling;

const TYPES: [&str; 7] = ["string", "list", "set", "zset", "hash", "stream", "other"];

/// Upper limits in bytes, and the names of the classes; what is above the last one comes after it.
const SIZES: [(u64, &str); 5] = [
    (128, "lt_128B"),
    (1 << 10, "lt_1KiB"),
    (10 << 10, "lt_10KiB"),
    (100 << 10, "lt_100KiB"),
    (1 << 20, "lt_1MiB"),
];
const BIGGEST: &str = "ge_1MiB";

/// Upper limits in milliseconds, and the names of the classes.
const TTLS: [(i64, &str); 4] = [
    (60_000, "lt_1m"),
    (3_600_000, "lt_1h"),
    (86_400_000, "lt_1d"),
    (7 * 86_400_000, "lt_7d"),
];
const LONGEST: &str = "ge_7d";
const FOREVER: &str = "none";

/// What was learned of a key that is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Seen {
    pub(crate) group: String,
    pub(crate) bytes: Option<u64>,
    pub(crate) kind: Option<String>,
    /// Milliseconds; -1 is for ever.
    pub(crate) ttl: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sweep {
    pub(crate) run_id: String,
    /// Where the next SCAN goes on.
    pub(crate) cursor: u64,
    pub(crate) started: Instant,
    sampled: u64,
    groups: Groups,
    has_memory: bool,
    sizes: [u64; SIZES.len() + 1],
    types: [u64; TYPES.len()],
    ttls: [u64; TTLS.len() + 2],
}

impl Sweep {
    pub(crate) fn new(run_id: &str, settings: &KeySampling, now: Instant) -> Self {
        Self {
            run_id: run_id.to_owned(),
            cursor: 0,
            started: now,
            sampled: 0,
            groups: Groups::new(settings.top),
            has_memory: true,
            sizes: Default::default(),
            types: Default::default(),
            ttls: Default::default(),
        }
    }

    pub(crate) fn add(&mut self, seen: Seen) {
        self.sampled += 1;
        self.groups.add(seen.group, seen.bytes.unwrap_or(0));
        match seen.bytes {
            Some(bytes) => {
                let class = SIZES.iter().position(|(limit, _)| bytes < *limit);
                self.sizes[class.unwrap_or(SIZES.len())] += 1;
            }
            None => self.has_memory = false,
        }
        if let Some(kind) = seen.kind {
            let class = TYPES.iter().position(|known| *known == kind);
            self.types[class.unwrap_or(TYPES.len() - 1)] += 1;
        }
        if let Some(ttl) = seen.ttl {
            let class = TTLS.iter().position(|(limit, _)| ttl < *limit);
            let class = if ttl < 0 { Some(TTLS.len() + 1) } else { class };
            self.ttls[class.unwrap_or(TTLS.len())] += 1;
        }
    }

    /// What the sweep shows: its counts if it is complete, else scaled up to `keys`, the keys of the database.
    pub(crate) fn distribution(
        &self,
        settings: &KeySampling,
        keys: u64,
        complete: bool,
        now: Instant,
    ) -> Distribution {
        let coverage = if complete || keys == 0 {
            1.0
        } else {
            (float(self.sampled) / float(keys)).min(1.0)
        };
        let scaled = |count: u64| {
            if coverage > 0.0 {
                float(count) / coverage
            } else {
                0.0
            }
        };
        let classes = |is_on: bool, names: Vec<&'static str>, counts: &[u64]| {
            let counts = counts.iter().map(|count| scaled(*count));
            let classes = names.into_iter().zip(counts);
            if is_on { classes.collect() } else { Vec::new() }
        };
        let groups = self.groups.shown().into_iter();
        let groups = groups.map(|(group, Size { keys, bytes })| {
            (group, scaled(keys), self.has_memory.then(|| scaled(bytes)))
        });
        let names = |classes: &[&'static str], last: &[&'static str]| [classes, last].concat();
        let size_names = SIZES.map(|(_, name)| name);
        let ttl_names = TTLS.map(|(_, name)| name);
        Distribution {
            database: format!("db{}", settings.database),
            groups: groups.collect(),
            groups_told_apart: self.groups.told_apart().map(|count| float(count as u64)),
            sizes: classes(self.has_memory, names(&size_names, &[BIGGEST]), &self.sizes),
            types: classes(settings.types, TYPES.to_vec(), &self.types),
            ttls: classes(
                settings.ttls,
                names(&ttl_names, &[LONGEST, FOREVER]),
                &self.ttls,
            ),
            sampled: float(self.sampled),
            coverage,
            since: if complete { now } else { self.started },
        }
    }
}

fn float(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a sample is a float")]
    let float = count as f64;
    float
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(group: &str, bytes: u64, kind: &str, ttl: i64) -> Seen {
        Seen {
            group: group.to_owned(),
            bytes: Some(bytes),
            kind: Some(kind.to_owned()),
            ttl: Some(ttl),
        }
    }

    fn sweep() -> (Sweep, KeySampling, Instant) {
        let settings = KeySampling::new().with_types().with_ttls();
        let now = Instant::now();
        let mut sweep = Sweep::new("run", &settings, now);
        sweep.add(seen("llm", 100, "string", 59_999));
        sweep.add(seen("llm", 1024, "hash", -1));
        sweep.add(seen("rate", 2 << 20, "ReJSON-RL", 8 * 86_400_000));
        sweep.add(seen("llm", 127, "string", 60_000));
        (sweep, settings, now)
    }

    fn counts(classes: &[(&'static str, f64)]) -> Vec<(&'static str, f64)> {
        classes
            .iter()
            .copied()
            .filter(|(_, count)| *count > 0.0)
            .collect()
    }

    #[test]
    fn a_whole_sweep_counts_every_key_in_its_classes() {
        let (sweep, settings, now) = sweep();
        let shown = sweep.distribution(&settings, 4, true, now);
        assert_eq!(
            shown.groups,
            [
                ("rate".into(), 1.0, Some(2_097_152.0)),
                ("llm".into(), 3.0, Some(1251.0))
            ]
        );
        assert_eq!(
            counts(&shown.sizes),
            [("lt_128B", 2.0), ("lt_10KiB", 1.0), ("ge_1MiB", 1.0)]
        );
        assert_eq!(
            counts(&shown.types),
            [("string", 2.0), ("hash", 1.0), ("other", 1.0)]
        );
        assert_eq!(
            counts(&shown.ttls),
            [
                ("lt_1m", 1.0),
                ("lt_1h", 1.0),
                ("ge_7d", 1.0),
                ("none", 1.0)
            ]
        );
        assert_eq!(
            (shown.sampled, shown.coverage, shown.groups_told_apart),
            (4.0, 1.0, Some(2.0))
        );
    }

    #[test]
    fn a_part_of_a_sweep_is_scaled_up_to_the_database() {
        let (sweep, settings, now) = sweep();
        let shown = sweep.distribution(&settings, 16, false, now);
        assert_eq!(shown.groups[1], ("llm".into(), 12.0, Some(5004.0)));
        assert_eq!((shown.sampled, shown.coverage), (4.0, 0.25));
    }

    #[test]
    fn memory_that_is_not_known_of_every_key_is_not_shown() {
        let (mut sweep, settings, now) = sweep();
        sweep.add(Seen {
            bytes: None,
            kind: None,
            ttl: None,
            group: "llm".into(),
        });
        let shown = sweep.distribution(&settings, 5, true, now);
        assert_eq!(
            shown.groups.iter().map(|group| group.2).collect::<Vec<_>>(),
            [None, None]
        );
        assert_eq!(shown.sizes, []);
    }
}
