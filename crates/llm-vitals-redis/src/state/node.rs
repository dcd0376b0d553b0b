//! What is known of one node.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::collector::Optional;
use crate::error::ErrorKind;
use crate::history::{Counters, Events, History};
use crate::keys::Shown;
use crate::sample::Sample;
use crate::source::{Node, NodeRole};

/// A command that was refused is tried again after this time: each refusal counts as an error in Redis.
const REFUSED: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub(crate) struct NodeState {
    pub(crate) node: Node,
    pub(crate) label: String,
    /// When it was last among the nodes.
    pub(crate) last_listed: Instant,
    /// Whether it answered the last time; none before it was asked.
    pub(crate) up: Option<bool>,
    /// Gone as soon as it does not answer.
    pub(crate) sample: Option<Sample>,
    pub(crate) history: History,
    pub(crate) backoff: Backoff,
    pub(crate) failures: BTreeMap<ErrorKind, u64>,
    pub(crate) last_success: Option<f64>,
    pub(crate) keys: Shown,
    /// Whether an optional command was allowed, and when it was said.
    pub(crate) allowed: BTreeMap<Optional, (bool, Instant)>,
    databases: BTreeSet<u32>,
    run_id: String,
    was_primary: bool,
    /// What sampling caused and the history does not know of yet.
    own: Events,
}

impl NodeState {
    pub(crate) fn new(node: &Node, history: History) -> Self {
        Self {
            node: node.clone(),
            label: String::new(),
            last_listed: Instant::now(),
            up: None,
            sample: None,
            history,
            backoff: Backoff::default(),
            failures: BTreeMap::new(),
            last_success: None,
            keys: Shown::default(),
            allowed: BTreeMap::new(),
            databases: BTreeSet::new(),
            run_id: String::new(),
            was_primary: true,
            own: Events::default(),
        }
    }

    pub(crate) fn answered(&mut self, sample: Sample, allowed: &[(Optional, bool)]) {
        self.backoff.succeeded();
        self.up = Some(true);
        self.last_success = Some(sample.unix);
        self.was_primary = sample.is_primary();
        let run_id = sample.info.get("run_id").unwrap_or_default();
        if run_id != self.run_id {
            run_id.clone_into(&mut self.run_id);
            self.databases.clear();
        }
        // The first database is there though it has no keys, and so is one whose last key has gone.
        self.databases.insert(0);
        for database in sample.info.databases().take(MAX_DATABASES) {
            self.databases.insert(database.index);
        }
        while self.databases.len() > MAX_DATABASES {
            self.databases.pop_last();
        }
        if let Some(counters) = Counters::of(&sample.info) {
            let own = std::mem::take(&mut self.own);
            self.history.observe(sample.at, &self.run_id, counters, own);
        }
        for (optional, is_allowed) in allowed {
            self.allow(*optional, *is_allowed, sample.at);
        }
        self.sample = Some(sample);
    }

    pub(crate) fn failed(&mut self, kind: ErrorKind) {
        self.up = Some(false);
        self.sample = None;
        self.keys.forget();
        *self.failures.entry(kind).or_insert(0) += 1;
    }

    pub(crate) fn allow(&mut self, optional: Optional, is_allowed: bool, now: Instant) {
        self.allowed.insert(optional, (is_allowed, now));
    }

    /// Whether an optional command may be sent: not refused of late.
    pub(crate) fn may(&self, optional: Optional, now: Instant) -> bool {
        match self.allowed.get(&optional) {
            Some((false, said)) => now.duration_since(*said) >= REFUSED,
            _ => true,
        }
    }

    /// Counts what sampling caused.
    pub(crate) fn caused(&mut self, hits: u64, misses: u64) {
        self.own.hits += hits;
        self.own.misses += misses;
    }

    pub(crate) fn databases(&self) -> impl Iterator<Item = u32> {
        self.databases.iter().copied()
    }

    pub(crate) fn is_cluster(&self) -> bool {
        let info = self.sample.as_ref().map(|sample| &sample.info);
        info.is_some_and(|info| info.flag("cluster_enabled"))
    }

    /// Whether it answers and holds keys that others follow. Who knows the nodes is believed before the node: an old primary
    /// takes itself for one until it is told.
    pub(crate) fn is_primary(&self) -> bool {
        self.sample.is_some() && self.may_be_primary()
    }

    /// Whether it is a primary, or was one when it last answered, or nobody knows.
    pub(crate) fn may_be_primary(&self) -> bool {
        match &self.node.role {
            NodeRole::Primary => true,
            NodeRole::Replica(_) | NodeRole::Empty => false,
            NodeRole::Unknown => self.was_primary,
        }
    }
}

/// Redis has 16 databases unless told otherwise; those with the lowest numbers are shown.
const MAX_DATABASES: usize = 64;
