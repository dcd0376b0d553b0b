//! `absent` and `absent_over_time`.

use crate::ast::{Call, Node};
use crate::error::Error;
use crate::labels::{Labels, LabelsBuilder, NAME};
use crate::matcher::MatchOp;

use super::context::Context;
use super::frame::{ABSENT, Frame, is_present};
use super::grid::Grid;

impl Context<'_> {
    pub(super) fn absent(&self, call: &Call, grid: Grid) -> Result<Frame, Error> {
        let argument = &call.arguments[0];
        let frame = self.vector(argument, grid)?;
        let mut values = vec![1.0; grid.count];
        for (_, row) in frame.rows() {
            for (value, found) in values.iter_mut().zip(row) {
                if is_present(*found) {
                    *value = ABSENT;
                }
            }
        }
        Ok(Frame::single(labels_of(argument), values))
    }

    pub(super) fn absent_over_time(&self, call: &Call, grid: Grid) -> Result<Frame, Error> {
        let argument = &call.arguments[0];
        let ranged = self.ranged(argument, grid)?;
        let mut values = vec![1.0; grid.count];
        self.each_window(&ranged, grid, |_, windows| {
            for (step, window) in windows {
                if !window.times.is_empty() {
                    values[step] = ABSENT;
                }
            }
        })?;
        Ok(Frame::single(labels_of(argument), values))
    }
}

/// The labels that what is absent would have: those that the selector asks for by `=`, and nothing else about.
fn labels_of(node: &Node) -> Labels {
    let Some(selector) = node.without_parens().selector() else {
        return Labels::empty();
    };
    let mut labels = LabelsBuilder::default();
    let mut seen = Vec::new();
    for matcher in selector
        .matchers
        .iter()
        .filter(|matcher| matcher.name() != NAME)
    {
        if matcher.op() == MatchOp::Equal && !seen.contains(&matcher.name()) {
            labels.set(matcher.name(), matcher.value());
            seen.push(matcher.name());
        } else {
            labels.remove(matcher.name());
        }
    }
    labels.build()
}
