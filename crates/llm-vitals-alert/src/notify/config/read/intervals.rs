//! `time_intervals:` and the older `mute_time_intervals:`.

use std::ops::RangeInclusive;

use super::values::Values;
use crate::fields::Fields;
use crate::notify::time_interval::ranges::{days_of_month, months, time, weekdays, years, zone};
use crate::notify::time_interval::{Location, Part, TimeInterval};

const FIELDS: &[&str] = &[
    "times",
    "weekdays",
    "days_of_month",
    "months",
    "years",
    "location",
];

type Read = fn(&str) -> Result<RangeInclusive<i64>, (String, Option<String>)>;

pub(super) fn read(values: &mut Values<'_>, root: Fields<'_>) -> Vec<TimeInterval> {
    let mut intervals: Vec<TimeInterval> = Vec::new();
    for list in ["mute_time_intervals", "time_intervals"] {
        for yaml in values.reader.list(root, list) {
            let allowed = ["name", "time_intervals"];
            let Some(fields) = values.reader.fields(yaml, "a time interval", &allowed) else {
                continue;
            };
            let name = values.reader.required(fields, "a time interval", "name");
            let parts = read_parts(values, fields, "time_intervals");
            let Some(name) = name else { continue };
            if intervals.iter().any(|other| other.name == name.text) {
                let message = format!("there are two time intervals \"{}\"", name.text);
                values.reader.wrong(name.at, name.text.len(), message);
            }
            if parts.is_empty() {
                let message = format!("the time interval \"{}\" holds no time at all", name.text);
                values.warn(name.at, name.text.len(), message, None);
            }
            intervals.push(TimeInterval {
                name: name.text.to_owned(),
                parts,
            });
        }
    }
    intervals
}

/// The parts of an interval, any of which may hold a moment.
pub(in crate::notify::config) fn read_parts(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    name: &str,
) -> Vec<Part> {
    let mut parts = Vec::new();
    for yaml in values.reader.list(fields, name) {
        if let Some(fields) = values
            .reader
            .fields(yaml, "a part of a time interval", FIELDS)
        {
            parts.push(Part {
                times: times(values, fields),
                weekdays: ranges(values, fields, "weekdays", weekdays),
                days_of_month: ranges(values, fields, "days_of_month", days_of_month),
                months: ranges(values, fields, "months", months),
                years: ranges(values, fields, "years", years),
                location: location(values, fields),
            });
        }
    }
    parts
}

fn times(values: &mut Values<'_>, fields: Fields<'_>) -> Option<Vec<(i64, i64)>> {
    fields.get("times")?;
    let mut times = Vec::new();
    for yaml in values.reader.list(fields, "times") {
        let allowed = ["start_time", "end_time"];
        let Some(fields) = values.reader.fields(yaml, "a range of times", &allowed) else {
            continue;
        };
        let start = time_of(values, fields, "start_time");
        let end = time_of(values, fields, "end_time");
        let (Some(start), Some(end)) = (start, end) else {
            continue;
        };
        if start >= end {
            values.reader.wrong_with(
                fields.at,
                1,
                "the start is not before the end",
                Some("write two ranges for one over midnight".to_owned()),
            );
        }
        times.push((start, end));
    }
    Some(times)
}

/// Minutes since midnight, which must be there.
pub(in crate::notify::config) fn time_of(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    name: &str,
) -> Option<i64> {
    let text = values.reader.required(fields, "a range of times", name)?;
    let minutes = time(text.text);
    if minutes.is_none() {
        let message = format!("\"{name}\" is a time such as 09:00, up to 24:00");
        values.reader.wrong(text.at, text.text.len(), message);
    }
    minutes
}

pub(in crate::notify::config) fn ranges(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    name: &str,
    read: Read,
) -> Option<Vec<RangeInclusive<i64>>> {
    fields.get(name)?;
    let mut ranges = Vec::new();
    for text in values.texts(fields, name) {
        match read(text.text) {
            Ok(range) => ranges.push(range),
            Err((message, suggestion)) => {
                values
                    .reader
                    .wrong_with(text.at, text.text.len(), message, suggestion);
            }
        }
    }
    Some(ranges)
}

pub(in crate::notify::config) fn location(
    values: &mut Values<'_>,
    fields: Fields<'_>,
) -> Option<Location> {
    let text = values.reader.text(fields, "location")?;
    match zone(text.text) {
        Ok(location) => Some(location),
        Err((message, suggestion)) => {
            values
                .reader
                .wrong_with(text.at, text.text.len(), message, suggestion);
            None
        }
    }
}
