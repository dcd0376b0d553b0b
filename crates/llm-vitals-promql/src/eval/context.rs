//! What all parts of one evaluation share.

use std::cell::Cell;

use crate::ast::At;
use crate::ast::{Modifiers, Node, NodeKind};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::matcher::Matcher;
use crate::store::{Series, Snapshot, Store};

use super::engine::Engine;
use super::frame::Frame;
use super::grid::Grid;
use super::numbers::Numbers;

pub(super) struct Context<'a> {
    pub(super) source: Source<'a>,
    pub(super) engine: &'a Engine,
    pub(super) dialect: Dialect,
    /// The moments of the query itself.
    pub(super) query: Grid,
    samples: Cell<u64>,
    next_check: Cell<u64>,
}

/// Where series are found.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Store(&'a Store),
    Snapshot(&'a Snapshot),
}

impl<'a> Source<'a> {
    pub(super) fn select(self, matchers: &[Matcher]) -> Vec<&'a Series> {
        match self {
            Self::Store(store) => {
                let slots = store.select(matchers).into_iter();
                slots.filter_map(|slot| store.slot(slot)).collect()
            }
            Self::Snapshot(snapshot) => snapshot.select(matchers),
        }
    }
}

/// What a node gave.
pub(super) enum Evaluated {
    Scalar(Numbers),
    Vector(Frame),
    Text(String),
}

/// How many samples are worked on between two looks at whether to stop.
const CHECK_EVERY: u64 = 8192;

impl<'a> Context<'a> {
    pub(super) fn new(
        source: Source<'a>,
        engine: &'a Engine,
        dialect: Dialect,
        query: Grid,
    ) -> Self {
        Self {
            source,
            engine,
            dialect,
            query,
            samples: Cell::new(0),
            next_check: Cell::new(CHECK_EVERY),
        }
    }

    pub(super) fn eval(&self, node: &Node, grid: Grid) -> Result<Evaluated, Error> {
        let result = match node.kind() {
            NodeKind::Number(number) => Ok(Evaluated::Scalar(Numbers::Constant(number.value))),
            NodeKind::String(text) => Ok(Evaluated::Text(text.clone())),
            NodeKind::Paren(inner) => return self.eval(inner, grid),
            NodeKind::Unary(unary) => self.unary(unary, grid),
            NodeKind::Binary(binary) => self.binary(binary, grid),
            NodeKind::Aggregate(aggregate) => {
                self.aggregate(aggregate, grid).map(Evaluated::Vector)
            }
            NodeKind::Call(call) => self.call(call, grid),
            NodeKind::Selector(selector) => self.selector(selector, grid).map(Evaluated::Vector),
            NodeKind::Range(_) | NodeKind::Subquery(_) => Err(Error::new(
                ErrorKind::Type,
                "a range vector has no value by itself: put a function such as rate() around it",
            )),
        };
        result.map_err(|error| error.at(node.range()))
    }

    /// The series of a node that the parser knows to be an instant vector.
    pub(super) fn vector(&self, node: &Node, grid: Grid) -> Result<Frame, Error> {
        match self.eval(node, grid)? {
            Evaluated::Vector(frame) => Ok(frame),
            Evaluated::Scalar(_) | Evaluated::Text(_) => Err(mistyped(node)),
        }
    }

    /// The numbers of a node that the parser knows to be a scalar.
    pub(super) fn scalar(&self, node: &Node, grid: Grid) -> Result<Numbers, Error> {
        match self.eval(node, grid)? {
            Evaluated::Scalar(numbers) => Ok(numbers),
            Evaluated::Vector(_) | Evaluated::Text(_) => Err(mistyped(node)),
        }
    }

    /// The moment that a selector or subquery looks at, at a moment of the grid.
    pub(super) fn look_at(&self, modifiers: &Modifiers, time: i64) -> i64 {
        let base = match modifiers.at {
            None => time,
            Some(At::Time(time)) => time,
            Some(At::Start) => self.query.start,
            Some(At::End) => self.query.end(),
        };
        base.saturating_sub(modifiers.offset_ms)
    }

    /// Accounts for samples that are read or made, and looks whether to stop.
    pub(super) fn charge(&self, samples: usize) -> Result<(), Error> {
        let sum = self.samples.get().saturating_add(samples as u64);
        self.samples.set(sum);
        let limit = self.engine.max_samples();
        if sum > limit {
            let message = format!("the evaluation needs more than {limit} samples");
            return Err(Error::new(ErrorKind::Limit, message));
        }
        if sum >= self.next_check.get() {
            self.next_check.set(sum + CHECK_EVERY);
            self.check()?;
        }
        Ok(())
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.engine.is_interrupted() {
            return Err(Error::new(
                ErrorKind::Interrupted,
                "the evaluation was told to stop",
            ));
        }
        Ok(())
    }
}

/// The text of a node that the parser knows to be one.
pub(super) fn text_of(node: &Node) -> Result<&str, Error> {
    match node.without_parens().kind() {
        NodeKind::String(text) => Ok(text),
        _ => Err(mistyped(node)),
    }
}

fn mistyped(node: &Node) -> Error {
    let message = format!(
        "this gives a {} where another type is needed",
        node.value_type()
    );
    Error::typed(node.range(), message)
}
