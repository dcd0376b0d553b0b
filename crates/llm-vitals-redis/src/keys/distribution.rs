//! What is shown of a node's keys.

use std::collections::BTreeMap;

use tokio::time::Instant;

/// The distribution of keys by one sweep, as counts of the whole database.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Distribution {
    pub(crate) database: String,
    /// Group, keys, bytes.
    pub(crate) groups: Vec<(String, f64, Option<f64>)>,
    pub(crate) groups_told_apart: Option<f64>,
    pub(crate) sizes: Vec<(&'static str, f64)>,
    pub(crate) types: Vec<(&'static str, f64)>,
    pub(crate) ttls: Vec<(&'static str, f64)>,
    pub(crate) sampled: f64,
    pub(crate) coverage: f64,
    /// When the sweep ended, or began if it has not.
    pub(crate) since: Instant,
}

/// What sampling shows of one node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    distribution: Option<Distribution>,
    is_complete: bool,
    skipped: BTreeMap<&'static str, u64>,
    probes: Option<[u64; 2]>,
}

impl Shown {
    /// A whole sweep replaces everything, a part only another part: a whole one is better, if older.
    pub(crate) fn show(&mut self, distribution: Distribution, is_complete: bool) {
        if is_complete || !self.is_complete {
            self.distribution = Some(distribution);
            self.is_complete = is_complete;
        }
    }

    pub(crate) fn forget(&mut self) {
        self.distribution = None;
        self.is_complete = false;
    }

    pub(crate) fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_insert(0) += 1;
    }

    pub(crate) fn probe(&mut self, hits: u64, misses: u64) {
        let probes = self.probes.get_or_insert([0; 2]);
        probes[0] += hits;
        probes[1] += misses;
    }

    pub(crate) fn distribution(&self) -> Option<&Distribution> {
        self.distribution.as_ref()
    }

    pub(crate) fn skipped(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.skipped.iter().map(|(reason, count)| (*reason, *count))
    }

    /// Hits and misses that sampling caused; none if it looked at nothing that counts.
    pub(crate) fn probes(&self) -> Option<[u64; 2]> {
        self.probes
    }
}
