//! How Prometheus writes and reads numbers, durations and strings.

use std::time::Duration;

mod duration;
mod number;
mod quoted;

pub(crate) use self::duration::{LONGEST as LONGEST_DURATION, format_duration, parse_duration};
pub(crate) use self::number::{format_bound, format_float, parse_float, parse_number};
pub(crate) use self::quoted::{quote, unescape};

/// Reads a duration as Prometheus writes it, such as `1h30m`; `None` if it is none.
///
/// ```
/// use std::time::Duration;
///
/// assert_eq!(llm_vitals_promql::read_duration("1h30m"), Some(Duration::from_secs(5400)));
/// assert_eq!(llm_vitals_promql::read_duration("90"), None);
/// ```
#[must_use]
pub fn read_duration(text: &str) -> Option<Duration> {
    let milliseconds = parse_duration(text).ok()?;
    Some(Duration::from_millis(milliseconds.unsigned_abs()))
}
