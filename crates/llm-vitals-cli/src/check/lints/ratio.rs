//! Ratios.

use llm_vitals_promql::Matcher;
use llm_vitals_promql::ast::{
    Aggregate, Aggregation, Binary, BinaryOp, Cardinality, Node, NodeKind, Selector, ValueType,
};

use super::Lint;
use crate::check::context::Context;
use crate::check::finding::{Finding, Level};
use crate::check::subject::Subject;

pub(in crate::check) static SELF_RATIO: Lint = Lint {
    code: "self-ratio",
    level: Level::Error,
    about: "a ratio of some series to all of the same metric, without sums: each is divided by itself, which is 1",
};

pub(in crate::check) static UNGUARDED_RATIO: Lint = Lint {
    code: "unguarded-ratio",
    level: Level::Note,
    about: "a ratio whose denominator can be 0: 0/0 is NaN, which never fires",
};

pub(in crate::check) fn check(subject: &Subject<'_>, _: &Context<'_>, findings: &mut Vec<Finding>) {
    subject.expr.root().walk(&mut |node| {
        let NodeKind::Binary(binary) = node.kind() else { return };
        if binary.op != BinaryOp::Divide {
            return;
        }
        if let Some((narrow, wide)) = is_self_ratio(binary) {
            let metric = narrow.metric_name().unwrap_or_default();
            let message = format!(
                "each series of {metric} is divided by itself, so the ratio is 1 wherever there is one: {} picks some of the series of {}",
                shown(narrow),
                shown(wide)
            );
            let help = "sum both sides before the division: sum(...) / sum(...), by the same labels".to_owned();
            findings.extend(subject.at(&SELF_RATIO, node, message, help));
        } else if subject.is_alert() && is_unguarded(binary) && !has_guard(subject.expr.root()) {
            let message = "without traffic this is 0/0, which is NaN: no comparison with it is true";
            let help = "if silence should be noticed, alert on it apart; to leave it out on purpose, write the denominator as (... > 0)";
            findings.extend(subject.at(&UNGUARDED_RATIO, &binary.right, message, help));
        }
    });
}

fn shown(selector: &Selector) -> String {
    let matchers: Vec<String> = selector
        .matchers
        .iter()
        .filter(|matcher| matcher.name() != "__name__")
        .map(Matcher::to_string)
        .collect();
    format!("{{{}}}", matchers.join(", "))
}

/// The selectors of a ratio in which series meet themselves: the narrow one and the wide one.
fn is_self_ratio(binary: &Binary) -> Option<(&Selector, &Selector)> {
    let matching = binary.matching.as_ref()?;
    // Labels that do not count, or a group, are a decision.
    if matching.is_on
        || !matching.labels.is_empty()
        || matching.cardinality != Cardinality::OneToOne
    {
        return None;
    }
    let (left, left_by) = source(&binary.left)?;
    let (right, right_by) = source(&binary.right)?;
    if left.metric_name()? != right.metric_name()? || left.modifiers != right.modifiers {
        return None;
    }
    let only_in = |a: &Selector, b: &Selector| -> Vec<String> {
        let own = a
            .matchers
            .iter()
            .filter(|matcher| !b.matchers.contains(matcher));
        own.map(|matcher| matcher.name().to_owned()).collect()
    };
    let (more_left, more_right) = (only_in(left, right), only_in(right, left));
    let differing = match (more_left.is_empty(), more_right.is_empty()) {
        (false, true) => &more_left,
        (true, false) => &more_right,
        _ => return None,
    };
    // After a sum by labels, series meet themselves only if the labels that differ are still there.
    let stays = |aggregate: Option<&Aggregate>| match aggregate {
        None => true,
        Some(aggregate) => differing
            .iter()
            .all(|label| aggregate.labels.contains(label) != aggregate.is_without),
    };
    let same_shape = match (left_by, right_by) {
        (None, None) => true,
        (Some(a), Some(b)) => a.op == b.op && a.is_without == b.is_without && same_labels(a, b),
        _ => false,
    };
    let (narrow, wide) = if more_left.is_empty() {
        (right, left)
    } else {
        (left, right)
    };
    (same_shape && stays(left_by)).then_some((narrow, wide))
}

fn same_labels(a: &Aggregate, b: &Aggregate) -> bool {
    let sorted = |aggregate: &Aggregate| {
        let mut labels = aggregate.labels.clone();
        labels.sort();
        labels
    };
    sorted(a) == sorted(b)
}

/// The only selector below, through functions of one series and at most one aggregation.
fn source(node: &Node) -> Option<(&Selector, Option<&Aggregate>)> {
    match node.without_parens().kind() {
        NodeKind::Selector(selector) => Some((selector, None)),
        NodeKind::Range(range) => Some((&range.selector, None)),
        NodeKind::Call(call) => {
            let is_series =
                |node: &&Node| matches!(node.value_type(), ValueType::Vector | ValueType::Matrix);
            let mut series = call.arguments.iter().filter(is_series);
            let only = series.next()?;
            if series.next().is_some()
                || matches!(
                    call.function(),
                    "absent" | "histogram_quantile" | "label_replace"
                )
            {
                return None;
            }
            source(only)
        }
        NodeKind::Aggregate(aggregate) if aggregate.op == Aggregation::Sum => {
            match source(&aggregate.operand)? {
                (selector, None) => Some((selector, Some(aggregate))),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether the denominator can be 0 as far as one can see.
fn is_unguarded(binary: &Binary) -> bool {
    if binary.right.value_type() == ValueType::Scalar {
        return false;
    }
    let mut guarded = false;
    let mut counts = false;
    binary.right.walk(&mut |node| match node.kind() {
        NodeKind::Binary(inner) => guarded |= inner.op.is_comparison(),
        NodeKind::Call(call) => {
            guarded |= matches!(call.function(), "clamp_min" | "clamp");
            counts |= matches!(call.function(), "rate" | "irate" | "increase");
        }
        _ => {}
    });
    // A limit or a size is not 0; a rate is, whenever nothing happens.
    counts && !guarded
}

/// Whether the rule looks at the amount too: `ratio > 0.05 and total > 10`.
fn has_guard(root: &Node) -> bool {
    let mut found = false;
    root.walk(&mut |node| {
        if let NodeKind::Binary(binary) = node.kind() {
            found |= binary.op == BinaryOp::And;
        }
    });
    found
}
