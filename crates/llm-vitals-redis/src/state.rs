//! What is known of the nodes now: written by the collector, read by whoever shows it.

mod node;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::node::NodeState;
use crate::admitted::Admitted;
use crate::cache_metrics::CacheMetrics;
use crate::collector::{Optional, Settings, Standing};
use crate::error::ErrorKind;
use crate::history::{History, Rates};
use crate::random::Random;
use crate::sample::{Sample, unix_now};
use crate::source::{Node, NodeRole};

/// Without a tick for three intervals, and at least for this time, nothing is shown any more.
const STALE: Duration = Duration::from_secs(30);

/// In the middle of a failover a Sentinel does not mention the old primary, which then comes back as a replica.
const LINGER: Duration = Duration::from_secs(10);

/// More nodes than this do not leave within a window, unless something is wrong.
const MAX_RETIRED: usize = 200;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) target: String,
    pub(crate) has_lease: bool,
    pub(crate) shows_latency: bool,
    pub(crate) shows_keys: bool,
    pub(crate) standing: Standing,
    pub(crate) nodes: BTreeMap<String, NodeState>,
    /// What nodes went through that are nodes no more: it still happened in the window.
    retired: BTreeMap<String, History>,
    pub(crate) commands: Admitted,
    pub(crate) discovery_up: Option<bool>,
    pub(crate) last_tick: Option<Tick>,
    stale: Duration,
    stopped: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Tick {
    pub(crate) ended: Instant,
    pub(crate) unix: f64,
    pub(crate) took: Duration,
}

