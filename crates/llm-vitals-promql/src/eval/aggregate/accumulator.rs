//! Aggregations that need a few numbers for each group.

use crate::ast::Aggregation;
use crate::dialect::Dialect;
use crate::eval::frame::{ABSENT, Frame, is_present};
use crate::eval::window::{Mean, Sum};

/// The state of one group at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Accumulator {
    count: f64,
    value: f64,
    mean: f64,
    sum: Sum,
    exact_mean: Mean,
}

/// Adds all values of a frame to the states of their groups.
pub(super) fn fold(
    op: Aggregation,
    dialect: Dialect,
    frame: &Frame,
    numbers: &[u32],
    states: &mut [Accumulator],
) {
    let add: fn(&mut Accumulator, f64) = match (op, dialect) {
        (Aggregation::Sum, Dialect::V2) => |state, value| state.value += value,
        (Aggregation::Sum, Dialect::V3) => |state, value| state.sum.add(value),
        (Aggregation::Avg, Dialect::V2) => Accumulator::add_to_mean,
        (Aggregation::Avg, Dialect::V3) => |state, value| state.exact_mean.add(value),
        (Aggregation::Min, _) => |state, value| {
            if state.count == 1.0 || value < state.value || state.value.is_nan() {
                state.value = value;
            }
        },
        (Aggregation::Max, _) => |state, value| {
            if state.count == 1.0 || value > state.value || state.value.is_nan() {
                state.value = value;
            }
        },
        (Aggregation::Stddev | Aggregation::Stdvar, _) => Accumulator::add_to_variance,
        _ => |_, _| {},
    };
    let steps = frame.steps();
    for ((_, row), number) in frame.rows().zip(numbers) {
        let states = &mut states[*number as usize * steps..][..steps];
        for (state, value) in states.iter_mut().zip(row) {
            if is_present(*value) {
                state.count += 1.0;
                add(state, *value);
            }
        }
    }
}

impl Accumulator {
    pub(super) fn finish(&self, op: Aggregation, dialect: Dialect) -> f64 {
        if self.count == 0.0 {
            return ABSENT;
        }
        match (op, dialect) {
            (Aggregation::Count, _) => self.count,
            (Aggregation::Group, _) => 1.0,
            (Aggregation::Sum, Dialect::V3) => self.sum.total(),
            (Aggregation::Avg, Dialect::V2) => self.mean,
            (Aggregation::Avg, Dialect::V3) => self.exact_mean.mean(),
            // One infinite value varies by nothing there, and by NaN here.
            (Aggregation::Stdvar | Aggregation::Stddev, Dialect::V2) if self.count == 1.0 => 0.0,
            (Aggregation::Stdvar, _) => self.value / self.count,
            (Aggregation::Stddev, _) => (self.value / self.count).sqrt(),
            _ => self.value,
        }
    }

    fn add_to_mean(&mut self, value: f64) {
        if self.mean.is_infinite() {
            let same_infinity = value.is_infinite() && (self.mean > 0.0) == (value > 0.0);
            if same_infinity || value.is_finite() {
                return;
            }
        }
        self.mean += value / self.count - self.mean / self.count;
    }

    fn add_to_variance(&mut self, value: f64) {
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.value += delta * (value - self.mean);
    }
}
