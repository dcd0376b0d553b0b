//! Expressions of panels.

use llm_vitals_promql::ast::{Node, NodeKind};
use llm_vitals_promql::{Dialect, Expr, MatchOp};

use super::Wrong;

/// Stands for `$__rate_interval`, and for nothing else.
const RATE: (&str, i64) = ("7m", 420_000);

pub(super) fn filled(text: &str) -> String {
    let mut text = text
        .replace("$__rate_interval", RATE.0)
        .replace("$__range", "1h");
    for variable in ["job", "instance", "provider", "model", "node", "check"] {
        text = text.replace(&format!("\"${variable}\""), "\".*\"");
    }
    text
}

pub(super) fn check(place: &str, text: &str, wrong: &mut Wrong) {
    let timed = text
        .replace("$__rate_interval", RATE.0)
        .replace("$__range", "1h");
    match Expr::parse(&timed, Dialect::V2) {
        Ok(expr) => walk(place, None, expr.root(), wrong),
        Err(error) => wrong.say("target-promql", &format!("{place}: {error}")),
    }
}

fn walk(place: &str, parent: Option<&Node>, node: &Node, wrong: &mut Wrong) {
    let function = match parent.map(Node::kind) {
        Some(NodeKind::Call(call)) => call.function(),
        _ => "",
    };
    if let NodeKind::Range(range) = node.kind()
        && matches!(function, "rate" | "irate")
        && range.range_ms != RATE.1
    {
        wrong.say("target-rate-interval", place);
    }
    if let Some(selector) = node.selector() {
        let name = selector.metric_name().unwrap_or_default();
        let is_of_alert = matches!(name, "ALERTS" | "ALERTS_FOR_STATE");
        for (rule, label) in [("target-job", "job"), ("target-instance", "instance")] {
            let is_there = selector.matchers.iter().any(|matcher| {
                matcher.name() == label
                    && matcher.op() == MatchOp::Regex
                    && matcher.value() == format!("${label}")
            });
            if is_there == is_of_alert {
                wrong.say(rule, place);
            }
        }
        let is_counted = matches!(node.kind(), NodeKind::Range(_))
            && matches!(function, "rate" | "irate" | "increase");
        if name.ends_with("_total") && !is_counted {
            wrong.say("target-counter-agg", place);
        }
    }
    for child in node.children() {
        walk(place, Some(node), child, wrong);
    }
}
