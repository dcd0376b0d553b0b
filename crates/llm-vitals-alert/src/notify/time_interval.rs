//! Times with a name, for routes that are mute or active in them.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) mod ranges;

/// Times with a name: any of its parts.
#[derive(Debug, Clone)]
pub struct TimeInterval {
    pub(crate) name: String,
    pub(crate) parts: Vec<Part>,
}

/// Each list that is there must hold the moment in one of its ranges.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    /// Minutes of the day; the end is not in it.
    pub(crate) times: Option<Vec<(i64, i64)>>,
    /// From Sunday, which is 0.
    pub(crate) weekdays: Option<Vec<RangeInclusive<i64>>>,
    /// From 1; negative ones count from the end of the month, whose last day is -1.
    pub(crate) days_of_month: Option<Vec<RangeInclusive<i64>>>,
    pub(crate) months: Option<Vec<RangeInclusive<i64>>>,
    pub(crate) years: Option<Vec<RangeInclusive<i64>>>,
    /// UTC where none is said.
    pub(crate) location: Option<Location>,
}

/// A time zone and its name.
#[derive(Debug, Clone)]
pub(crate) struct Location {
    pub(crate) name: String,
    pub(crate) zone: TimeZone,
}

impl TimeInterval {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the moment, in milliseconds since 1970, lies in it.
    #[must_use]
    pub fn contains(&self, now_ms: i64) -> bool {
        self.parts.iter().any(|part| part.contains(now_ms))
    }
}

impl Part {
    fn contains(&self, now_ms: i64) -> bool {
        let Ok(moment) = Timestamp::from_millisecond(now_ms) else {
            return false;
        };
        let zone = self
            .location
            .as_ref()
            .map_or(TimeZone::UTC, |location| location.zone.clone());
        let local = moment.to_zoned(zone).datetime();
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        let is_in = |ranges: &Option<Vec<RangeInclusive<i64>>>, value: i64| {
            ranges
                .as_ref()
                .is_none_or(|ranges| ranges.iter().any(|range| range.contains(&value)))
        };
        let is_time = self.times.as_ref().is_none_or(|times| {
            times
                .iter()
                .any(|(start, end)| *start <= minute && minute < *end)
        });
        let days = i64::from(local.date().days_in_month());
        let day = i64::from(local.day());
        let is_day = self
            .days_of_month
            .as_ref()
            .is_none_or(|ranges| ranges.iter().any(|range| contains_day(range, day, days)));
        is_time
            && is_day
            && is_in(&self.months, local.month().into())
            && is_in(
                &self.weekdays,
                local.weekday().to_sunday_zero_offset().into(),
            )
            && is_in(&self.years, local.year().into())
    }
}

/// Whether a range of days, which may count from the end, holds a day of a month with `days` days.
fn contains_day(range: &RangeInclusive<i64>, day: i64, days: i64) -> bool {
    let from_start = |bound: i64| if bound < 0 { days + bound + 1 } else { bound };
    let (start, end) = (from_start(*range.start()), from_start(*range.end()));
    // A range that begins after the end of a short month holds none of its days.
    start <= days && (start..=end.min(days)).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn in_zone(name: &str, part: Part) -> Part {
        let zone = ranges::zone(name).unwrap();
        Part {
            location: Some(zone),
            ..part
        }
    }

    #[test]
    fn the_end_of_a_time_is_not_in_it() {
        let part = Part {
            times: Some(vec![(9 * 60, 17 * 60)]),
            ..Part::default()
        };
        assert!(!part.contains(at("2026-11-24T08:59:59.999Z")));
        assert!(part.contains(at("2026-11-24T09:00:00Z")));
        assert!(part.contains(at("2026-11-24T16:59:59.999Z")));
        assert!(!part.contains(at("2026-11-24T17:00:00Z")));
    }

    #[test]
    fn days_count_from_the_end_of_their_month() {
        let part = |from: i64, to: i64| Part {
            days_of_month: Some(vec![from..=to]),
            ..Part::default()
        };
        assert!(part(-1, -1).contains(at("2024-02-29T00:00:00Z")));
        assert!(!part(-1, -1).contains(at("2024-02-28T00:00:00Z")));
        assert!(part(-1, -1).contains(at("2023-02-28T00:00:00Z")));
        assert!(part(-3, -2).contains(at("2026-11-28T00:00:00Z")));
        assert!(!part(-3, -2).contains(at("2026-11-30T00:00:00Z")));
        assert!(part(1, -1).contains(at("2026-11-30T23:00:00Z")));
        // 30 and 31 are cut to the month, and a range that begins after it is none.
        assert!(part(27, 31).contains(at("2023-02-28T00:00:00Z")));
        assert!(!part(30, 31).contains(at("2023-02-28T00:00:00Z")));
        assert!(part(-31, -28).contains(at("2023-02-01T00:00:00Z")));
    }

    #[test]
    fn every_list_must_hold_the_moment() {
        let part = Part {
            weekdays: Some(vec![1..=5]),
            months: Some(vec![11..=12]),
            years: Some(vec![2026..=2027]),
            ..Part::default()
        };
        assert!(part.contains(at("2026-11-24T12:00:00Z")));
        assert!(!part.contains(at("2026-11-22T12:00:00Z")), "a Sunday");
        assert!(!part.contains(at("2026-10-27T12:00:00Z")));
        assert!(!part.contains(at("2025-11-24T12:00:00Z")));
        assert!(Part::default().contains(0));
        let empty = Part {
            weekdays: Some(Vec::new()),
            ..Part::default()
        };
        assert!(!empty.contains(0));
    }

    #[test]
    fn zones_have_their_own_clock_and_day() {
        let part = || Part {
            times: Some(vec![(0, 60)]),
            weekdays: Some(vec![1..=1]),
            ..Part::default()
        };
        let berlin = in_zone("Europe/Berlin", part());
        // In summer Berlin is two hours before UTC, in winter one.
        assert!(berlin.contains(at("2026-07-05T22:30:00Z")));
        assert!(!berlin.contains(at("2026-07-05T23:30:00Z")));
        assert!(berlin.contains(at("2026-11-22T23:30:00Z")));
        let sydney = in_zone("Australia/Sydney", part());
        assert!(sydney.contains(at("2026-11-22T13:30:00Z")));
    }
}