impl State {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            target: settings.name.clone().unwrap_or_else(|| "redis".to_owned()),
            has_lease: settings.lease.is_some(),
            shows_latency: settings.latency_statistics,
            shows_keys: settings.keys.is_some(),
            standing: Standing::Standby,
            nodes: BTreeMap::new(),
            retired: BTreeMap::new(),
            commands: Admitted::default(),
            discovery_up: None,
            last_tick: None,
            stale: (settings.interval * 3).max(STALE),
            stopped: false,
        }
    }

    /// These are the nodes now; returns whom to watch. One that is no longer among them is watched a little longer, as one
    /// that holds no keys, and is then forgotten.
    pub(crate) fn found(&mut self, nodes: &[Node], settings: &Settings) -> Vec<Node> {
        self.discovery_up = Some(true);
        let now = Instant::now();
        let known = std::mem::take(&mut self.nodes).into_iter();
        let (stay, left): (BTreeMap<_, _>, BTreeMap<_, _>) = known.partition(|(_, known)| {
            let seen = known.last_listed;
            nodes.iter().any(|node| node.address == known.node.address)
                || now.duration_since(seen) < LINGER
        });
        self.nodes = stay;
        for known in self.nodes.values_mut() {
            known.node.role = NodeRole::Empty;
        }
        let left = left
            .into_iter()
            .map(|(address, left)| (address, left.history));
        self.retired.extend(left);
        self.retired.retain(|_, history| !history.is_over(now));
        while self.retired.len() > MAX_RETIRED {
            self.retired.pop_first();
        }
        let alone = nodes.len() == 1 && nodes[0].role == NodeRole::Unknown;
        for node in nodes {
            let label = match &settings.name {
                Some(name) if alone => name.clone(),
                Some(name) => format!("{name}/{}", node.address),
                None => node.address.clone(),
            };
            let known = self.nodes.entry(node.address.clone());
            let known = known.or_insert_with(|| {
                let history = self.retired.remove(&node.address);
                NodeState::new(
                    node,
                    history.unwrap_or_else(|| History::new(settings.window)),
                )
            });
            known.node = node.clone();
            known.label = label;
            known.last_listed = now;
        }
        self.nodes()
    }

    /// The nodes could not be looked up: those that are known stay.
    pub(crate) fn not_found(&mut self) -> Vec<Node> {
        self.discovery_up = Some(false);
        self.nodes()
    }

    pub(crate) fn nodes(&self) -> Vec<Node> {
        self.nodes
            .values()
            .map(|known| known.node.clone())
            .collect()
    }

    pub(crate) fn stands(&mut self, standing: Standing) {
        if standing == Standing::Standby {
            // Another process shows them. When it is our turn, counting starts anew.
            self.nodes.clear();
            self.retired.clear();
        }
        self.standing = standing;
    }

    /// A node that is known and not to be left in peace yet.
    pub(crate) fn due(&self, address: &str, now: Instant) -> Option<&NodeState> {
        self.nodes
            .get(address)
            .filter(|known| known.backoff.is_due(now))
    }

    pub(crate) fn answered(&mut self, address: &str, sample: Sample, allowed: &[(Optional, bool)]) {
        if let Some(known) = self.nodes.get_mut(address) {
            self.commands.admit(&sample.info);
            known.answered(sample, allowed);
        }
    }

    pub(crate) fn failed(
        &mut self,
        address: &str,
        kind: ErrorKind,
        now: Instant,
        settings: &Settings,
        random: &mut Random,
    ) {
        if let Some(known) = self.nodes.get_mut(address) {
            known.failed(kind);
            known
                .backoff
                .failed(now, settings.interval, settings.max_backoff, random);
        }
    }

    pub(crate) fn ticked(&mut self, started: Instant) {
        let ended = Instant::now();
        self.last_tick = Some(Tick {
            ended,
            unix: unix_now(),
            took: ended - started,
        });
    }

    pub(crate) fn stop(&mut self) {
        self.stopped = true;
        self.nodes.clear();
        self.last_tick = None;
    }

    /// Whether what is here was read lately.
    pub(crate) fn is_fresh(&self, now: Instant) -> bool {
        let tick = self.last_tick.as_ref();
        !self.stopped && tick.is_some_and(|tick| now.duration_since(tick.ended) <= self.stale)
    }

    /// Whether every primary answers; none if that is not known.
    pub(crate) fn is_up(&self, now: Instant) -> Option<bool> {
        if !self.is_fresh(now) || self.nodes.is_empty() {
            return None;
        }
        if self.nodes.values().any(|known| known.up.is_none()) {
            return None;
        }
        let is_down = |known: &NodeState| known.up == Some(false) && known.may_be_primary();
        // Where nobody says who is who, a replica may be all that is watched.
        let serves = |known: &NodeState| known.is_primary() || known.node.role == NodeRole::Unknown;
        Some(!self.nodes.values().any(is_down) && self.nodes.values().any(serves))
    }

    pub(crate) fn cache_metrics(&self, now: Instant) -> CacheMetrics {
        let mut metrics = CacheMetrics::default();
        if !self.is_fresh(now) || self.standing == Standing::Standby {
            return metrics;
        }
        let mut sum = Rates::default();
        let histories = self.nodes.values().map(|known| &known.history);
        for history in histories.chain(self.retired.values()) {
            let rates = history.rates(now);
            sum.hits = sum.hits.saturating_add(rates.hits);
            sum.misses = sum.misses.saturating_add(rates.misses);
            if let Some(evictions) = rates.evictions {
                sum.evictions = Some(sum.evictions.unwrap_or(0.0) + evictions);
            }
        }
        metrics.hit_rate = sum.hit_ratio();
        metrics.miss_rate = sum.miss_ratio();
        metrics.eviction_rate = sum.evictions;
        // A part of the keys or of the memory would look like a fall.
        let all_known = self
            .nodes
            .values()
            .all(|known| known.sample.is_some() || !known.may_be_primary());
        let primaries = self.nodes.values().filter(|known| known.is_primary());
        let primaries: Vec<&Sample> = primaries
            .filter_map(|known| known.sample.as_ref())
            .collect();
        if all_known && !primaries.is_empty() {
            let keys = primaries.iter().map(|sample| sample.keys());
            metrics.key_count = Some(keys.fold(0, u64::saturating_add));
            let memory = primaries
                .iter()
                .map(|sample| sample.info.count("used_memory"));
            metrics.memory_usage = memory.sum();
        }
        metrics
    }
}
