//! What follows from the counters, in the window.

use tokio::time::Instant;

use super::Family;
use super::node::with_samples;
use crate::history::Rates;
use crate::metrics::{EVICTION_RATE, HIT_RATIO, KEYS, MEMORY_RATIO, MISS_RATIO, Metric};
use crate::state::NodeState;

pub(super) fn render(nodes: &[&NodeState], now: Instant, out: &mut String) {
    let rates: [(Metric, fn(&Rates) -> Option<f64>); 3] = [
        (HIT_RATIO, Rates::hit_ratio),
        (MISS_RATIO, Rates::miss_ratio),
        (EVICTION_RATE, |rates| rates.evictions),
    ];
    for (metric, value) in rates {
        let mut family = Family::new(out, metric);
        for (node, _) in with_samples(nodes) {
            if let Some(value) = value(&node.history.rates(now)) {
                family.sample(&[("node", &node.label)], value);
            }
        }
    }
    let mut family = Family::new(out, MEMORY_RATIO);
    for (node, sample) in with_samples(nodes) {
        if let Some(ratio) = sample.memory_ratio() {
            family.sample(&[("node", &node.label)], ratio);
        }
    }
    let mut family = Family::new(out, KEYS);
    for (node, sample) in with_samples(nodes) {
        family.sample(&[("node", &node.label)], sample.keys());
    }
}
