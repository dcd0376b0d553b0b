//! `sort` and its kin. Only results of one moment have an order.

use std::cmp::Ordering;

use crate::ast::Call;
use crate::error::Error;
use crate::labels::Labels;

use super::context::{Context, text_of};
use super::frame::Frame;
use super::grid::Grid;

impl Context<'_> {
    pub(super) fn sort(&self, call: &Call, descending: bool, grid: Grid) -> Result<Frame, Error> {
        let frame = self.vector(&call.arguments[0], grid)?;
        if grid.count != 1 {
            return Ok(frame);
        }
        let mut rows: Vec<usize> = (0..frame.len()).collect();
        rows.sort_by(|a, b| by_value(frame.value(*a, 0), frame.value(*b, 0), descending));
        Ok(frame.select(&rows))
    }

    pub(super) fn sort_by_label(
        &self,
        call: &Call,
        descending: bool,
        grid: Grid,
    ) -> Result<Frame, Error> {
        let frame = self.vector(&call.arguments[0], grid)?;
        if grid.count != 1 {
            return Ok(frame);
        }
        let names = call.arguments[1..].iter().map(|name| text_of(name));
        let names = names.collect::<Result<Vec<&str>, Error>>()?;
        let mut rows: Vec<usize> = (0..frame.len()).collect();
        rows.sort_by(|a, b| {
            let order = by_labels(&frame.labels()[*a], &frame.labels()[*b], &names);
            if descending { order.reverse() } else { order }
        });
        Ok(frame.select(&rows))
    }
}

/// Numbers in order, NaN behind all others whatever the order.
pub(super) fn by_value(a: f64, b: f64, descending: bool) -> Ordering {
    match a.partial_cmp(&b) {
        Some(order) if descending => order.reverse(),
        Some(order) => order,
        None => a.is_nan().cmp(&b.is_nan()),
    }
}

fn by_labels(a: &Labels, b: &Labels, names: &[&str]) -> Ordering {
    for name in names {
        let (a, b) = (
            a.get(name).unwrap_or_default(),
            b.get(name).unwrap_or_default(),
        );
        if a != b {
            return natural(a, b);
        }
    }
    a.cmp(b)
}

/// Text in order, with the numbers in it by their value: `a2` before `a10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() && !b.is_empty() {
        let ((a_chunk, a_rest), (b_chunk, b_rest)) = (chunk(a), chunk(b));
        (a, b) = (a_rest, b_rest);
        let numbers = a_chunk.starts_with(|c: char| c.is_ascii_digit())
            && b_chunk.starts_with(|c: char| c.is_ascii_digit());
        let order = if numbers {
            let (a, b) = (
                a_chunk.trim_start_matches('0'),
                b_chunk.trim_start_matches('0'),
            );
            // The longer number is the larger.
            a.len()
                .cmp(&b.len())
                .then_with(|| a.cmp(b))
                .then_with(|| a_chunk.cmp(b_chunk))
        } else {
            a_chunk.cmp(b_chunk)
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// The digits, or what is none, at the beginning of a text that is not empty.
fn chunk(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits);
    text.split_at(end.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_text_sort_by_value() {
        let mut texts = ["b", "a10", "a2", "1.11", "1.2", "a", "", "a02"];
        texts.sort_by(|a, b| natural(a, b));
        assert_eq!(texts, ["", "1.2", "1.11", "a", "a02", "a2", "a10", "b"]);
    }
}
