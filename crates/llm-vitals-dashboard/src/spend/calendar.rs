//! Days and months in UTC.

use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan as _};

const DAY: i64 = 86_400_000;

/// A month, from its first moment to the first of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Month {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// The midnight before a time.
pub(super) fn day_of(at: i64) -> i64 {
    at - at.rem_euclid(DAY)
}

pub(super) fn month_of(at: i64) -> Month {
    let time = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let first = Offset::UTC.to_datetime(time).date().first_of_month();
    let millis = |date: jiff::civil::Date| {
        let time = Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
        time.map_or(at, Timestamp::as_millisecond)
    };
    Month {
        start: millis(first),
        end: first.checked_add(1.month()).map_or(at, millis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        for (at, start, end) in [
            (
                "2026-11-24T09:14:00Z",
                "2026-11-01T00:00:00Z",
                "2026-12-01T00:00:00Z",
            ),
            (
                "2026-12-31T23:59:59.999Z",
                "2026-12-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            ),
            (
                "2028-02-29T00:00:00Z",
                "2028-02-01T00:00:00Z",
                "2028-03-01T00:00:00Z",
            ),
            (
                "1969-12-31T23:00:00Z",
                "1969-12-01T00:00:00Z",
                "1970-01-01T00:00:00Z",
            ),
        ] {
            let month = Month {
                start: millis(start),
                end: millis(end),
            };
            assert_eq!(month_of(millis(at)), month, "{at}");
        }
        assert_eq!(
            day_of(millis("1969-12-31T23:00:00Z")),
            millis("1969-12-31T00:00:00Z")
        );
    }
}
