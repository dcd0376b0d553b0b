//! What is asked, and what is answered.

use std::time::Duration;

use llm_vitals_alert::{Group, Rule, signals};
use llm_vitals_promql::ast::{Node, NodeKind};
use llm_vitals_promql::{Expr, Value};

/// A query.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) expr: Expr,
    /// Milliseconds since 1970; `None` for the latest there is.
    pub(crate) at: Option<i64>,
    /// Span and step of a range query.
    pub(crate) range: Option<(Duration, Duration)>,
}

/// An answer, from here or from a server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Scalar(f64),
    Text(String),
    Vector(Vec<(Labels, f64)>),
    /// Points as milliseconds since 1970 and value.
    Matrix(Vec<(Labels, Vec<(i64, f64)>)>),
}

/// Names and values, sorted by name.
pub(crate) type Labels = Vec<(String, String)>;

impl Question {
    /// Whether one scrape cannot answer: there is a range, or one is asked for.
    pub(crate) fn looks_back(&self) -> bool {
        self.range.is_some() || has_range(self.expr.root()) || self.asks_for_signals()
    }

    /// Whether a recorded signal is in it, short names being expanded.
    pub(crate) fn asks_for_signals(&self) -> bool {
        let mut found = false;
        self.expr
            .root()
            .walk(&mut |node| found |= signal(node).is_some());
        found
    }

    /// The same question of another expression.
    pub(crate) fn with_expr(&self, expr: Expr) -> Self {
        Self {
            expr,
            ..self.clone()
        }
    }
}

/// The rule that records the signal which a selector asks for.
pub(crate) fn signal(node: &Node) -> Option<&'static Rule> {
    let selector = match node.kind() {
        NodeKind::Selector(selector) => selector,
        NodeKind::Range(range) => &range.selector,
        _ => return None,
    };
    let metric = selector.metric_name()?;
    signals()
        .groups()
        .iter()
        .flat_map(Group::rules)
        .find(|rule| rule.name() == metric)
}

/// Whether a selector with a range or a subquery is in it.
pub(crate) fn has_range(node: &Node) -> bool {
    let mut found = false;
    node.walk(&mut |node| {
        found |= matches!(node.kind(), NodeKind::Range(_) | NodeKind::Subquery(_));
    });
    found
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        match value {
            Value::Scalar(value) => Self::Scalar(value),
            Value::String(text) => Self::Text(text),
            Value::Vector(samples) => Self::Vector(
                samples
                    .iter()
                    .map(|sample| (owned(sample.labels()), sample.value()))
                    .collect(),
            ),
            Value::Matrix(series) => Self::Matrix(
                series
                    .iter()
                    .map(|series| (owned(series.labels()), series.points().to_vec()))
                    .collect(),
            ),
            other => Self::Text(format!("{other:?}")),
        }
    }
}

fn owned(labels: &llm_vitals_promql::Labels) -> Labels {
    labels
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
