//! The comparison that a condition is, or that is a part of it.

use llm_vitals_promql::Expr;
use llm_vitals_promql::ast::{BinaryOp, Node, NodeKind, ValueType};

use super::Queries;

/// How many comparisons of a condition are looked at.
const MOST: usize = 16;

/// What is measured, and what with.
pub(super) struct Comparison {
    pub(super) measured: Expr,
    op: BinaryOp,
    threshold: Option<f64>,
}

impl Comparison {
    pub(super) fn into_threshold(self) -> Option<(String, f64)> {
        let op = self.op.to_string();
        self.threshold
            .filter(|value| !value.is_nan())
            .map(|value| (op, value))
    }

    fn holds(&self, value: f64) -> bool {
        let Some(threshold) = self.threshold else {
            return false;
        };
        match self.op {
            BinaryOp::Equal => value == threshold,
            BinaryOp::NotEqual => value != threshold,
            BinaryOp::Greater => value > threshold,
            BinaryOp::GreaterOrEqual => value >= threshold,
            BinaryOp::Less => value < threshold,
            BinaryOp::LessOrEqual => value <= threshold,
            _ => false,
        }
    }
}

/// The comparison whose value the alert has: of those that `or` joins the first that holds, else the first.
pub(super) fn of(condition: &Expr, queries: &Queries<'_>) -> Option<Comparison> {
    let mut nodes = Vec::new();
    comparisons(condition.root(), &mut nodes);
    let mut first = None;
    for node in nodes.into_iter().take(MOST) {
        let Some(comparison) = read(node, condition, queries) else {
            continue;
        };
        let value = queries.own(&queries.vector(&comparison.measured));
        if value.is_some_and(|value| comparison.holds(value)) {
            return Some(comparison);
        }
        first.get_or_insert(comparison);
    }
    first
}

/// Those that can give the value: of `and` and `unless` the left side does.
fn comparisons<'a>(node: &'a Node, found: &mut Vec<&'a Node>) {
    let node = node.without_parens();
    let NodeKind::Binary(binary) = node.kind() else {
        return;
    };
    match binary.op {
        BinaryOp::And | BinaryOp::Unless => comparisons(&binary.left, found),
        BinaryOp::Or => {
            comparisons(&binary.left, found);
            comparisons(&binary.right, found);
        }
        op if op.is_comparison() && !binary.returns_bool => found.push(node),
        _ => {}
    }
}

fn read(node: &Node, condition: &Expr, queries: &Queries<'_>) -> Option<Comparison> {
    let NodeKind::Binary(binary) = node.kind() else {
        return None;
    };
    let is_turned = binary.left.value_type() == ValueType::Scalar;
    let (measured, limit, op) = if is_turned {
        (&binary.right, &binary.left, turned(binary.op))
    } else {
        (&binary.left, &binary.right, binary.op)
    };
    if measured.value_type() != ValueType::Vector {
        return None;
    }
    let expr = |node: &Node| Expr::parse(&node.to_string(), condition.dialect()).ok();
    Some(Comparison {
        measured: expr(measured)?,
        op,
        threshold: expr(limit).and_then(|limit| threshold(&limit, queries)),
    })
}

/// The number, or the value of the only series or of the one that shares the alert's labels.
fn threshold(limit: &Expr, queries: &Queries<'_>) -> Option<f64> {
    let series = queries.vector(limit);
    if let Some(value) = queries.own(&series) {
        return Some(value);
    }
    let agrees = |labels: &llm_vitals_promql::Labels| {
        labels
            .iter()
            .all(|(name, value)| queries.source.get(name).is_none_or(|own| own == value))
    };
    let mut fitting = series.iter().filter(|(labels, _)| agrees(labels));
    match (fitting.next(), fitting.next()) {
        (Some((_, value)), None) => Some(*value),
        _ => None,
    }
}

/// The same comparison with the sides exchanged.
fn turned(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::GreaterOrEqual => BinaryOp::LessOrEqual,
        BinaryOp::LessOrEqual => BinaryOp::GreaterOrEqual,
        other => other,
    }
}
