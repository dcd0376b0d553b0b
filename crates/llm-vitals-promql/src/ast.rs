//! Expressions as trees, for those who look into rules: linters, exporters, dashboards.
//!
//! ```
//! use llm_vitals_promql::{Dialect, Expr};
//!
//! let expr = Expr::parse("sum(rate(requests_total[5m])) > 5", Dialect::V3)?;
//! let mut metrics = Vec::new();
//! expr.root().walk(&mut |node| {
//!     if let Some(selector) = node.selector() {
//!         metrics.push(selector.metric_name().unwrap_or_default().to_owned());
//!     }
//! });
//! assert_eq!(metrics, ["requests_total"]);
//! # Ok::<(), llm_vitals_promql::Error>(())
//! ```

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use crate::matcher::Pattern;
use crate::syntax::Signature;

mod node;
mod operator;
mod print;
mod selector;

pub use self::node::{Node, NodeKind};
pub use self::operator::{Aggregation, BinaryOp, Cardinality};
pub use self::selector::{At, Modifiers, RangeSelector, Selector, Subquery};

/// What an expression gives.
#[expect(clippy::exhaustive_enums, reason = "the language has these four")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// One number for each moment.
    Scalar,
    /// A text.
    String,
    /// Series, each with one sample for each moment.
    Vector,
    /// Series, each with the samples of a span of time.
    Matrix,
}

/// A number.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Number {
    /// Its value; of a duration, seconds.
    pub value: f64,
    /// Whether it was written as a duration, `1h`.
    pub is_duration: bool,
}

/// `+x` or `-x`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Unary {
    /// Whether it is `-`.
    pub is_minus: bool,
    /// What it stands before.
    pub operand: Node,
}

/// Two expressions and an operator.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// Whether a comparison gives 0 and 1 instead of leaving out.
    pub returns_bool: bool,
    /// How the sides' series find each other; `None` if a side is a number.
    pub matching: Option<Matching>,
    /// The left side.
    pub left: Node,
    /// The right side.
    pub right: Node,
}

/// How the series of two sides find each other.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matching {
    /// How many of each side may go together.
    pub cardinality: Cardinality,
    /// Whether `labels` are those that count (`on`); else they are those that do not (`ignoring`).
    pub is_on: bool,
    /// The labels of `on` or `ignoring`.
    pub labels: Vec<String>,
    /// The labels of `group_left` or `group_right`, which come from the side of one.
    pub include: Vec<String>,
}

/// An aggregation over series.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Aggregate {
    /// Which.
    pub op: Aggregation,
    /// The first argument of those that have two.
    pub parameter: Option<Node>,
    /// What is aggregated.
    pub operand: Node,
    /// Whether `labels` are those that go (`without`); else they are those that stay (`by`).
    pub is_without: bool,
    /// The labels of `by` or `without`.
    pub labels: Vec<String>,
}

/// A call of a function.
#[derive(Clone)]
#[non_exhaustive]
pub struct Call {
    /// Its arguments.
    pub arguments: Vec<Node>,
    pub(crate) signature: &'static Signature,
    /// Where the function's name stands.
    pub(crate) name_range: Range<usize>,
    /// The regular expression among the arguments, once it was needed.
    pub(crate) pattern: OnceLock<Pattern>,
}

impl Call {
    /// The function's name.
    #[must_use]
    pub fn function(&self) -> &'static str {
        self.signature.name
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("function", &self.function())
            .field("arguments", &self.arguments)
            .finish()
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "scalar",
            Self::String => "string",
            Self::Vector => "instant vector",
            Self::Matrix => "range vector",
        })
    }
}
