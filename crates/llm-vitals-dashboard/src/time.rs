//! Moments and spans as requests name them and answers show them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use llm_vitals_promql::read_duration;
use serde::Serializer;

/// What Prometheus shows where something has not happened.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// Far from where sums of times could overflow.
pub(crate) const LATEST: i64 = i64::MAX / 2048;

/// A moment in milliseconds since 1970: seconds with decimals, or RFC 3339.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    if let Some(seconds) = parse_seconds(text) {
        return millis(seconds);
    }
    let is_rfc_3339 = text.len() >= "2026-11-24T00:00:00Z".len()
        && text.as_bytes().get(10) == Some(&b'T')
        && !text.contains('[');
    let time: Timestamp = is_rfc_3339.then(|| text.parse().ok())??;
    Some(time.as_millisecond())
}

/// A span in nanoseconds: seconds with decimals, or `1h30m`.
pub(crate) fn parse_span(text: &str) -> Option<i64> {
    if let Some(seconds) = parse_seconds(text) {
        let nanos = seconds * 1e9;
        #[expect(clippy::cast_possible_truncation, reason = "checked to fit")]
        return (nanos.abs() < 9.2e18).then_some(nanos as i64);
    }
    i64::try_from(read_duration(text)?.as_nanos()).ok()
}

/// In RFC 3339; that of year 1, as Go has it, where there is no time.
pub(crate) fn rfc3339_or_never(time_ms: Option<i64>) -> String {
    time_ms
        .and_then(rfc3339)
        .unwrap_or_else(|| NEVER.to_owned())
}

/// In RFC 3339, `None` outside of the years -9999 to 9999.
pub(crate) fn rfc3339(time_ms: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(time_ms).ok()?;
    Some(time.to_string())
}

/// For serde: `null` where there is no time.
pub(crate) fn serialize<S: Serializer>(
    time_ms: &Option<i64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time_ms.and_then(rfc3339) {
        Some(text) => serializer.serialize_str(&text),
        None => serializer.serialize_none(),
    }
}

/// For serde.
pub(crate) fn serialize_some<S: Serializer>(
    time_ms: &i64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serialize(&Some(*time_ms), serializer)
}

/// Milliseconds since 1970, by the system's clock.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn parse_seconds(text: &str) -> Option<f64> {
    let first = text.trim_start_matches(['+', '-']).bytes().next()?;
    // No `nan` and `inf`, which are no times.
    (first.is_ascii_digit() || first == b'.').then(|| text.parse().ok())?
}

/// To whole milliseconds as Prometheus does: rounded, then cut.
fn millis(seconds: f64) -> Option<i64> {
    let whole = seconds.trunc();
    let thousandths = ((seconds - whole) * 1000.0).round();
    let millis = whole * 1000.0 + thousandths;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "checked to fit"
    )]
    (millis.abs() < LATEST as f64).then_some(millis as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read() {
        for (text, millis) in [
            ("0", 0),
            ("1764000000", 1_764_000_000_000),
            ("1764000000.2", 1_764_000_000_200),
            ("1764000000.0006", 1_764_000_000_001),
            ("-1.5", -1_500),
            ("1.5e3", 1_500_000),
            ("2025-11-24T16:00:00.2Z", 1_764_000_000_200),
            ("2025-11-24T17:00:00+01:00", 1_764_000_000_000),
        ] {
            assert_eq!(parse_time(text), Some(millis), "{text}");
        }
        for wrong in [
            "",
            "now",
            "NaN",
            "inf",
            "1e300",
            "2025-11-24",
            "2025-11-24 16:00:00Z",
            "1 ",
        ] {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn spans_are_read() {
        for (text, nanos) in [
            ("15", 15_000_000_000),
            ("0.5", 500_000_000),
            ("-1", -1_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("10ms", 10_000_000),
        ] {
            assert_eq!(parse_span(text), Some(nanos), "{text}");
        }
        for wrong in ["", "x", "1.5m", "1e300", "5m1h"] {
            assert_eq!(parse_span(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn moments_are_shown() {
        assert_eq!(
            rfc3339_or_never(Some(1_764_000_000_200)),
            "2025-11-24T16:00:00.2Z"
        );
        assert_eq!(rfc3339_or_never(None), NEVER);
        assert_eq!(rfc3339(i64::MAX), None);
    }
}
