//! Texts of time intervals: `monday:friday`, `-3:-1`, `09:00`.

use std::ops::RangeInclusive;

use jiff::tz::TimeZone;

use super::Location;
use crate::near::did_you_mean;

pub(crate) const WEEKDAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

pub(crate) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// What is wrong, and what may have been meant.
type Wrong = (String, Option<String>);

pub(crate) fn weekdays(text: &str) -> Result<RangeInclusive<i64>, Wrong> {
    let number = |name: &str| {
        let found = WEEKDAYS.iter().position(|day| *day == name);
        let found = found.and_then(|at| i64::try_from(at).ok());
        found.ok_or_else(|| {
            (
                format!("\"{name}\" is no weekday: use sunday to saturday"),
                did_you_mean(name, WEEKDAYS),
            )
        })
    };
    ordered(
        range(text, number)?,
        "the week begins on sunday: write two ranges",
    )
}

pub(crate) fn months(text: &str) -> Result<RangeInclusive<i64>, Wrong> {
    let number = |name: &str| {
        let found = MONTHS.iter().position(|month| *month == name);
        let found = found.and_then(|at| i64::try_from(at + 1).ok());
        let number = found.or_else(|| integer(name));
        number
            .filter(|number| (1..=12).contains(number))
            .ok_or_else(|| {
                (
                    format!("\"{name}\" is no month: use january to december, or 1 to 12"),
                    did_you_mean(name, MONTHS),
                )
            })
    };
    ordered(
        range(text, number)?,
        "the end is before the start: write two ranges",
    )
}

pub(crate) fn years(text: &str) -> Result<RangeInclusive<i64>, Wrong> {
    let number = |name: &str| integer(name).ok_or_else(|| (format!("\"{name}\" is no year"), None));
    ordered(range(text, number)?, "the end is before the start")
}

pub(crate) fn days_of_month(text: &str) -> Result<RangeInclusive<i64>, Wrong> {
    let number = |name: &str| {
        let number = integer(name);
        number
            .filter(|day| *day != 0 && (-31..=31).contains(day))
            .ok_or_else(|| {
                (
                    format!(
                        "\"{name}\" is no day of a month: use 1 to 31, or -1 to -31 from its end"
                    ),
                    None,
                )
            })
    };
    let range = range(text, number)?;
    let (start, end) = (*range.start(), *range.end());
    if start < 0 && end > 0 {
        return Err((
            "the end must be negative too where the start is".to_owned(),
            None,
        ));
    }
    // In the shortest month, of which more is not known here.
    let in_february = |day: i64| if day < 0 { 28 + day } else { day };
    if in_february(start) > in_february(end) {
        return Err(("the end is always before the start".to_owned(), None));
    }
    Ok(range)
}

/// Minutes since midnight.
pub(crate) fn time(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |text: &str| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<i64>().ok())?
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let is_time = (hours < 24 && minutes < 60) || (hours == 24 && minutes == 0);
    is_time.then_some(hours * 60 + minutes)
}

/// A zone of the tz database, `UTC`, or `Local`, which is this machine's. The database is part of the program, for machines without.
pub(crate) fn zone(name: &str) -> Result<Location, Wrong> {
    let zone = match name {
        "" | "UTC" => TimeZone::UTC,
        "Local" => TimeZone::system(),
        _ => {
            let found = TimeZone::get(name).ok();
            let found = found.or_else(|| jiff::tz::TimeZoneDatabase::bundled().get(name).ok());
            let Some(zone) = found else {
                return Err((
                    format!("there is no time zone \"{name}\""),
                    Some("use a name such as Europe/Berlin, UTC or Local".to_owned()),
                ));
            };
            // Alertmanager looks for a file of that name.
            match zone.iana_name() {
                Some(known) if known != name => {
                    return Err((
                        format!("there is no time zone \"{name}\""),
                        Some(format!("did you mean \"{known}\"?")),
                    ));
                }
                _ => zone,
            }
        }
    };
    Ok(Location {
        name: name.to_owned(),
        zone,
    })
}

fn range(
    text: &str,
    number: impl Fn(&str) -> Result<i64, Wrong>,
) -> Result<RangeInclusive<i64>, Wrong> {
    let text = text.to_lowercase();
    match text.split_once(':') {
        Some((_, end)) if end.contains(':') => {
            Err((format!("\"{text}\" is no range: write start:end"), None))
        }
        Some((start, end)) => Ok(number(start)?..=number(end)?),
        None => {
            let number = number(&text)?;
            Ok(number..=number)
        }
    }
}

fn ordered(range: RangeInclusive<i64>, otherwise: &str) -> Result<RangeInclusive<i64>, Wrong> {
    if range.start() > range.end() {
        return Err((otherwise.to_owned(), None));
    }
    Ok(range)
}

/// A number with or without a sign, as Go reads one.
fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}
