//! `sum by (job) (x)`.

use std::ops::Range;

use crate::ast::{Aggregate, Aggregation, Node, NodeKind, ValueType};
use crate::error::Error;

use super::{Parser, build};

impl Parser<'_> {
    /// An aggregation whose name has been read.
    pub(super) fn aggregate(
        &mut self,
        op: Aggregation,
        name_range: Range<usize>,
    ) -> Result<Node, Error> {
        let mut grouping = self.grouping()?;
        let mut arguments = self.arguments(op.name())?;
        if grouping.is_none() {
            grouping = self.grouping()?;
        }
        let range = name_range.start..self.previous_end;
        let expected = if op.has_parameter() { 2 } else { 1 };
        if arguments.len() != expected {
            let message = format!(
                "{} takes {expected} argument{}, found {}",
                op.name(),
                if expected == 1 { "" } else { "s" },
                arguments.len()
            );
            return Err(Error::typed(range, message));
        }
        // The length was checked.
        let operand = arguments.remove(expected - 1);
        let parameter = arguments.pop();
        if let Some(parameter) = &parameter {
            let wanted = match op {
                Aggregation::CountValues => ValueType::String,
                _ => ValueType::Scalar,
            };
            expect_type(parameter, wanted, op.name())?;
        }
        expect_type(&operand, ValueType::Vector, op.name())?;
        let (is_without, labels) = grouping.unwrap_or_default();
        build(
            NodeKind::Aggregate(Aggregate {
                op,
                parameter,
                operand,
                is_without,
                labels,
            }),
            range,
        )
    }

    fn grouping(&mut self) -> Result<Option<(bool, Vec<String>)>, Error> {
        let is_without = self.is_keyword("without");
        if !is_without && !self.is_keyword("by") {
            return Ok(None);
        }
        self.advance()?;
        Ok(Some((is_without, self.label_list()?)))
    }

    /// `(a, b)`.
    pub(super) fn label_list(&mut self) -> Result<Vec<String>, Error> {
        self.expect_sign("(", "before the labels")?;
        let mut labels = Vec::new();
        while !self.is_sign(")") {
            labels.push(self.label("a label name or \")\"")?.0);
            if !self.take_sign(",")? && !self.is_sign(")") {
                return Err(self.unexpected("\",\" or \")\" after a label name"));
            }
        }
        self.advance()?;
        Ok(labels)
    }
}

/// Checks what an argument gives.
pub(super) fn expect_type(node: &Node, wanted: ValueType, function: &str) -> Result<(), Error> {
    let found = node.value_type();
    if found == wanted {
        return Ok(());
    }
    let message = format!(
        "{function} needs {} here, and this is {}",
        article(wanted),
        article(found)
    );
    let error = Error::typed(node.range(), message);
    Err(match (wanted, found, node.without_parens().kind()) {
        (ValueType::Matrix, ValueType::Vector, NodeKind::Selector(_)) => {
            error.suggest(format!("add a range: {node}[5m]"))
        }
        (ValueType::Matrix, ValueType::Vector, _) => {
            error.suggest("for a range of a computed value write a subquery: [5m:1m]")
        }
        (ValueType::Vector, ValueType::Matrix, _) => {
            error.suggest("leave the range out, or put a function such as rate() around it")
        }
        (ValueType::Vector, ValueType::Scalar, _) => error.suggest("put vector() around it"),
        (ValueType::Scalar, ValueType::Vector, _) => error.suggest("put scalar() around it"),
        _ => error,
    })
}

fn article(value_type: ValueType) -> String {
    let article = if value_type == ValueType::Vector {
        "an"
    } else {
        "a"
    };
    format!("{article} {value_type}")
}
