//! Double exponential smoothing: a level and a trend, each forgetting the past at its own pace.

use crate::eval::frame::ABSENT;

use super::Window;

pub(super) fn smoothed(window: &Window<'_>) -> f64 {
    let &[first, second, ..] = window.values else {
        return ABSENT;
    };
    let [smoothing, trend_factor] = window.parameters;
    let mut trend = second - first;
    let mut level = first;
    let mut previous = 0.0;
    for (index, value) in window.values.iter().enumerate().skip(1) {
        if index > 1 {
            trend = trend_factor * (level - previous) + (1.0 - trend_factor) * trend;
        }
        previous = level;
        level = smoothing * value + (1.0 - smoothing) * (level + trend);
    }
    level
}
