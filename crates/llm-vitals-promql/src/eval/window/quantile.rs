//! Quantiles of values.

use std::cmp::Ordering;

use super::Window;

pub(super) fn quantile_over_time(window: &Window<'_>) -> f64 {
    quantile(window.parameters[0], &mut window.values.to_vec())
}

/// The median distance from the median.
pub(super) fn mad(window: &Window<'_>) -> f64 {
    let mut values = window.values.to_vec();
    let median = quantile(0.5, &mut values);
    values
        .iter_mut()
        .for_each(|value| *value = (*value - median).abs());
    quantile(0.5, &mut values)
}

/// The value that a part `q` of all values lies below, between two values in proportion. Sorts the values, NaN first.
pub(in crate::eval) fn quantile(q: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    values.sort_unstable_by(nan_first);
    #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
    let rank = q * (values.len() - 1) as f64;
    let weight = rank - rank.floor();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the count"
    )]
    let lower = rank.floor() as usize;
    let upper = (lower + 1).min(values.len() - 1);
    values[lower] * (1.0 - weight) + values[upper] * weight
}

fn nan_first(a: &f64, b: &f64) -> Ordering {
    a.partial_cmp(b)
        .unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}
