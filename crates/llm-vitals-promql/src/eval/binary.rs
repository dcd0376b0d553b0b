//! Operators.

use crate::ast::{Binary, BinaryOp, Matching};
use crate::dialect::Dialect;
use crate::error::Error;

use super::context::{Context, Evaluated};
use super::frame::{ABSENT, Frame};
use super::grid::Grid;
use super::grouping::Grouping;
use super::numbers::Numbers;

mod set;
mod vector;

impl Context<'_> {
    pub(super) fn binary(&self, binary: &Binary, grid: Grid) -> Result<Evaluated, Error> {
        let left = self.eval(&binary.left, grid)?;
        let right = self.eval(&binary.right, grid)?;
        match (left, right) {
            (Evaluated::Scalar(left), Evaluated::Scalar(right)) => {
                let op = binary.op;
                let combined = left.combine(&right, grid.count, |left, right| {
                    if op.is_comparison() {
                        f64::from(u8::from(compares(op, left, right)))
                    } else {
                        arithmetic(op, left, right)
                    }
                });
                Ok(Evaluated::Scalar(combined))
            }
            (Evaluated::Vector(frame), Evaluated::Scalar(numbers)) => self
                .with_scalar(binary, frame, &numbers, false)
                .map(Evaluated::Vector),
            (Evaluated::Scalar(numbers), Evaluated::Vector(frame)) => self
                .with_scalar(binary, frame, &numbers, true)
                .map(Evaluated::Vector),
            (Evaluated::Vector(left), Evaluated::Vector(right)) => {
                self.charge((left.len() + right.len()) * grid.count)?;
                // The parser gives each operator between vectors one.
                let Some(matching) = &binary.matching else {
                    return Ok(Evaluated::Vector(Frame::new(grid.count)));
                };
                if binary.op.is_set() {
                    return set::combine(binary.op, matching, &left, &right).map(Evaluated::Vector);
                }
                vector::combine(binary, matching, &left, &right, self.dialect)
                    .map(Evaluated::Vector)
            }
            // The parser takes no operator beside a text.
            (Evaluated::Text(_), _) | (_, Evaluated::Text(_)) => {
                Ok(Evaluated::Vector(Frame::new(grid.count)))
            }
        }
    }

    /// A vector and a number; `is_swapped` if the number is on the left.
    fn with_scalar(
        &self,
        binary: &Binary,
        mut frame: Frame,
        numbers: &Numbers,
        is_swapped: bool,
    ) -> Result<Frame, Error> {
        let op = binary.op;
        let sides = |step: usize, value: f64| {
            let number = numbers.at(step);
            if is_swapped {
                (number, value)
            } else {
                (value, number)
            }
        };
        if !op.is_comparison() {
            frame.map(|step, value| {
                let (left, right) = sides(step, value);
                arithmetic(op, left, right)
            });
        } else if binary.returns_bool {
            frame.map(|step, value| {
                let (left, right) = sides(step, value);
                f64::from(u8::from(compares(op, left, right)))
            });
        } else {
            frame.map(|step, value| {
                let (left, right) = sides(step, value);
                if compares(op, left, right) {
                    value
                } else {
                    ABSENT
                }
            });
            frame.compact();
        }
        if drops_name(op, self.dialect) || binary.returns_bool {
            frame.drop_names()
        } else {
            Ok(frame)
        }
    }
}

fn arithmetic(op: BinaryOp, left: f64, right: f64) -> f64 {
    match op {
        BinaryOp::Add => left + right,
        BinaryOp::Subtract => left - right,
        BinaryOp::Multiply => left * right,
        BinaryOp::Divide => left / right,
        BinaryOp::Modulo => left % right,
        BinaryOp::Power => left.powf(right),
        BinaryOp::Atan2 => left.atan2(right),
        _ => f64::NAN,
    }
}

#[expect(clippy::float_cmp, reason = "what the language does")]
fn compares(op: BinaryOp, left: f64, right: f64) -> bool {
    match op {
        BinaryOp::Equal => left == right,
        BinaryOp::NotEqual => left != right,
        BinaryOp::Greater => left > right,
        BinaryOp::Less => left < right,
        BinaryOp::GreaterOrEqual => left >= right,
        BinaryOp::LessOrEqual => left <= right,
        _ => false,
    }
}

/// Whether a result is another quantity than what it was computed from.
fn drops_name(op: BinaryOp, dialect: Dialect) -> bool {
    match op {
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Modulo
        | BinaryOp::Power => true,
        BinaryOp::Atan2 => dialect == Dialect::V3,
        _ => false,
    }
}

/// The labels by which the sides' series find each other.
fn grouping(matching: &Matching) -> Grouping<'_> {
    let names = matching.labels.iter().map(String::as_str);
    if matching.is_on {
        Grouping::by(names)
    } else {
        Grouping::without_name_and(names)
    }
}
