//! The dashboards for Grafana, over gateways at work: every metric is there, and every expression has an answer, from a gateway's
//! own API and from a Prometheus that scrapes two of them.

mod expressions;
mod live;
mod walkthrough;

use std::collections::BTreeSet;

use self::expressions::{Labelled, expressions, named};
use crate::metrics_page::{CRATES, shown};

/// What no crate exposes: it is made where samples are taken and rules evaluated.
const MADE: &[&str] = &["up", "ALERTS", "ALERTS_FOR_STATE"];

#[test]
fn every_metric_and_label_is_that_of_a_crate() {
    let tables = || CRATES.iter().flat_map(|(_, metrics)| metrics.iter());
    let mut seen = BTreeSet::new();
    for (panel, text) in expressions() {
        for Labelled { metric, labels } in named(&text) {
            if MADE.contains(&&*metric) {
                continue;
            }
            let row = tables().find(|(name, ..)| shown(name) == metric);
            let Some((_, kind, own, _)) = row else {
                panic!("{panel}: no crate has {metric}");
            };
            for label in &labels {
                let is_there = ["job", "instance"].contains(&&**label)
                    || own.split(", ").any(|own| own == label)
                    || (label == "le" && *kind == "histogram");
                assert!(is_there, "{panel}: {metric} has no label {label}");
            }
            seen.insert(metric);
        }
    }
    assert!(seen.len() > 60, "{seen:?}");
}

#[test]
fn labels_of_matchers_and_of_groups_are_found() {
    let text = "sum by (provider, le) (rate(a_seconds_bucket{job=~'.*'}[5m])) / on (node) max by (node) (b)";
    let found: Vec<String> = named(text)
        .iter()
        .map(|named| format!("{} {:?}", named.metric, named.labels))
        .collect();
    assert_eq!(
        found,
        [r#"a_seconds {"job", "le", "provider"}"#, r#"b {"node"}"#]
    );
}
