//! What an expression is measured in, as far as its metrics' names and its operators tell.

use llm_vitals_promql::ast::{Aggregation, Binary, BinaryOp, Call, Node, NodeKind};

use crate::notify::notification::Unit;
use crate::signals::is_signal;

/// The unit of an expression.
pub(super) fn of(node: &Node) -> Unit {
    match node.kind() {
        NodeKind::Paren(inner) => of(inner),
        NodeKind::Unary(unary) => of(&unary.operand),
        NodeKind::Subquery(subquery) => of(&subquery.operand),
        NodeKind::Selector(_) | NodeKind::Range(_) => {
            let selector = node.selector();
            let name = selector.and_then(|selector| selector.metric_name());
            name.map_or(Unit::Plain, of_metric)
        }
        NodeKind::Aggregate(aggregate) => match aggregate.op {
            Aggregation::Count | Aggregation::CountValues | Aggregation::Group => Unit::Plain,
            _ => of(&aggregate.operand),
        },
        NodeKind::Call(call) => of_call(call),
        NodeKind::Binary(binary) => of_binary(binary),
        _ => Unit::Plain,
    }
}

fn of_call(call: &Call) -> Unit {
    let inner = call.arguments.last().map_or(Unit::Plain, of);
    match call.function() {
        "rate" | "irate" | "deriv" => {
            let mentions = |part: &str| {
                call.arguments
                    .first()
                    .and_then(Node::selector)
                    .and_then(|selector| selector.metric_name())
                    .is_some_and(|name| name.contains(part))
            };
            match inner {
                Unit::Plain if mentions("tokens_total") => Unit::TokensPerSecond,
                Unit::Plain => Unit::PerSecond,
                _ => Unit::Plain,
            }
        }
        "histogram_quantile" => call
            .arguments
            .last()
            .and_then(metric)
            .map_or(Unit::Plain, |name| of_metric(&name)),
        "count_over_time" | "changes" | "resets" | "absent" | "absent_over_time" | "timestamp"
        | "vector" | "time" => Unit::Plain,
        "clamp" | "clamp_min" | "clamp_max" | "round" | "label_replace" | "label_join" => {
            call.arguments.first().map_or(Unit::Plain, of)
        }
        _ => inner,
    }
}

/// Metrics that are a part of another.
const PARTS: &[(&str, &str)] = &[
    ("llm_rate_limit_remaining", "llm_rate_limit_limit"),
    ("llm_truncated_answers_total", "llm_requests_total"),
];

fn of_binary(binary: &Binary) -> Unit {
    let (left, right) = (of(&binary.left), of(&binary.right));
    match binary.op {
        BinaryOp::Multiply => match (number(&binary.left), number(&binary.right)) {
            (Some(factor), None) => scaled(&binary.right, right, factor),
            (None, Some(factor)) => scaled(&binary.left, left, factor),
            _ => Unit::Plain,
        },
        BinaryOp::Divide if number(&binary.right).is_some() => Unit::Plain,
        BinaryOp::Divide => {
            let (above, below) = (metric(&binary.left), metric(&binary.right));
            let is_part = |(part, whole): &(&str, &str)| {
                above.as_deref() == Some(part) && below.as_deref() == Some(whole)
            };
            let is_share = above == below || PARTS.iter().any(is_part);
            match (left, right) {
                _ if above.is_some() && is_share => Unit::Ratio,
                (left, right)
                    if left == right && left != Unit::Plain && left != Unit::PerSecond =>
                {
                    Unit::Ratio
                }
                // Seconds an event, where the counts are those of the same histogram.
                _ if is_average(above.as_deref(), below.as_deref()) => {
                    above.as_deref().map_or(Unit::Plain, of_metric)
                }
                _ => Unit::Plain,
            }
        }
        BinaryOp::Add | BinaryOp::Subtract if left == right => left,
        BinaryOp::Add | BinaryOp::Subtract if number(&binary.right).is_some() => left,
        BinaryOp::Add | BinaryOp::Subtract if number(&binary.left).is_some() => right,
        op if op.is_set() || (op.is_comparison() && !binary.returns_bool) => {
            if number(&binary.left).is_some() {
                right
            } else {
                left
            }
        }
        _ => Unit::Plain,
    }
}

/// A multiple: seconds times 1000 are milliseconds, dollars a second times 3600 are dollars an hour.
fn scaled(node: &Node, unit: Unit, factor: f64) -> Unit {
    let is_cost = metric(node).is_some_and(|name| of_metric(&name) == Unit::Dollars);
    if factor == 1.0 {
        unit
    } else if factor == 1_000.0 && unit == Unit::Seconds {
        Unit::Milliseconds
    } else if factor == 3_600.0 && unit == Unit::Plain && is_cost && is_rate(node) {
        Unit::DollarsPerHour
    } else {
        Unit::Plain
    }
}

