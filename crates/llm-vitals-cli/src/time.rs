//! Moments and spans of time as they are written.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use llm_vitals_promql::ast::NodeKind;
use llm_vitals_promql::{Dialect, Expr};

/// Milliseconds since 1970, now.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    milliseconds(since)
}

/// A duration as a signed number of milliseconds.
pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Reads `1h30m`, as expressions and rule files have it, and `0`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    // The language has durations as numbers, so its reader is the one that knows them.
    let expr = Expr::parse(text, Dialect::V3).ok()?;
    match expr.root().kind() {
        NodeKind::Number(number) if number.is_duration => {
            Duration::try_from_secs_f64(number.value).ok()
        }
        _ => None,
    }
}

/// Writes a duration: `1h30m`, `1.5s`.
pub(crate) fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if duration.subsec_millis() > 0 || seconds == 0 {
        return format!("{}s", duration.as_millis() as f64 / 1000.0);
    }
    let mut text = String::new();
    for (count, unit) in [
        (seconds / 3600, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ] {
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    text
}

/// Reads seconds since 1970, or a time with its zone.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<f64>() {
        let milliseconds = seconds * 1000.0;
        return (milliseconds.abs() < 1e15).then_some(milliseconds as i64);
    }
    text.parse::<Timestamp>()
        .ok()
        .map(Timestamp::as_millisecond)
}

/// Writes a moment as `2026-11-24T10:00:00Z`.
pub(crate) fn format_time(ms: i64) -> String {
    match Timestamp::from_millisecond(ms) {
        Ok(time) => time.to_string(),
        Err(_) => format!("{ms} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        assert_eq!(parse_duration("1h30m"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_duration("0"), Some(Duration::ZERO));
        for wrong in ["", "5", "5x", "1h + 1h", "-1s", "x"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
        assert_eq!(format_duration(Duration::from_secs(5400)), "1h30m");
        assert_eq!(format_duration(Duration::from_millis(1500)), "1.5s");
    }

    #[test]
    fn times_are_read() {
        assert_eq!(parse_time("1700000000.5"), Some(1_700_000_000_500));
        assert_eq!(
            parse_time("2026-11-24T10:00:00+01:00"),
            Some(1_795_510_800_000)
        );
        assert_eq!(parse_time("yesterday"), None);
        assert_eq!(format_time(1_795_510_800_000), "2026-11-24T09:00:00Z");
    }
}
