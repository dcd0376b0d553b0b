//! Conditions on the value of a label.

use std::fmt;

use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::labels::is_label_name;
use crate::text::quote;

mod pattern;

pub(crate) use self::pattern::Pattern;

/// One condition of a selector: `job="gateway"`, `status=~"5.."`.
#[derive(Debug, Clone)]
pub struct Matcher {
    name: Box<str>,
    op: MatchOp,
    value: Box<str>,
    pattern: Option<Pattern>,
}

/// How a [`Matcher`] compares. A label that is not there has the empty value.
#[expect(clippy::exhaustive_enums, reason = "the language has these four")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`: the whole value matches the regular expression.
    Regex,
    /// `!~`
    NotRegex,
}

impl Matcher {
    /// A condition. An error says what is wrong with the regular expression.
    pub fn new(
        name: impl Into<String>,
        op: MatchOp,
        value: impl Into<String>,
        dialect: Dialect,
    ) -> Result<Self, Error> {
        let value = value.into();
        let pattern = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Regex | MatchOp::NotRegex => {
                Some(Pattern::new(&value, dialect).map_err(|reason| {
                    let message = format!("a wrong regular expression: {reason}");
                    Error::new(ErrorKind::Syntax, message)
                })?)
            }
        };
        Ok(Self {
            name: name.into().into(),
            op,
            value: value.into(),
            pattern,
        })
    }

    pub(crate) fn equal(name: &str, value: &str) -> Self {
        Self {
            name: name.into(),
            op: MatchOp::Equal,
            value: value.into(),
            pattern: None,
        }
    }

    /// The label.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it compares.
    #[must_use]
    pub fn op(&self) -> MatchOp {
        self.op
    }

    /// The value or the regular expression that it compares with.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether a value fulfils the condition.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        match (self.op, &self.pattern) {
            (MatchOp::Regex, Some(pattern)) => pattern.matches(value),
            (MatchOp::NotRegex, Some(pattern)) => !pattern.matches(value),
            (MatchOp::NotEqual, _) => value != &*self.value,
            _ => value == &*self.value,
        }
    }

    /// The only values that can fulfil the condition, where they are few and known without looking at the series.
    pub(crate) fn alternatives(&self) -> Option<&[Box<str>]> {
        match self.op {
            MatchOp::Equal => Some(std::slice::from_ref(&self.value)),
            MatchOp::Regex => self.pattern.as_ref().and_then(Pattern::alternatives),
            MatchOp::NotEqual | MatchOp::NotRegex => None,
        }
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.op, &self.value) == (&other.name, other.op, &other.value)
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = match self.op {
            MatchOp::Equal => "=",
            MatchOp::NotEqual => "!=",
            MatchOp::Regex => "=~",
            MatchOp::NotRegex => "!~",
        };
        if is_label_name(&self.name) {
            write!(f, "{}{op}{}", self.name, quote(&self.value))
        } else {
            write!(f, "{}{op}{}", quote(&self.name), quote(&self.value))
        }
    }
}
