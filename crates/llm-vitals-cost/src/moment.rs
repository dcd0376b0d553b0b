//! Seconds since 1970, and when prices change.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Whole seconds since the start of 1970 in UTC; prices change on none finer.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Moment(pub(crate) i64);

pub(crate) const DAY: i64 = 86_400;

impl Moment {
    pub(crate) fn of(time: SystemTime) -> Self {
        let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(seconds(after)),
            Err(before) => {
                let before = before.duration();
                Self(-seconds(before) - i64::from(before.subsec_nanos() > 0))
            }
        }
    }

    pub(crate) fn to_system_time(self) -> Option<SystemTime> {
        let seconds = Duration::from_secs(self.0.unsigned_abs());
        if self.0 < 0 {
            UNIX_EPOCH.checked_sub(seconds)
        } else {
            UNIX_EPOCH.checked_add(seconds)
        }
    }

    #[cfg(any(test, feature = "bundled"))]
    /// The start of a day written as `2026-11-24`.
    pub(crate) fn parse_date(date: &str) -> Option<Self> {
        let bytes = date.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let (year, month, day) = (
            digits(&bytes[..4])?,
            digits(&bytes[5..7])?,
            digits(&bytes[8..])?,
        );
        is_date(year, month, day).then(|| Self(days(year, month, day) * DAY))
    }

    pub(crate) const fn second_of_day(self) -> i64 {
        self.0.rem_euclid(DAY)
    }

    pub(crate) const fn start_of_day(self) -> Self {
        Self(self.0.saturating_sub(self.second_of_day()))
    }

    /// Monday is 1, Sunday 7.
    pub(crate) const fn weekday(self) -> u8 {
        // 1970 began on a Thursday.
        match (self.0.div_euclid(DAY) + 3).rem_euclid(7) {
            0 => 1,
            1 => 2,
            2 => 3,
            3 => 4,
            4 => 5,
            5 => 6,
            _ => 7,
        }
    }

    /// The next time after this one that it is `second_of_day`.
    pub(crate) const fn next(self, second_of_day: i64) -> Self {
        let today = self.start_of_day().0.saturating_add(second_of_day);
        if today > self.0 {
            Self(today)
        } else {
            Self(today.saturating_add(DAY))
        }
    }
}

/// Seconds of a day from `start` until before `end`, over midnight if `end` is smaller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Hours {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

impl Hours {
    pub(crate) const fn contain(self, now: Moment) -> bool {
        let second = now.second_of_day();
        if self.end < self.start {
            second >= self.start || second < self.end
        } else {
            second >= self.start && second < self.end
        }
    }

    pub(crate) fn next_change(self, now: Moment) -> Moment {
        now.next(self.start).min(now.next(self.end))
    }
}

pub(crate) fn is_date(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=length).contains(&day)
}

pub(crate) fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0_i64, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(any(test, feature = "bundled"))]
/// Days from the start of 1970 to a date of the Gregorian calendar.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    // Counted from March, so that the leap day is the last of a year: the months of 31 and 30 days then follow a line.
    let (year, month) = if month < 3 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days_before_month = (153 * month + 2) / 5;
    // 719,468 days lie between 1 March of year 0 and 1970.
    year * 365 + leap_days + days_before_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days() {
        let at = |date| Moment::parse_date(date).map(|moment| moment.0);
        assert_eq!(at("1970-01-01"), Some(0));
        assert_eq!(at("2000-03-01"), Some(951_868_800));
        assert_eq!(at("2024-02-29"), Some(1_709_164_800));
        assert_eq!(at("2026-11-24"), Some(1_795_478_400));
        assert_eq!(at("1969-12-31"), Some(-86_400));
        for odd in [
            "2025-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-01",
            "x",
            "2026-11-00",
        ] {
            assert_eq!(at(odd), None, "{odd}");
        }
    }

    #[test]
    fn days_of_the_week() {
        assert_eq!(Moment(0).weekday(), 4);
        assert_eq!(Moment(-1).weekday(), 3);
        assert_eq!(Moment(1_795_478_400).weekday(), 2);
    }

    #[test]
    fn hours_pass_midnight() {
        let night = Hours {
            start: 80_000,
            end: 1_000,
        };
        assert!(night.contain(Moment(80_000)) && night.contain(Moment(DAY + 999)));
        assert!(!night.contain(Moment(1_000)) && !night.contain(Moment(79_999)));
        assert_eq!(night.next_change(Moment(80_000)), Moment(DAY + 1_000));
        assert_eq!(night.next_change(Moment(1_000)), Moment(80_000));
    }

    #[test]
    fn times_before_1970_are_rounded_down() {
        let before = UNIX_EPOCH - Duration::from_millis(1_500);
        assert_eq!(Moment::of(before), Moment(-2));
        assert_eq!(
            Moment(-2).to_system_time(),
            Some(UNIX_EPOCH - Duration::from_secs(2))
        );
    }
}
