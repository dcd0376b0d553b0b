//! `rate`, `increase`, `delta` and what looks at the last two samples only.

use crate::dialect::Dialect;
use crate::eval::frame::ABSENT;

use super::{Window, seconds};

pub(super) fn rate(window: &Window<'_>) -> f64 {
    extrapolated(window, true, seconds(window.range_ms))
}

pub(super) fn increase(window: &Window<'_>) -> f64 {
    extrapolated(window, true, 1.0)
}

pub(super) fn delta(window: &Window<'_>) -> f64 {
    extrapolated(window, false, 1.0)
}

pub(super) fn irate(window: &Window<'_>) -> f64 {
    last_two(window, true)
}

pub(super) fn idelta(window: &Window<'_>) -> f64 {
    last_two(window, false)
}

/// How much a series rose over the window, divided by `per`, from what it rose between its first and last sample in it.
///
/// The window's ends are reached if a sample is nearly as near as the next one would be (1.1 average distances); else the series
/// is taken to begin or end half a distance away. A counter is not extrapolated to below 0.
fn extrapolated(window: &Window<'_>, is_counter: bool, per: f64) -> f64 {
    let (&[first_time, .., last_time], &[first, .., last]) = (window.times, window.values) else {
        return ABSENT;
    };
    let mut rise = last - first;
    if is_counter && !window.never_falls {
        let mut previous = first;
        for value in window.values {
            if *value < previous {
                rise += previous;
            }
            previous = *value;
        }
    }
    let sampled = seconds(last_time - first_time);
    #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
    let distance = sampled / (window.values.len() - 1) as f64;
    let threshold = distance * 1.1;

    let mut to_start = seconds(first_time - window.start);
    let to_zero = (is_counter && rise > 0.0 && first >= 0.0).then(|| sampled * (first / rise));
    let capped = |to_start: f64| match to_zero {
        Some(to_zero) if to_zero < to_start => to_zero,
        _ => to_start,
    };
    if window.dialect == Dialect::V2 {
        to_start = capped(to_start);
    }
    if to_start >= threshold {
        to_start = distance / 2.0;
    }
    if window.dialect == Dialect::V3 {
        to_start = capped(to_start);
    }
    let mut to_end = seconds(window.end - last_time);
    if to_end >= threshold {
        to_end = distance / 2.0;
    }
    // In this order, so that the last bit is that of Prometheus and a threshold is crossed by both or by neither.
    rise * ((sampled + to_start + to_end) / sampled / per)
}

fn last_two(window: &Window<'_>, is_rate: bool) -> f64 {
    let (&[.., before_time, time], &[.., before, value]) = (window.times, window.values) else {
        return ABSENT;
    };
    if time == before_time {
        return ABSENT;
    }
    let rise = if is_rate && value < before {
        value
    } else {
        value - before
    };
    if is_rate {
        rise / seconds(time - before_time)
    } else {
        rise
    }
}
