//! The labels that the series of an expression can have.

use std::collections::BTreeSet;

use llm_vitals_promql::MatchOp;
use llm_vitals_promql::ast::{
    Binary, BinaryOp, Call, Cardinality, Node, NodeKind, Selector, ValueType,
};

use super::context::Context;

/// At most these labels, the metric's name aside; `None` if that cannot be told.
pub(super) type Known = Option<BTreeSet<String>>;

/// Rules that record from rules that record from rules: no deeper than this.
const DEEPEST: usize = 8;

/// The labels that a part of an expression can have.
pub(super) fn labels(node: &Node, context: &Context<'_>) -> Known {
    of(node, context, 0)
}

fn of(node: &Node, context: &Context<'_>, depth: usize) -> Known {
    if depth > DEEPEST {
        return None;
    }
    let next = |node: &Node| of(node, context, depth);
    match node.without_parens().kind() {
        NodeKind::Number(_) | NodeKind::String(_) => Some(BTreeSet::new()),
        NodeKind::Unary(unary) => next(&unary.operand),
        NodeKind::Subquery(subquery) => next(&subquery.operand),
        NodeKind::Selector(selector) => selected(selector, context, depth),
        NodeKind::Range(range) => selected(&range.selector, context, depth),
        NodeKind::Aggregate(aggregate) => {
            let operand = next(&aggregate.operand);
            if matches!(
                aggregate.op,
                llm_vitals_promql::ast::Aggregation::TopK
                    | llm_vitals_promql::ast::Aggregation::BottomK
            ) {
                return operand;
            }
            if aggregate.op == llm_vitals_promql::ast::Aggregation::CountValues {
                return None;
            }
            let named: BTreeSet<String> = aggregate.labels.iter().cloned().collect();
            match (aggregate.is_without, operand) {
                (true, operand) => operand.map(|labels| &labels - &named),
                (false, Some(labels)) => Some(&named & &labels),
                (false, None) => Some(named),
            }
        }
        NodeKind::Call(call) => called(call, &next),
        NodeKind::Binary(binary) => joined(binary, &next),
        _ => None,
    }
}

fn selected(selector: &Selector, context: &Context<'_>, depth: usize) -> Known {
    let metric = selector.metric_name()?;
    // Short names are looked up as they are, which is harmless: no exposition has them.
    let metric = llm_vitals_alert::aliases()
        .find(|(short, _)| *short == metric)
        .map_or(metric, |(_, series)| series);
    let rule = context.recorded(metric)?;
    let mut labels = of(rule.expr().root(), context, depth + 1)?;
    labels.extend(rule.labels().iter().map(|(name, _)| name.clone()));
    Some(labels)
}

fn called(call: &Call, next: &dyn Fn(&Node) -> Known) -> Known {
    let of_series = || {
        let is_series =
            |node: &&Node| matches!(node.value_type(), ValueType::Vector | ValueType::Matrix);
        call.arguments.iter().find(is_series).and_then(next)
    };
    let written = |at: usize| match call.arguments.get(at)?.without_parens().kind() {
        NodeKind::String(text) => Some(text.clone()),
        _ => None,
    };
    match call.function() {
        "vector" | "time" | "scalar" => Some(BTreeSet::new()),
        "absent" | "absent_over_time" => match call.arguments.first()?.without_parens().kind() {
            NodeKind::Selector(selector) => Some(equal(selector)),
            NodeKind::Range(range) => Some(equal(&range.selector)),
            _ => Some(BTreeSet::new()),
        },
        "histogram_quantile" => {
            let mut labels = of_series()?;
            labels.remove("le");
            Some(labels)
        }
        "label_replace" | "label_join" => {
            let mut labels = of_series()?;
            labels.extend(written(1));
            Some(labels)
        }
        _ if call.arguments.is_empty() => Some(BTreeSet::new()),
        _ => of_series(),
    }
}

fn equal(selector: &Selector) -> BTreeSet<String> {
    let equal = selector
        .matchers
        .iter()
        .filter(|matcher| matcher.op() == MatchOp::Equal);
    equal
        .map(|matcher| matcher.name().to_owned())
        .filter(|name| name != "__name__")
        .collect()
}

fn joined(binary: &Binary, next: &dyn Fn(&Node) -> Known) -> Known {
    let Some(matching) = &binary.matching else {
        let is_vector = |node: &&Node| node.value_type() == ValueType::Vector;
        return [&binary.left, &binary.right]
            .into_iter()
            .find(is_vector)
            .map_or(Some(BTreeSet::new()), next);
    };
    let (left, right) = (next(&binary.left), next(&binary.right));
    let named: BTreeSet<String> = matching.labels.iter().cloned().collect();
    let with = |labels: Known| {
        labels.map(|mut labels| {
            labels.extend(matching.include.iter().cloned());
            labels
        })
    };
    match (binary.op, matching.cardinality) {
        (BinaryOp::And | BinaryOp::Unless, _) => left,
        (BinaryOp::Or, _) => Some(&left? | &right?),
        (_, Cardinality::ManyToOne) => with(left),
        (_, Cardinality::OneToMany) => with(right),
        (op, _) if op.is_comparison() && !binary.returns_bool => left,
        _ if matching.is_on => Some(named),
        _ => match (left, right) {
            (Some(labels), _) | (None, Some(labels)) => Some(&labels - &named),
            (None, None) => None,
        },
    }
}
