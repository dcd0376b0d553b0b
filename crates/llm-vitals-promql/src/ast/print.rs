//! Expressions as text, in the form that Prometheus prints them.

use std::fmt::{self, Display, Formatter};

use crate::labels::{NAME, is_label_name, is_metric_name};
use crate::matcher::MatchOp;
use crate::text::{format_duration, format_float, quote};

use super::{
    Aggregate, At, Binary, Call, Cardinality, Matching, Modifiers, Node, NodeKind, Number,
    RangeSelector, Selector, Subquery,
};

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.kind() {
            NodeKind::Number(number) => number.fmt(f),
            NodeKind::String(text) => f.write_str(&quote(text)),
            NodeKind::Paren(inner) => write!(f, "({inner})"),
            NodeKind::Unary(unary) => {
                write!(
                    f,
                    "{}{}",
                    if unary.is_minus { "-" } else { "+" },
                    unary.operand
                )
            }
            NodeKind::Binary(binary) => binary.fmt(f),
            NodeKind::Aggregate(aggregate) => aggregate.fmt(f),
            NodeKind::Call(call) => call.fmt(f),
            NodeKind::Selector(selector) => {
                write!(f, "{}{}", Series(selector), selector.modifiers)
            }
            NodeKind::Range(range) => range.fmt(f),
            NodeKind::Subquery(subquery) => subquery.fmt(f),
        }
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.is_duration {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it was a duration in milliseconds"
            )]
            let milliseconds = (self.value * 1000.0).round() as i64;
            return f.write_str(&format_duration(milliseconds));
        }
        // Without its sign: `+Inf ^ 2` would be read as `+(Inf ^ 2)`.
        f.write_str(format_float(self.value).trim_start_matches('+'))
    }
}

impl Display for Binary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.left, self.op)?;
        if self.returns_bool {
            f.write_str(" bool")?;
        }
        if let Some(matching) = &self.matching {
            matching.fmt(f)?;
        }
        write!(f, " {}", self.right)
    }
}

impl Display for Matching {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let group = match self.cardinality {
            Cardinality::ManyToOne => Some("group_left"),
            Cardinality::OneToMany => Some("group_right"),
            Cardinality::OneToOne | Cardinality::ManyToMany => None,
        };
        if self.is_on || !self.labels.is_empty() || group.is_some() {
            let kind = if self.is_on { "on" } else { "ignoring" };
            write!(f, " {kind} ({})", Names(&self.labels))?;
        }
        match group {
            Some(group) => write!(f, " {group} ({})", Names(&self.include)),
            None => Ok(()),
        }
    }
}

impl Display for Aggregate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.op.fmt(f)?;
        if self.is_without {
            write!(f, " without ({}) ", Names(&self.labels))?;
        } else if !self.labels.is_empty() {
            write!(f, " by ({}) ", Names(&self.labels))?;
        }
        f.write_str("(")?;
        if let Some(parameter) = &self.parameter {
            write!(f, "{parameter}, ")?;
        }
        write!(f, "{})", self.operand)
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.function())?;
        for (index, argument) in self.arguments.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{argument}")?;
        }
        f.write_str(")")
    }
}

impl Display for RangeSelector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let range = format_duration(self.range_ms);
        write!(
            f,
            "{}[{range}]{}",
            Series(&self.selector),
            self.selector.modifiers
        )
    }
}

impl Display for Subquery {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let step = self.step_ms.map(format_duration).unwrap_or_default();
        let range = format_duration(self.range_ms);
        write!(f, "{}[{range}:{step}]{}", self.operand, self.modifiers)
    }
}

impl Display for Modifiers {
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact in all years that have a calendar"
    )]
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(At::Time(time)) => write!(f, " @ {:.3}", time as f64 / 1000.0)?,
            Some(At::Start) => f.write_str(" @ start()")?,
            Some(At::End) => f.write_str(" @ end()")?,
            None => {}
        }
        if self.offset_ms == 0 {
            return Ok(());
        }
        write!(f, " offset {}", format_duration(self.offset_ms))
    }
}

/// A selector without its modifiers.
struct Series<'a>(&'a Selector);

impl Display for Series<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.0.name.as_deref().unwrap_or_default();
        let bare = is_metric_name(name);
        if bare {
            f.write_str(name)?;
        }
        let mut parts: Vec<String> = self
            .0
            .matchers
            .iter()
            .filter(|matcher| {
                let is_name = matcher.name() == NAME && matcher.op() == MatchOp::Equal;
                name.is_empty() || !is_name || matcher.value() != name
            })
            .map(ToString::to_string)
            .collect();
        parts.sort_unstable();
        if !bare && !name.is_empty() {
            parts.insert(0, quote(name));
        }
        if parts.is_empty() {
            return Ok(());
        }
        write!(f, "{{{}}}", parts.join(","))
    }
}

struct Names<'a>(&'a [String]);

impl Display for Names<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            if is_label_name(name) {
                f.write_str(name)?;
            } else {
                f.write_str(&quote(name))?;
            }
        }
        Ok(())
    }
}
