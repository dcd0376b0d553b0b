//! How Prometheus writes and reads numbers, durations and strings.

mod duration;
mod number;
mod quoted;

pub(crate) use self::duration::{LONGEST as LONGEST_DURATION, format_duration, parse_duration};
pub(crate) use self::number::{format_bound, format_float, parse_float, parse_number};
pub(crate) use self::quoted::{quote, unescape};