fn is_average(above: Option<&str>, below: Option<&str>) -> bool {
    let (Some(above), Some(below)) = (above, below) else {
        return false;
    };
    above.strip_suffix("_sum").is_some()
        && above.strip_suffix("_sum") == below.strip_suffix("_count")
}

fn is_rate(node: &Node) -> bool {
    let mut found = false;
    node.walk(&mut |node| {
        if let NodeKind::Call(call) = node.kind() {
            found |= matches!(call.function(), "rate" | "irate");
        }
    });
    found
}

fn number(node: &Node) -> Option<f64> {
    match node.without_parens().kind() {
        NodeKind::Number(number) => Some(number.value),
        _ => None,
    }
}

/// The only metric of an expression.
fn metric(node: &Node) -> Option<String> {
    let mut names = Vec::new();
    node.walk(&mut |node| {
        if let Some(name) = node.selector().and_then(|selector| selector.metric_name()) {
            names.push(name.to_owned());
        }
    });
    names.dedup();
    match &*names {
        [one] => Some(one.clone()),
        _ => None,
    }
}

fn of_metric(name: &str) -> Unit {
    if is_signal(name) {
        return of_signal(
            name.trim_start_matches("llm:")
                .trim_start_matches("service_"),
        );
    }
    if name.starts_with("slo:error_ratio") {
        return Unit::Ratio;
    }
    let base = name.trim_end_matches("_total");
    let base = base
        .strip_suffix("_sum")
        .or_else(|| base.strip_suffix("_bucket"))
        .unwrap_or(base);
    let ends = |with: &[&str]| with.iter().any(|end| base.ends_with(end));
    if ends(&["_timestamp_seconds"]) {
        Unit::Plain
    } else if ends(&["_seconds"]) {
        Unit::Seconds
    } else if ends(&["_milliseconds", "_ms"]) {
        Unit::Milliseconds
    } else if ends(&["_bytes"]) {
        Unit::Bytes
    } else if ends(&["_usd"]) {
        Unit::Dollars
    } else if ends(&["_ratio"]) {
        Unit::Ratio
    } else {
        Unit::Plain
    }
}

fn of_signal(signal: &str) -> Unit {
    match signal {
        "error_rate" | "success_rate" | "cancelled_rate" | "cache_hit_rate" | "cache_miss_rate" => {
            Unit::Ratio
        }
        "request_rate" | "eviction_rate" => Unit::PerSecond,
        "time_to_first_token_p95" => Unit::Milliseconds,
        "tokens_per_second" => Unit::TokensPerSecond,
        "cost_per_hour" => Unit::DollarsPerHour,
        "memory_usage" => Unit::Bytes,
        latency if latency.ends_with("_latency") => Unit::Milliseconds,
        _ => Unit::Plain,
    }
}

#[cfg(test)]
mod tests {
    use llm_vitals_promql::{Dialect, Expr};

    use super::*;

    #[test]
    fn units_follow_from_names_and_operators() {
        let cases = [
            ("llm:error_rate", Unit::Ratio),
            ("max(llm:service_p95_latency)", Unit::Milliseconds),
            ("llm:cost_per_hour", Unit::DollarsPerHour),
            (
                "avg_over_time(llm:tokens_per_second[1h])",
                Unit::TokensPerSecond,
            ),
            ("redis_memory_used_bytes", Unit::Bytes),
            (
                "llm_rate_limit_remaining / (llm_rate_limit_limit > 0)",
                Unit::Ratio,
            ),
            (
                "sum(rate(a_total{x=\"1\"}[5m])) / sum(rate(a_total[5m]))",
                Unit::Ratio,
            ),
            (
                "sum(rate(a_total[5m])) / sum(rate(b_total[5m]))",
                Unit::Plain,
            ),
            (
                "rate(a_seconds_sum[5m]) / rate(a_seconds_count[5m])",
                Unit::Seconds,
            ),
            (
                "histogram_quantile(0.9, sum by (le) (rate(a_seconds_bucket[5m])))",
                Unit::Seconds,
            ),
            ("sum(increase(llm_cost_usd_total[6h]))", Unit::Dollars),
            (
                "3600 * sum(rate(llm_cost_usd_total[5m]))",
                Unit::DollarsPerHour,
            ),
            ("sum(rate(llm_tokens_total[5m]))", Unit::TokensPerSecond),
            ("sum(rate(a_total[5m]))", Unit::PerSecond),
            ("count(redis_memory_used_bytes)", Unit::Plain),
            ("slo:error_ratio:rate1h{slo=\"x\"}", Unit::Ratio),
            ("time() - a_timestamp_seconds", Unit::Plain),
            (
                "redis_memory_used_bytes / redis_memory_max_bytes",
                Unit::Ratio,
            ),
        ];
        for (text, unit) in cases {
            let expr = Expr::parse(text, Dialect::V3).unwrap();
            assert_eq!(of(expr.root()), unit, "{text}");
        }
    }
}
