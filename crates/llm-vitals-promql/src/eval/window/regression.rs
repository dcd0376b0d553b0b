//! The straight line through samples.

use crate::eval::frame::ABSENT;

use super::{Sum, Window, seconds};

pub(super) fn deriv(window: &Window<'_>) -> f64 {
    line(window, window.times[0]).map_or(ABSENT, |(slope, _)| slope)
}

pub(super) fn predict_linear(window: &Window<'_>) -> f64 {
    line(window, window.at).map_or(ABSENT, |(slope, value)| {
        slope * window.parameters[0] + value
    })
}

/// Slope for each second, and value at `at`, by least squares. `None` with fewer than two samples.
fn line(window: &Window<'_>, at: i64) -> Option<(f64, f64)> {
    if window.values.len() < 2 {
        return None;
    }
    let first = window.values[0];
    #[expect(clippy::float_cmp, reason = "a line that is level, exactly")]
    if window.values.iter().all(|value| *value == first) {
        return Some(if first.is_infinite() {
            (f64::NAN, f64::NAN)
        } else {
            (0.0, first)
        });
    }
    let mut sums = [Sum::default(); 4];
    for (time, y) in window.times.iter().zip(window.values) {
        let x = seconds(time - at);
        for (sum, value) in sums.iter_mut().zip([x, *y, x * y, x * x]) {
            sum.add(value);
        }
    }
    let [sum_x, sum_y, sum_xy, sum_xx] = sums.map(|sum| sum.total_in(window.dialect));
    #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
    let n = window.values.len() as f64;
    let slope = (sum_xy - sum_x * sum_y / n) / (sum_xx - sum_x * sum_x / n);
    Some((slope, sum_y / n - slope * sum_x / n))
}
