//! Counters and gauges, each with the functions that are for them.

use llm_vitals_promql::MetricType;
use llm_vitals_promql::ast::{Aggregation, BinaryOp, Node, NodeKind, Selector};

use super::Lint;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::subject::Subject;

pub(in crate::check) static MISSING_RATE: Lint = Lint {
    code: "missing-rate",
    level: Level::Warning,
    about: "the value of a counter itself, which only says how long the process has been running",
};

pub(in crate::check) static RATE_OF_GAUGE: Lint = Lint {
    code: "rate-of-gauge",
    level: Level::Error,
    about: "rate() of a gauge: each fall counts as a restart (needs --url or --metrics)",
};

pub(in crate::check) static RATE_OF_AGGREGATE: Lint = Lint {
    code: "rate-of-aggregate",
    level: Level::Warning,
    about: "rate() of a sum: a restart of one process looks like a jump of all",
};

pub(in crate::check) fn check(
    subject: &Subject<'_>,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
) {
    visit(
        subject.expr.root(),
        Use::Value,
        &mut |node, selector, used| {
            let Some(metric) = selector.metric_name() else {
                return;
            };
            let metric = context.canonical(subject, metric);
            if context.recorded(metric).is_some() {
                return;
            }
            match used {
                Use::Value | Use::Differed(_) if is_counter(context, metric) => {
                    let message = match used {
                        Use::Differed(function) => {
                            format!(
                                "{metric} is a counter, and {function}() takes each restart for a fall"
                            )
                        }
                        _ => format!(
                            "{metric} is a counter: its value says how long the process runs, not what happens now"
                        ),
                    };
                    let help = format!("rate({metric}[5m]), or increase() for a number of events");
                    findings.extend(subject.at(&MISSING_RATE, node, message, help));
                }
                Use::Rated(function) if context.metric_type(metric) == Some(MetricType::Gauge) => {
                    let message = format!(
                        "{metric} is a gauge, and {function}() takes each fall for a restart"
                    );
                    let help = "delta() or deriv() for a change, avg_over_time() for a level";
                    findings.extend(subject.at(&RATE_OF_GAUGE, node, message, help));
                }
                _ => {}
            }
        },
    );
    subject.expr.root().walk(&mut |node| {
        let NodeKind::Call(call) = node.kind() else {
            return;
        };
        if !matches!(call.function(), "rate" | "irate" | "increase") {
            return;
        }
        let Some(NodeKind::Subquery(subquery)) = call
            .arguments
            .first()
            .map(|node| node.without_parens().kind())
        else {
            return;
        };
        if matches!(
            subquery.operand.without_parens().kind(),
            NodeKind::Aggregate(_)
        ) {
            let message = format!(
                "{}() of an aggregate cannot see the restart of a single process",
                call.function()
            );
            findings.extend(subject.at(
                &RATE_OF_AGGREGATE,
                node,
                message,
                "first rate(), then sum(): sum(rate(x[5m]))",
            ));
        }
    });
}

/// What becomes of a series.
#[derive(Clone, Copy)]
enum Use {
    /// Its value counts.
    Value,
    /// A function looks at the differences as they are.
    Differed(&'static str),
    /// A function that knows of restarts.
    Rated(&'static str),
    /// Only that it is there counts.
    Presence,
}

fn visit<'a>(node: &'a Node, used: Use, found: &mut dyn FnMut(&'a Node, &'a Selector, Use)) {
    match node.kind() {
        NodeKind::Selector(selector) => found(node, selector, used),
        NodeKind::Range(range) => found(node, &range.selector, used),
        NodeKind::Call(call) => {
            let used = match call.function() {
                "rate" | "irate" | "increase" => Use::Rated(call.function()),
                "delta" | "idelta" | "deriv" | "predict_linear" => Use::Differed(call.function()),
                "resets" | "changes" | "absent" | "absent_over_time" | "present_over_time"
                | "count_over_time" | "timestamp" | "last_over_time" => Use::Presence,
                _ => used,
            };
            call.arguments
                .iter()
                .for_each(|argument| visit(argument, used, found));
        }
        NodeKind::Aggregate(aggregate) => {
            let used = match aggregate.op {
                Aggregation::Count | Aggregation::Group => Use::Presence,
                _ => used,
            };
            visit(&aggregate.operand, used, found);
        }
        NodeKind::Binary(binary) => {
            // `x - x offset 1h` is a difference, and `a and b` looks at labels of b only.
            let difference = binary.op == BinaryOp::Subtract;
            let left = if difference { Use::Presence } else { used };
            let right = if difference || matches!(binary.op, BinaryOp::And | BinaryOp::Unless) {
                Use::Presence
            } else {
                used
            };
            // A bare counter compared with 0 asks whether anything ever happened.
            let asks_ever = binary.op.is_comparison()
                && matches!(binary.right.without_parens().kind(), NodeKind::Number(number) if number.value == 0.0);
            visit(
                &binary.left,
                if asks_ever { Use::Presence } else { left },
                found,
            );
            visit(&binary.right, right, found);
        }
        _ => node.children().for_each(|child| visit(child, used, found)),
    }
}

/// As its exposition says; where there is none, as its name says.
fn is_counter(context: &Context<'_>, metric: &str) -> bool {
    match context.metric_type(metric) {
        Some(MetricType::Counter) => true,
        // Of both, the parts count up.
        Some(MetricType::Histogram | MetricType::Summary) => ["_bucket", "_count", "_sum"]
            .iter()
            .any(|part| metric.ends_with(part)),
        Some(_) => false,
        None => ["_total", "_bucket"]
            .iter()
            .any(|end| metric.ends_with(end)),
    }
}
