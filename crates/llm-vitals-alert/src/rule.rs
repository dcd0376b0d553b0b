//! One rule.

use std::time::Duration;

use llm_vitals_promql::Expr;
use llm_vitals_promql::ast::{Node, NodeKind};

use crate::template::Template;

/// What a rule makes.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleKind {
    /// Alerts, one for each series that its expression gives.
    Alerting,
    /// A new series for each series that its expression gives.
    Recording,
}

/// A rule, read and checked.
#[derive(Debug, Clone)]
pub struct Rule {
    pub(crate) kind: RuleKind,
    pub(crate) name: String,
    pub(crate) expr: Expr,
    pub(crate) condition: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) hold_ms: i64,
    pub(crate) keep_firing_ms: i64,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) annotations: Vec<(String, String)>,
    /// Those of an alert; a recording rule has its labels as they are written.
    pub(crate) label_templates: Vec<(String, Template)>,
    pub(crate) annotation_templates: Vec<(String, Template)>,
    /// What the condition compares: while it has a series, there is data for that series' alert.
    pub(crate) data: Option<Expr>,
}

impl Rule {
    /// What it makes.
    #[must_use]
    pub fn kind(&self) -> RuleKind {
        self.kind
    }

    /// The name of its alerts or of its series.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is evaluated, and what is exported: without short names, with everything that the options add.
    #[must_use]
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The condition as it is written in the file.
    #[must_use]
    pub fn condition(&self) -> &str {
        &self.condition
    }

    /// The line of the condition in its file, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column of the condition in its file, in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// How far back the expression looks: the longest window with its `offset`, a subquery with what is in it.
    ///
    /// What a store no longer has is missing without a sign of it: `rate(x[3d])` is that of 6 hours where 6 hours are kept. See
    /// [`Rules::beyond`](crate::Rules::beyond).
    #[must_use]
    pub fn reach(&self) -> Duration {
        Duration::from_millis(reach_ms(self.expr.root()).unsigned_abs())
    }

    /// How long the condition must hold before an alert fires.
    #[must_use]
    pub fn hold(&self) -> Duration {
        Duration::from_millis(self.hold_ms.unsigned_abs())
    }

    /// How long an alert fires on after its condition has ended.
    #[must_use]
    pub fn keep_firing_for(&self) -> Duration {
        Duration::from_millis(self.keep_firing_ms.unsigned_abs())
    }

    /// Labels that it adds, as templates, sorted by name.
    #[must_use]
    pub fn labels(&self) -> &[(String, String)] {
        &self.labels
    }

    /// Annotations, as templates, sorted by name.
    #[must_use]
    pub fn annotations(&self) -> &[(String, String)] {
        &self.annotations
    }

    /// Whether `other` is this rule before or after a change: what a reload goes by.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.kind, &self.name, &self.labels) == (other.kind, &other.name, &other.labels)
    }
}

fn reach_ms(node: &Node) -> i64 {
    let inner = node.children().map(reach_ms).max().unwrap_or(0);
    let own = match node.kind() {
        NodeKind::Selector(selector) => selector.modifiers.offset_ms,
        NodeKind::Range(range) => range
            .range_ms
            .saturating_add(range.selector.modifiers.offset_ms),
        NodeKind::Subquery(subquery) => subquery
            .range_ms
            .saturating_add(subquery.modifiers.offset_ms),
        _ => 0,
    };
    own.saturating_add(inner).max(0)
}
