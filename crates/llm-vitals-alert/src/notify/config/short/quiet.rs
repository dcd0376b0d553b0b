//! `quiet:` — when only critical alerts are told.

use super::super::read::values::Values;
use super::super::read::{location, ranges, time_of};
use super::minutes;
use crate::fields::Fields;
use crate::notify::time_interval::ranges::weekdays;
use crate::notify::time_interval::{Part, TimeInterval};
use crate::yaml::{Yaml, YamlValue};

/// What the interval is called.
pub(super) const NAME: &str = "quiet";

pub(super) fn read(values: &mut Values<'_>, fields: Fields<'_>) -> Option<TimeInterval> {
    let yaml = fields.get("quiet")?;
    let mut parts = Vec::new();
    match &yaml.value {
        YamlValue::List(items) => items
            .iter()
            .for_each(|item| parts.extend(part(values, item))),
        _ => parts.extend(part(values, yaml)),
    }
    Some(TimeInterval {
        name: NAME.to_owned(),
        parts,
    })
}

fn part(values: &mut Values<'_>, yaml: &Yaml) -> Option<Part> {
    let allowed = ["from", "to", "weekdays", "location"];
    let fields = values.reader.fields(yaml, "\"quiet\"", &allowed)?;
    let is_there = |name: &str| fields.get(name).is_some();
    let times = if is_there("from") || is_there("to") {
        let from = time_of(values, fields, "from");
        let to = time_of(values, fields, "to");
        let ranges = from
            .zip(to)
            .map(|(from, to)| minutes(from, to))
            .unwrap_or_default();
        let ranges = ranges.iter().map(|range| (*range.start(), *range.end()));
        Some(ranges.filter(|(from, to)| from < to).collect())
    } else {
        None
    };
    let weekdays = ranges(values, fields, "weekdays", weekdays);
    if times.is_none() && weekdays.is_none() {
        values.reader.wrong(
            fields.at,
            1,
            "\"quiet\" needs \"from\" and \"to\", or \"weekdays\"",
        );
    }
    Some(Part {
        times,
        weekdays,
        location: location(values, fields),
        ..Part::default()
    })
}
