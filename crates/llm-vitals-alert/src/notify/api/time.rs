//! Moments as the API writes them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;

/// A moment with milliseconds, in UTC.
pub(super) fn format(ms: i64) -> String {
    let moment = Timestamp::from_millisecond(ms.min(last_ms()));
    let moment = moment.unwrap_or(Timestamp::UNIX_EPOCH);
    let seconds = moment.strftime("%Y-%m-%dT%H:%M:%S");
    format!("{seconds}.{:03}Z", moment.as_millisecond().rem_euclid(1000))
}

/// Reads a moment of RFC 3339, or one without an offset, which is UTC. One after the last moment there is is that.
pub(super) fn parse(text: &str) -> Option<i64> {
    if text.len() > 64 {
        return None;
    }
    let moment: Option<Timestamp> = text.parse().ok();
    let local = || {
        let local: DateTime = text.parse().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    // Others write the end of time as the end of the year 9999, which is a day behind the last moment there is here.
    let last = || {
        let date = Pieces::parse(text).ok()?.date();
        (date >= jiff::civil::date(9999, 12, 30)).then_some(Timestamp::MAX)
    };
    let moment = moment.or_else(local).or_else(last);
    moment.map(|moment| moment.as_millisecond().min(last_ms()))
}

/// The last moment that can be written.
fn last_ms() -> i64 {
    Timestamp::MAX.as_second() * 1000
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

    #[test]
    fn a_moment_at_the_end_of_time_is_the_last_one() {
        let last = parse("9999-12-30T22:00:00.999Z");
        assert_eq!(last, parse("9999-12-30T22:00:00Z"));
        for text in [
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.999Z",
            "9999-12-31T23:59:59",
            "9999-12-31T23:59:59-12:00",
        ] {
            assert_eq!(parse(text), last, "{text}");
        }
        assert_eq!(
            last.map(format).as_deref(),
            Some("9999-12-30T22:00:00.000Z")
        );
        for text in ["9999-12-32T00:00:00Z", "10000-01-01T00:00:00Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
