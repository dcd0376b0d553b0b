//! What contributes most to a value.

use std::collections::BTreeMap;

use llm_vitals_promql::ast::{Node, NodeKind, Selector};
use llm_vitals_promql::{Expr, Labels, Matcher};

use crate::compile::quoted;
use crate::notify::notification::Contributor;
use crate::signals::is_signal;

use super::Queries;

/// How many are told.
const MOST: usize = 3;
/// The window of the signals.
const SIGNAL_WINDOW_MS: i64 = 300_000;

/// A counter, and what its series are told apart by.
struct Breakdown {
    counter: String,
    window_ms: i64,
    by: &'static [&'static str],
}

/// The largest parts of the counter behind the measured value, within the alert's labels. None where there is no such counter.
pub(super) fn of(measured: &Expr, queries: &Queries<'_>) -> Vec<Contributor> {
    breakdowns(measured.root())
        .iter()
        .map(|breakdown| largest(breakdown, measured, queries))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

fn largest(breakdown: &Breakdown, measured: &Expr, queries: &Queries<'_>) -> Vec<Contributor> {
    let by: Vec<&str> = breakdown
        .by
        .iter()
        .copied()
        .filter(|label| queries.source.get(label).is_none())
        .collect();
    if by.is_empty() {
        return Vec::new();
    }
    let counter = within(&breakdown.counter, queries.source);
    let text = format!(
        "sum by ({}) (increase({counter}[{}ms])) > 0",
        by.join(", "),
        breakdown.window_ms
    );
    let Ok(expr) = Expr::parse(&text, measured.dialect()) else {
        return Vec::new();
    };
    let mut parts = queries.vector(&expr);
    let total: f64 = parts.iter().map(|(_, value)| value).sum();
    if !total.is_finite() || total <= 0.0 {
        return Vec::new();
    }
    parts.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let contributor = |(labels, value): (Labels, f64)| Contributor {
        labels: map(&labels),
        share: value / total,
    };
    let named = parts.into_iter().filter(|(labels, _)| !labels.is_empty());
    named.take(MOST).map(contributor).collect()
}

/// Ways to take the value apart, the best first.
fn breakdowns(measured: &Node) -> Vec<Breakdown> {
    let mut found = Vec::new();
    let mut is_first = true;
    measured.walk(&mut |node| {
        let Some(selector) = node.selector().filter(|_| is_first) else {
            return;
        };
        // The first one: of a ratio the part, of which the second is the whole.
        is_first = false;
        match (selector.metric_name(), node.kind()) {
            (Some(name), _) if is_signal(name) => found = of_signal(name),
            (Some(name), NodeKind::Range(range)) => {
                found.extend(of_counter(name, &range.selector, range.range_ms));
            }
            _ => {}
        }
    });
    found
}

fn of_signal(name: &str) -> Vec<Breakdown> {
    let name = name.trim_start_matches("llm:");
    let of_service = name.starts_with("service_");
    let counters: &[(&str, &'static [&'static str])] = match name.trim_start_matches("service_") {
        "error_rate" | "success_rate" if of_service => &[
            ("llm_errors_total", &["provider", "error_type"]),
            (
                "llm_requests_total{status=\"error\"}",
                &["provider", "model"],
            ),
        ],
        "error_rate" | "success_rate" => &[
            ("llm_errors_total", &["provider", "model", "error_type"]),
            (
                "llm_requests_total{status=\"error\"}",
                &["provider", "model"],
            ),
        ],
        "cancelled_rate" => &[(
            "llm_requests_total{status=\"cancelled\"}",
            &["provider", "model"],
        )],
        "request_rate" | "request_count" | "success_count" => {
            &[("llm_requests_total", &["provider", "model"])]
        }
        // Where the time goes.
        "time_to_first_token_p95" => &[(
            "llm_time_to_first_token_seconds_sum",
            &["provider", "model"],
        )],
        "tokens_per_second" => &[("llm_tokens_total", &["provider", "model"])],
        "cost_per_hour" => &[("llm_cost_usd_total", &["provider", "model"])],
        "cache_hit_rate" | "cache_miss_rate" => &[(
            "llm_cache_lookups_total{result=~\"miss|stale\"}",
            &["result"],
        )],
        latency if latency.ends_with("_latency") => &[(
            "llm_request_duration_seconds_sum{status=\"success\"}",
            &["provider", "model"],
        )],
        _ => &[],
    };
    let breakdown = |(counter, by): &(&str, &'static [&'static str])| Breakdown {
        counter: (*counter).to_owned(),
        window_ms: SIGNAL_WINDOW_MS,
        by,
    };
    counters.iter().map(breakdown).collect()
}

/// A counter by its name, with the conditions that are written.
fn of_counter(name: &str, selector: &Selector, window_ms: i64) -> Option<Breakdown> {
    let counted = match name.strip_suffix("_bucket") {
        Some(histogram) => format!("{histogram}_sum"),
        None => name.to_owned(),
    };
    let is_counter = ["_total", "_sum", "_count"]
        .iter()
        .any(|end| counted.ends_with(end));
    let conditions: Vec<String> = selector
        .matchers
        .iter()
        .filter(|matcher| !matches!(matcher.name(), "__name__" | "le"))
        .map(Matcher::to_string)
        .collect();
    is_counter.then(|| Breakdown {
        counter: format!("{counted}{{{}}}", conditions.join(",")),
        window_ms,
        by: &["provider", "model"],
    })
}

/// The selector with the labels of the alert's series as conditions.
fn within(selector: &str, source: &Labels) -> String {
    let (name, written) = selector.split_once('{').unwrap_or((selector, "}"));
    let written = written.strip_suffix('}').unwrap_or(written).to_owned();
    let own = source
        .iter()
        .filter(|(name, _)| !matches!(*name, "__name__" | "le"))
        .map(|(name, value)| format!("{name}={}", quoted(value)));
    let conditions: Vec<String> = Some(written)
        .filter(|text| !text.is_empty())
        .into_iter()
        .chain(own)
        .collect();
    format!("{name}{{{}}}", conditions.join(","))
}

fn map(labels: &Labels) -> BTreeMap<String, String> {
    labels
        .iter()
        .filter(|(name, _)| *name != "__name__")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
