//! Dates and times of day, in UTC.

/// A time in the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    day_of_week: i64,
    day_of_year: i64,
}

impl Moment {
    /// From seconds since 1970; what stands behind the point is cut off. `None` if it is no finite number.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates; years of astronomers have no meaning here"
    )]
    pub(super) fn new(seconds: f64) -> Option<Self> {
        if !seconds.is_finite() {
            return None;
        }
        // The calendar repeats every 400 years, so that no year overflows.
        let seconds = (seconds as i64).clamp(-(1 << 55), 1 << 55);
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Years that begin in March have the leap day at their end.
        let from_march_0 = days + 719_468;
        let (era, day_of_era) = (
            from_march_0.div_euclid(146_097),
            from_march_0.rem_euclid(146_097),
        );
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_march_year =
            day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_march_year + 2) / 153;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let day = day_of_march_year - (153 * march_month + 2) / 5 + 1;
        let before: i64 = (1..month).map(|month| month_length(year, month)).sum();
        Some(Self {
            year,
            month,
            day,
            hour: second / 3600,
            minute: second / 60 % 60,
            day_of_week: (days + 4).rem_euclid(7),
            day_of_year: before + day,
        })
    }
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(crate) fn year(moment: &Moment) -> f64 {
    small(moment.year)
}

pub(crate) fn month(moment: &Moment) -> f64 {
    small(moment.month)
}

pub(crate) fn day_of_month(moment: &Moment) -> f64 {
    small(moment.day)
}

pub(crate) fn day_of_week(moment: &Moment) -> f64 {
    small(moment.day_of_week)
}

pub(crate) fn day_of_year(moment: &Moment) -> f64 {
    small(moment.day_of_year)
}

pub(crate) fn days_in_month(moment: &Moment) -> f64 {
    small(month_length(moment.year, moment.month))
}

pub(crate) fn hour(moment: &Moment) -> f64 {
    small(moment.hour)
}

pub(crate) fn minute(moment: &Moment) -> f64 {
    small(moment.minute)
}

#[expect(clippy::cast_precision_loss, reason = "parts of a date are small")]
fn small(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_before_and_after_1970() {
        let date = |seconds: f64| {
            let moment = Moment::new(seconds).unwrap();
            (
                moment.year,
                moment.month,
                moment.day,
                moment.hour,
                moment.day_of_week,
                moment.day_of_year,
            )
        };
        assert_eq!(date(0.0), (1970, 1, 1, 0, 4, 1));
        assert_eq!(date(951_782_400.0), (2000, 2, 29, 0, 2, 60));
        assert_eq!(date(-1.0), (1969, 12, 31, 23, 3, 365));
        assert_eq!(date(4_107_542_400.0), (2100, 3, 1, 0, 1, 60));
        assert_eq!(Moment::new(f64::NAN), None);
        assert_eq!(Moment::new(f64::INFINITY), None);
        assert!(Moment::new(f64::MIN).is_some());
    }
}
