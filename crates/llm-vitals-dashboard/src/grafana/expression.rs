//! Expressions of panels: short words for the matchers that all have, and the metrics that are named.

use std::collections::BTreeSet;

use llm_vitals_promql::{Dialect, Expr};

/// What the words in an expression stand for.
///
/// A series that the embedded API holds has neither `job` nor `instance`; "All" is `.*`, which takes those as well.
const WORDS: [(&str, &str); 6] = [
    ("%gateway", r#"job=~"$job", instance=~"$instance""#),
    (
        "%provider",
        r#"job=~"$job", instance=~"$instance", provider=~"$provider""#,
    ),
    (
        "%model",
        r#"job=~"$job", instance=~"$instance", provider=~"$provider", model=~"$model""#,
    ),
    (
        "%node",
        r#"job=~"$job", instance=~"$instance", node=~"$node""#,
    ),
    (
        "%check",
        r#"job=~"$job", instance=~"$instance", check=~"$check""#,
    ),
    ("%rate", "$__rate_interval"),
];

/// The expression as Grafana gets it.
pub(super) fn expand(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let line = lines.collect::<Vec<_>>().join(" ");
    WORDS
        .iter()
        .fold(line.trim().to_owned(), |text, (word, meaning)| {
            text.replace(word, meaning)
        })
}

/// The metrics in an expanded expression, a histogram's by its own name. None where it cannot be read, which a test excludes.
pub(super) fn metrics(expanded: &str) -> BTreeSet<String> {
    let text = expanded
        .replace("$__rate_interval", "1m")
        .replace("$__range", "1h");
    let mut found = BTreeSet::new();
    if let Ok(expr) = Expr::parse(&text, Dialect::V3) {
        expr.root().walk(&mut |node| {
            if let Some(name) = node.selector().and_then(|selector| selector.metric_name()) {
                found.insert(family(name));
            }
        });
    }
    found
}

/// `_sum` and `_count` end other names too; histograms and summaries here are of seconds.
fn family(name: &str) -> String {
    let parts = ["_seconds_bucket", "_seconds_sum", "_seconds_count"];
    let base = parts.iter().find_map(|part| name.strip_suffix(part));
    base.map_or_else(|| name.to_owned(), |base| format!("{base}_seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_matchers() {
        assert_eq!(
            expand("sum(\n  rate(x_total{%gateway, status=\"error\"}[%rate])\n)"),
            r#"sum( rate(x_total{job=~"$job", instance=~"$instance", status="error"}[$__rate_interval]) )"#
        );
    }

    #[test]
    fn metrics_are_named_once_and_as_families() {
        let text = "sum(rate(a_seconds_sum[$__rate_interval])) / sum(rate(a_seconds_count[$__range])) or b_count";
        assert_eq!(Vec::from_iter(metrics(text)), ["a_seconds", "b_count"]);
    }
}
