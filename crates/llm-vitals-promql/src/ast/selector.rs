//! Selectors of series.

use crate::labels::NAME;
use crate::matcher::{MatchOp, Matcher};

use super::Node;

/// `name{label="value"}`: the series whose labels fulfil all conditions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Selector {
    /// The name that was written before or instead of the braces.
    pub(crate) name: Option<String>,
    /// All conditions, that on the name among them.
    pub matchers: Vec<Matcher>,
    /// `offset` and `@`.
    pub modifiers: Modifiers,
}

impl Selector {
    /// The metric's name, if exactly one is asked for.
    #[must_use]
    pub fn metric_name(&self) -> Option<&str> {
        let named = |matcher: &&Matcher| matcher.name() == NAME && matcher.op() == MatchOp::Equal;
        self.matchers.iter().find(named).map(Matcher::value)
    }
}

/// `selector[5m]`: the samples of each series over a span of time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RangeSelector {
    /// Which series; its modifiers are those of the whole.
    pub selector: Selector,
    /// The span, in milliseconds.
    pub range_ms: i64,
}

/// `expression[1h:5m]`: the expression, evaluated over a span of time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Subquery {
    /// What is evaluated.
    pub operand: Node,
    /// The span, in milliseconds.
    pub range_ms: i64,
    /// The distance between evaluations, in milliseconds; `None` for the engine's default.
    pub step_ms: Option<i64>,
    /// `offset` and `@`.
    pub modifiers: Modifiers,
}

/// The time that a selector or a subquery looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Modifiers {
    /// How far back, in milliseconds; negative looks ahead.
    pub offset_ms: i64,
    /// Another moment than that of the evaluation.
    pub at: Option<At>,
    /// Whether `offset` was written.
    pub(crate) has_offset: bool,
}

/// What `@` says.
#[expect(clippy::exhaustive_enums, reason = "the language has these three")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum At {
    /// Milliseconds since 1970.
    Time(i64),
    /// The start of the query.
    Start,
    /// The end of the query.
    End,
}
