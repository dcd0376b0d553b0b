//! Parts of time intervals.

use std::ops::RangeInclusive;

use super::yaml::Writer;
use crate::notify::time_interval::Part;
use crate::notify::time_interval::ranges::{MONTHS, WEEKDAYS};

pub(super) fn write(writer: &mut Writer, part: &Part) {
    if let Some(times) = &part.times {
        if times.is_empty() {
            writer.field("times", "[]");
        } else {
            writer.field("times", "");
        }
        for (start, end) in times {
            writer.item(|writer| {
                writer.text("start_time", &clock(*start));
                writer.text("end_time", &clock(*end));
            });
        }
    }
    let name_in = |names: &'static [&'static str], first: i64| {
        move |number: i64| {
            let at = usize::try_from(number - first).ok();
            let name = at.and_then(|at| names.get(at)).copied();
            name.map_or_else(|| number.to_string(), str::to_owned)
        }
    };
    ranges(
        writer,
        "weekdays",
        part.weekdays.as_deref(),
        name_in(&WEEKDAYS, 0),
    );
    ranges(
        writer,
        "days_of_month",
        part.days_of_month.as_deref(),
        |day| day.to_string(),
    );
    ranges(
        writer,
        "months",
        part.months.as_deref(),
        name_in(&MONTHS, 1),
    );
    ranges(writer, "years", part.years.as_deref(), |year| {
        year.to_string()
    });
    if let Some(location) = &part.location {
        writer.text("location", &location.name);
    }
}

fn ranges(
    writer: &mut Writer,
    name: &str,
    ranges: Option<&[RangeInclusive<i64>]>,
    shown: impl Fn(i64) -> String,
) {
    let Some(ranges) = ranges else { return };
    let range = |range: &RangeInclusive<i64>| {
        if range.start() == range.end() {
            shown(*range.start())
        } else {
            format!("{}:{}", shown(*range.start()), shown(*range.end()))
        }
    };
    writer.list(name, ranges.iter().map(range));
}

fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
