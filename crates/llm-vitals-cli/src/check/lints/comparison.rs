//! Comparisons.

use llm_vitals_promql::ast::{Aggregation, BinaryOp, Node, NodeKind, ValueType};

use super::Lint;
use crate::check::bounds::{self, Verdict};
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::subject::Subject;
use crate::number::short;

pub(in crate::check) static NO_COMPARISON: Lint = Lint {
    code: "no-comparison",
    level: Level::Warning,
    about: "an alert whose expression has no condition: it fires while there is a series, whatever its value",
};

pub(in crate::check) static IMPOSSIBLE: Lint = Lint {
    code: "impossible",
    level: Level::Error,
    about: "a comparison that can never be true",
};

pub(in crate::check) static ALWAYS_TRUE: Lint = Lint {
    code: "always-true",
    level: Level::Warning,
    about: "a comparison that is always true",
};

pub(in crate::check) fn check(subject: &Subject<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    let root = subject.expr.root();
    if subject.is_alert() && !has_condition(root) && !is_heartbeat(root) {
        let is_bool =
            matches!(root.without_parens().kind(), NodeKind::Binary(binary) if binary.returns_bool);
        let (message, help) = if is_bool {
            (
                "with bool a comparison gives 0 or 1, and an alert fires for both",
                "leave out bool",
            )
        } else {
            (
                "nothing is compared: the alert fires while there is a series, whatever its value",
                "compare: ... > 0",
            )
        };
        findings.extend(subject.whole(&NO_COMPARISON, message, help));
    }
    root.walk(&mut |node| {
        let NodeKind::Binary(binary) = node.kind() else {
            return;
        };
        if binary.op == BinaryOp::And {
            contradiction(subject, node, (&binary.left, &binary.right), findings);
        }
        if !binary.op.is_comparison() {
            return;
        }
        let (message, help, lint) = match bounds::verdict(binary) {
            Verdict::Depends => return,
            Verdict::Never => (
                format!(
                    "this is never true: {}",
                    reason(&binary.left, &binary.right)
                ),
                help(&binary.left),
                &IMPOSSIBLE,
            ),
            // Filters that are always true are how a recording rule drops NaN: `x >= 0`.
            Verdict::Always
                if !subject.is_alert()
                    || binary.op == BinaryOp::NotEqual
                    || asks_whether_there(&binary.left) =>
            {
                return;
            }
            Verdict::Always => (
                format!(
                    "this is always true: {}",
                    reason(&binary.left, &binary.right)
                ),
                "compare with a value that it can be on either side of".to_owned(),
                &ALWAYS_TRUE,
            ),
        };
        findings.extend(subject.at(lint, node, message, help));
    });
}

fn reason(left: &Node, right: &Node) -> String {
    // The side that is no number is the one to speak of.
    let (side, other) = if left.without_parens().value_type() == ValueType::Scalar {
        (right, left)
    } else {
        (left, right)
    };
    let (bounds, against) = (bounds::of(side), bounds::of(other));
    if against.low.is_nan() {
        return "nothing compares with NaN".to_owned();
    }
    match (bounds.low.is_finite(), bounds.high.is_finite()) {
        (true, true) if bounds.low == bounds.high => format!("{side} is {}", short(bounds.low)),
        (true, true) if bounds.is_empty() => format!("{side} has no value"),
        (true, true) => format!(
            "{side} is between {} and {}",
            short(bounds.low),
            short(bounds.high)
        ),
        (true, false) => format!("{side} is at least {}", short(bounds.low)),
        (false, true) => format!("{side} is at most {}", short(bounds.high)),
        (false, false) => format!("{side} has other values"),
    }
}

fn help(left: &Node) -> String {
    let bounds = bounds::of(left);
    if bounds.low == 0.0 && bounds.high == 1.0 {
        return "it is a share: 5 % is 0.05".to_owned();
    }
    if matches!(left.without_parens().kind(), NodeKind::Aggregate(_)) {
        return "what is not there is counted by absent(...), not as 0".to_owned();
    }
    "compare with a value that it can have".to_owned()
}

/// `count(...) > 0`, `absent(...) == 1`: there is a series, and that is the condition.
fn asks_whether_there(node: &Node) -> bool {
    match node.without_parens().kind() {
        NodeKind::Aggregate(aggregate) => {
            matches!(aggregate.op, Aggregation::Count | Aggregation::Group)
        }
        NodeKind::Call(call) => matches!(
            call.function(),
            "absent" | "absent_over_time" | "count_over_time" | "present_over_time"
        ),
        _ => false,
    }
}

/// `x > 10 and x < 5`.
fn contradiction(
    subject: &Subject<'_>,
    node: &Node,
    sides: (&Node, &Node),
    findings: &mut Vec<Finding>,
) {
    let compared = |node: &Node| match node.without_parens().kind() {
        NodeKind::Binary(binary) if binary.op.is_comparison() && !binary.returns_bool => {
            Some((binary.left.without_parens().to_string(), bounds::of(node)))
        }
        _ => None,
    };
    let (Some((left, first)), Some((right, second))) = (compared(sides.0), compared(sides.1))
    else {
        return;
    };
    if left == right && first.and(second).is_empty() {
        let message = format!("this is never true: {left} would have to be in two places at once");
        findings.extend(subject.at(
            &IMPOSSIBLE,
            node,
            message,
            "write or, or mend one of the thresholds",
        ));
    }
}

/// Whether some value or some absence decides.
fn has_condition(root: &Node) -> bool {
    let mut found = false;
    root.walk(&mut |node| match node.kind() {
        NodeKind::Binary(binary) => {
            found |=
                binary.op.is_comparison() && !binary.returns_bool || binary.op == BinaryOp::Unless;
        }
        NodeKind::Call(call) => found |= matches!(call.function(), "absent" | "absent_over_time"),
        // The engine's own conditions.
        NodeKind::Selector(selector) => found |= selector.metric_name() == Some("ALERTS"),
        _ => {}
    });
    found
}

/// `vector(1)`: an alert that is there to always fire.
fn is_heartbeat(root: &Node) -> bool {
    match root.without_parens().kind() {
        NodeKind::Call(call) if call.function() == "vector" => {
            let argument = call.arguments.first().map(Node::without_parens);
            argument.is_some_and(|argument| matches!(argument.kind(), NodeKind::Number(_)))
        }
        _ => false,
    }
}
