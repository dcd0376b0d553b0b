//! Moments as the API writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A moment with milliseconds, in UTC.
pub(super) fn format(ms: i64) -> String {
    let moment = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let seconds = moment.strftime("%Y-%m-%dT%H:%M:%S");
    format!("{seconds}.{:03}Z", moment.as_millisecond().rem_euclid(1000))
}

/// Reads a moment of RFC 3339, or one without an offset, which is UTC.
pub(super) fn parse(text: &str) -> Option<i64> {
    if text.len() > 64 {
        return None;
    }
    let moment: Option<Timestamp> = text.parse().ok();
    let local = || {
        let local: DateTime = text.parse().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    moment.or_else(local).map(Timestamp::as_millisecond)
}

/// The same, where Go's zero, the year 1, is no moment.
pub(super) fn is_zero(ms: i64) -> bool {
    /// 0001-01-01T00:00:00Z.
    const ZERO: i64 = -62_135_596_800_000;
    ms == ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        let ms = parse("2026-11-24T10:00:00.123456789+01:00").unwrap();
        assert_eq!(format(ms), "2026-11-24T09:00:00.123Z");
        assert_eq!(parse("2026-11-24T09:00:00Z"), Some(ms - 123));
        assert_eq!(parse("2026-11-24T09:00:00"), Some(ms - 123));
        assert!(is_zero(parse("0001-01-01T00:00:00.000Z").unwrap()));
        for text in ["", "yesterday", "10", "2026-13-24T09:00:00Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(format(-1), "1969-12-31T23:59:59.999Z");
    }
}
