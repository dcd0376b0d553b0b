//! What the dashboards ask.

use std::collections::BTreeSet;

use llm_vitals_dashboard::grafana_dashboards;
use llm_vitals_promql::ast::{Aggregate, Node, NodeKind};
use llm_vitals_promql::{Dialect, Expr};
use serde_json::Value;

/// A metric, and the labels that an expression asks of it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Labelled {
    pub(super) metric: String,
    pub(super) labels: BTreeSet<String>,
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], |list| list)
}

fn dashboards() -> Vec<Value> {
    grafana_dashboards()
        .iter()
        .map(|dashboard| serde_json::from_str(&dashboard.json()).unwrap())
        .collect()
}

/// Every expression, with its place: that of panels as Grafana sends it for "All" of everything, and short times.
pub(super) fn expressions() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for dashboard in dashboards() {
        for panel in list(&dashboard["panels"]) {
            for target in list(&panel["targets"]) {
                let place = format!("{}, {}", dashboard["title"], panel["title"]);
                all.push((place, filled(target["expr"].as_str().unwrap())));
            }
        }
        for annotation in list(&dashboard["annotations"]["list"]) {
            let place = format!("{}, annotation", dashboard["title"]);
            all.push((place, filled(annotation["expr"].as_str().unwrap())));
        }
    }
    all
}

/// Series and label of every variable that asks for the values of a label.
pub(super) fn variables() -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for dashboard in dashboards() {
        for variable in list(&dashboard["templating"]["list"]) {
            let query = variable["query"].as_str().unwrap();
            if let Some(inner) = query.strip_prefix("label_values(") {
                let (series, label) = inner.trim_end_matches(')').rsplit_once(", ").unwrap();
                all.insert((filled(series), label.to_owned()));
            }
        }
    }
    all
}

fn filled(text: &str) -> String {
    let mut text = text
        .replace("$__rate_interval", "20s")
        .replace("$__range", "1m");
    for variable in ["job", "instance", "provider", "model", "node", "check"] {
        text = text.replace(&format!("\"${variable}\""), "\".*\"");
    }
    assert!(!text.contains('$'), "{text}");
    text
}

/// The metrics of an expression, with the labels of their matchers and of the aggregations around them.
pub(super) fn named(text: &str) -> BTreeSet<Labelled> {
    let expr = Expr::parse(text, Dialect::V2).unwrap();
    let mut found = BTreeSet::new();
    walk(expr.root(), &[], &mut found);
    found
}

fn walk<'a>(node: &'a Node, kept: &[&'a str], found: &mut BTreeSet<Labelled>) {
    let mut kept = kept.to_vec();
    if let NodeKind::Aggregate(Aggregate {
        labels,
        is_without: false,
        ..
    }) = node.kind()
    {
        // An inner aggregation has to keep what an outer one asks for.
        kept.extend(labels.iter().map(String::as_str));
    }
    // Two sides are not asked for the same: `on` and `group_left` bring labels from one to the other.
    if let NodeKind::Binary(binary) = node.kind()
        && binary
            .matching
            .as_ref()
            .is_some_and(|matching| matching.is_on)
    {
        kept.clear();
    }
    if let Some(selector) = node.selector() {
        let name = selector.metric_name().unwrap();
        let matched = selector.matchers.iter().map(|matcher| matcher.name());
        let labels = matched.chain(kept.iter().copied());
        found.insert(Labelled {
            metric: family(name),
            labels: labels
                .filter(|label| *label != "__name__")
                .map(str::to_owned)
                .collect(),
        });
    }
    for child in node.children() {
        walk(child, &kept, found);
    }
}

/// A histogram's or summary's own name.
fn family(name: &str) -> String {
    let parts = ["_seconds_bucket", "_seconds_sum", "_seconds_count"];
    let base = parts.iter().find_map(|part| name.strip_suffix(part));
    base.map_or_else(|| name.to_owned(), |base| format!("{base}_seconds"))
}
