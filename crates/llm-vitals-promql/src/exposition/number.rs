//! Values and times of samples.

use crate::text::parse_float;

use super::Format;

pub(super) fn parse_value(text: &str) -> Option<f64> {
    parse_float(text)
}

/// A time as milliseconds since 1970: the text format has them as whole numbers, OpenMetrics as seconds.
pub(super) fn parse_time(text: &str, format: Format) -> Option<i64> {
    match format {
        Format::Text => text
            .parse()
            .ok()
            .filter(|time: &i64| time.unsigned_abs() < FARTHEST),
        Format::OpenMetrics => {
            let milliseconds = (parse_float(text)? * 1000.0).round();
            #[expect(clippy::cast_precision_loss, reason = "a bound, not a value")]
            let near = milliseconds.abs() < FARTHEST as f64;
            #[expect(clippy::cast_possible_truncation, reason = "checked")]
            near.then_some(milliseconds as i64)
        }
    }
}

/// The year 292,000: beyond it sums of times could overflow.
const FARTHEST: u64 = 1 << 53;
