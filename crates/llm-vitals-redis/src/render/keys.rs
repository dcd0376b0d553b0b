//! The distribution of keys.

use tokio::time::Instant;

use super::Family;
use super::node::with_samples;
use crate::keys::Distribution;
use crate::metrics::{
    KEY_GROUP_COUNT, KEY_GROUP_MEMORY, KEY_GROUPS, KEYS_BY_LENGTH, KEYS_BY_SIZE, KEYS_BY_TTL,
    KEYS_BY_TYPE, Metric, PROBE_HITS, PROBE_MISSES, SAMPLED_KEYS, SAMPLING_COVERAGE,
    SAMPLING_SKIPPED, SWEEP_AGE,
};
use crate::state::NodeState;

pub(super) fn render(nodes: &[&NodeState], now: Instant, out: &mut String) {
    let shown: Vec<(&str, &Distribution)> = nodes
        .iter()
        .filter_map(|node| Some((node.label.as_str(), node.keys.distribution()?)))
        .collect();
    groups(&shown, KEY_GROUP_COUNT, |count, _| Some(count), out);
    groups(&shown, KEY_GROUP_MEMORY, |_, bytes| bytes, out);
    single(&shown, KEY_GROUPS, |keys| keys.groups_told_apart, out);
    classes(&shown, KEYS_BY_TYPE, "type", |keys| &keys.types, out);
    classes(&shown, KEYS_BY_TTL, "ttl", |keys| &keys.ttls, out);
    classes(&shown, KEYS_BY_SIZE, "size", |keys| &keys.sizes, out);
    single(&shown, SAMPLED_KEYS, |keys| Some(keys.sampled), out);
    single(&shown, SAMPLING_COVERAGE, |keys| Some(keys.coverage), out);
    let age = |keys: &Distribution| Some(now.duration_since(keys.since).as_secs_f64());
    single(&shown, SWEEP_AGE, age, out);

    let mut skipped = Family::new(out, SAMPLING_SKIPPED);
    for node in nodes {
        for (reason, count) in node.keys.skipped() {
            skipped.sample(&[("node", &node.label), ("reason", reason)], count);
        }
    }
    for (metric, value) in [(PROBE_HITS, 0), (PROBE_MISSES, 1)] {
        let mut family = Family::new(out, metric);
        for node in nodes {
            if let Some(probes) = node.keys.probes() {
                family.sample(&[("node", &node.label)], probes[value]);
            }
        }
    }
}

/// What Redis 8 says of the lengths of its keys.
pub(super) fn lengths(nodes: &[&NodeState], out: &mut String) {
    let mut family = Family::list(out, KEYS_BY_LENGTH);
    for (node, sample) in with_samples(nodes) {
        for lengths in sample.info.lengths().take(MAX_LENGTHS) {
            let database = format!("db{}", lengths.database);
            for (least, keys) in &lengths.bins {
                let least = least.to_string();
                let labels = [
                    ("node", node.label.as_str()),
                    ("db", &database),
                    ("type", lengths.kind),
                    ("at_least", &least),
                ];
                family.sample(&labels, keys);
            }
        }
    }
}

/// Databases times types, as far as they are shown.
const MAX_LENGTHS: usize = 80;

fn groups(
    shown: &[(&str, &Distribution)],
    metric: Metric,
    value: impl Fn(f64, Option<f64>) -> Option<f64>,
    out: &mut String,
) {
    let mut family = Family::new(out, metric);
    for (node, keys) in shown {
        for (group, count, bytes) in &keys.groups {
            let labels = [
                ("node", *node),
                ("db", &keys.database),
                ("key_group", group),
            ];
            if let Some(value) = value(*count, *bytes) {
                family.sample(&labels, value);
            }
        }
    }
}

fn classes(
    shown: &[(&str, &Distribution)],
    metric: Metric,
    label: &str,
    of: impl Fn(&Distribution) -> &Vec<(&'static str, f64)>,
    out: &mut String,
) {
    let mut family = Family::new(out, metric);
    for (node, keys) in shown {
        for (class, count) in of(keys) {
            family.sample(
                &[("node", node), ("db", &keys.database), (label, class)],
                count,
            );
        }
    }
}

fn single(
    shown: &[(&str, &Distribution)],
    metric: Metric,
    value: impl Fn(&Distribution) -> Option<f64>,
    out: &mut String,
) {
    let mut family = Family::new(out, metric);
    for (node, keys) in shown {
        if let Some(value) = value(keys) {
            family.sample(&[("node", node), ("db", &keys.database)], value);
        }
    }
}
