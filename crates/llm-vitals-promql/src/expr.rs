//! Expressions, parsed and checked.

use std::fmt;

use crate::ast::{Node, NodeKind, RangeSelector, Selector, ValueType};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::labels::{Labels, NAME};
use crate::matcher::{MatchOp, Matcher};
use crate::syntax;

/// An expression of the language, checked as far as that is possible without data.
///
/// It prints as Prometheus prints it, and what it prints is read as the same expression.
#[derive(Debug, Clone)]
pub struct Expr {
    root: Node,
    text: Box<str>,
    dialect: Dialect,
}

impl Expr {
    /// Reads an expression.
    ///
    /// The error says where it is wrong and what was expected there. Texts over 1 MiB and trees deeper than 200 levels are
    /// refused.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, Error> {
        Ok(Self {
            root: syntax::parse(text, dialect)?,
            text: text.into(),
            dialect,
        })
    }

    /// The text it was read from, with comments and blanks.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The dialect it was read in and is evaluated in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What it gives.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        self.root.value_type()
    }

    /// The tree.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The same expression over other metrics: for each selector with a name `rename` may give another.
    ///
    /// The text and the places of the result are those of its printed form.
    ///
    /// ```
    /// use llm_vitals_promql::{Dialect, Expr};
    ///
    /// let short = Expr::parse("error_rate > 0.05", Dialect::V3)?;
    /// let long = short.rename_metrics(|name| (name == "error_rate").then(|| "llm:error_rate".to_owned()))?;
    /// assert_eq!(long.to_string(), "llm:error_rate > 0.05");
    /// # Ok::<(), llm_vitals_promql::Error>(())
    /// ```
    pub fn rename_metrics(&self, rename: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut root = self.root.clone();
        root.walk_mut(&mut |kind| {
            let (NodeKind::Selector(selector) | NodeKind::Range(RangeSelector { selector, .. })) =
                kind
            else {
                return;
            };
            if let Some(name) = selector.metric_name().and_then(&rename) {
                set_name(selector, &name);
            }
        });
        Self::parse(&root.to_string(), self.dialect)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

impl Labels {
    /// Reads labels as they print: `up{job="gateway"}`, `{job="gateway"}`, `up`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        syntax::parse_labels(text)
    }
}

fn set_name(selector: &mut Selector, name: &str) {
    selector.name = Some(name.to_owned());
    for matcher in &mut selector.matchers {
        if matcher.name() == NAME && matcher.op() == MatchOp::Equal {
            *matcher = Matcher::equal(NAME, name);
        }
    }
}
