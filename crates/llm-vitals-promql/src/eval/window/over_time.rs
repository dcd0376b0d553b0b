//! Aggregations of one series over time.

use super::{Mean, Sum, Variance, Window};
use crate::dialect::Dialect;

pub(super) fn sum(window: &Window<'_>) -> f64 {
    let mut sum = Sum::default();
    window.values.iter().for_each(|value| sum.add(*value));
    sum.total()
}

pub(super) fn avg(window: &Window<'_>) -> f64 {
    let mut mean = match window.dialect {
        Dialect::V2 => Mean::running(),
        Dialect::V3 => Mean::default(),
    };
    window.values.iter().for_each(|value| mean.add(*value));
    mean.mean()
}

#[expect(clippy::cast_precision_loss, reason = "a count of samples")]
pub(super) fn count(window: &Window<'_>) -> f64 {
    window.values.len() as f64
}

pub(super) fn min(window: &Window<'_>) -> f64 {
    extreme(window.values, |value, best| value < best)
}

pub(super) fn max(window: &Window<'_>) -> f64 {
    extreme(window.values, |value, best| value > best)
}

pub(super) fn last(window: &Window<'_>) -> f64 {
    window.values[window.values.len() - 1]
}

pub(super) fn present(_: &Window<'_>) -> f64 {
    1.0
}

pub(super) fn stdvar(window: &Window<'_>) -> f64 {
    let mut variance = Variance::default();
    window.values.iter().for_each(|value| variance.add(*value));
    variance.variance(window.dialect)
}

pub(super) fn stddev(window: &Window<'_>) -> f64 {
    stdvar(window).sqrt()
}

/// The best value; a NaN only if there is nothing else.
fn extreme(values: &[f64], better: impl Fn(f64, f64) -> bool) -> f64 {
    let mut best = values[0];
    for value in values {
        if better(*value, best) || best.is_nan() {
            best = *value;
        }
    }
    best
}
