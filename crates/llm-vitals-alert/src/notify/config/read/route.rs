//! `route:` — the tree.

use std::time::Duration;

use super::matching;
use super::values::Values;
use crate::fields::{Fields, Text};
use crate::near::did_you_mean;
use crate::notify::config::{Receiver, Route, Settings};
use crate::notify::matchers::list;
use crate::notify::time_interval::TimeInterval;

const FIELDS: &[&str] = &[
    "receiver",
    "group_by",
    "match",
    "match_re",
    "matchers",
    "mute_time_intervals",
    "active_time_intervals",
    "continue",
    "routes",
    "group_wait",
    "group_interval",
    "repeat_interval",
];

const MATCHERS: matching::Names = matching::Names {
    equal: "match",
    regex: "match_re",
    list: "matchers",
};

/// What routes can name.
pub(super) struct Names<'n> {
    /// With their places.
    pub(super) receivers: &'n [(Receiver, usize)],
    pub(super) intervals: &'n [TimeInterval],
}

/// `None` only where a problem was found.
pub(super) fn read_root(
    values: &mut Values<'_>,
    root: Fields<'_>,
    names: &Names<'_>,
) -> Option<Route> {
    let Some(yaml) = root.get("route") else {
        let message = "a configuration needs the field \"route\", or the short form \"notify\"";
        values.reader.wrong(root.at, 1, message);
        return None;
    };
    let fields = values.reader.fields(yaml, "a route", FIELDS)?;
    let route = read(values, fields, names, None);
    if fields.get("receiver").is_none() {
        let message = "the root of the tree needs the field \"receiver\"";
        values.reader.wrong(fields.at, 1, message);
    }
    if route.is_continued {
        let message = "the root of the tree has no siblings for \"continue\"";
        values.reader.wrong(fields.key_at("continue"), 8, message);
    }
    let mut refuse = |name: &str, is_there: bool, reason: &str| {
        if is_there {
            let message = format!("the root of the tree cannot have \"{name}\": {reason}");
            values.reader.wrong_with(
                fields.key_at(name),
                name.len(),
                message,
                Some(INSTEAD.to_owned()),
            );
        }
    };
    let has = |name: &str| fields.get(name).is_some();
    for name in ["match", "match_re", "matchers"] {
        let is_there = has(name) && !route.matchers.is_empty();
        refuse(name, is_there, "every alert must go somewhere");
    }
    let muted = [
        ("mute_time_intervals", route.mute_time_intervals.len()),
        ("active_time_intervals", route.active_time_intervals.len()),
    ];
    for (name, count) in muted {
        refuse(name, count > 0, "no alert may be lost without a word");
    }
    Some(route)
}

const INSTEAD: &str = "put it into a route below";

fn read(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    names: &Names<'_>,
    parent: Option<&Route>,
) -> Route {
    let matchers = matching::read(values, fields, &MATCHERS);
    let own_key = format!("{{{}}}", list(&matchers, ","));
    let inherited = |own: Option<Duration>, of_parent: fn(&Route) -> Duration, default: u64| {
        own.or(parent.map(of_parent))
            .unwrap_or(Duration::from_secs(default))
    };
    let group_by = group_by(values, fields);
    let mut route = Route {
        key: match parent {
            Some(parent) => format!("{}/{own_key}", parent.key),
            None => own_key,
        },
        receiver: receiver(values, fields, names, parent),
        matchers,
        group_by: group_by
            .or_else(|| parent.map(|parent| parent.group_by.clone()))
            .unwrap_or_else(|| Some(Vec::new())),
        group_wait: inherited(
            values.duration(fields, "group_wait"),
            |parent| parent.group_wait,
            30,
        ),
        group_interval: inherited(
            above_zero(values, fields, "group_interval"),
            |parent| parent.group_interval,
            300,
        ),
        repeat_interval: inherited(
            above_zero(values, fields, "repeat_interval"),
            |parent| parent.repeat_interval,
            4 * 3600,
        ),
        mute_time_intervals: intervals(values, fields, names, "mute_time_intervals"),
        active_time_intervals: intervals(values, fields, names, "active_time_intervals"),
        is_continued: values.switch(fields, "continue").unwrap_or(false),
        routes: Vec::new(),
    };
    let mut catches_all = false;
    for yaml in values.reader.list(fields, "routes") {
        if catches_all {
            let message = "no alert comes here: the route before has no conditions";
            values.warn(
                yaml.at,
                1,
                message,
                Some("write \"continue: true\" there".to_owned()),
            );
            catches_all = false;
        }
        if let Some(fields) = values.reader.fields(yaml, "a route", FIELDS) {
            let child = read(values, fields, names, Some(&route));
            catches_all = child.matchers.is_empty() && !child.is_continued;
            route.routes.push(child);
        }
    }
    route
}

fn receiver(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    names: &Names<'_>,
    parent: Option<&Route>,
) -> String {
    let of_parent = || {
        parent
            .map(|parent| parent.receiver.clone())
            .unwrap_or_default()
    };
    let Some(text) = values.reader.text(fields, "receiver") else {
        return of_parent();
    };
    if text.text.is_empty() {
        return of_parent();
    }
    let known = || {
        names
            .receivers
            .iter()
            .map(|(receiver, _)| receiver.name.as_str())
    };
    if !known().any(|name| name == text.text) {
        unknown(values, text, "receiver", known());
    }
    text.text.to_owned()
}

fn intervals(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    names: &Names<'_>,
    field: &str,
) -> Vec<String> {
    let texts = values.texts(fields, field);
    let known = || {
        names
            .intervals
            .iter()
            .map(|interval| interval.name.as_str())
    };
    for text in &texts {
        if !known().any(|name| name == text.text) {
            unknown(values, *text, "time interval", known());
        }
    }
    texts.into_iter().map(|text| text.text.to_owned()).collect()
}

fn unknown<'n>(
    values: &mut Values<'_>,
    text: Text<'_>,
    what: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) {
    let meant = did_you_mean(text.text, known.clone());
    let suggestion = meant.or_else(|| {
        let known: Vec<&str> = known.take(20).collect();
        (!known.is_empty()).then(|| format!("there are {}", known.join(", ")))
    });
    let message = format!("there is no {what} \"{}\"", text.text);
    values
        .reader
        .wrong_with(text.at, text.text.len(), message, suggestion);
}

/// `None` where the file says none, `Some(None)` for all labels.
#[expect(
    clippy::option_option,
    reason = "a route that says nothing is not one that says all"
)]
fn group_by(values: &mut Values<'_>, fields: Fields<'_>) -> Option<Option<Vec<String>>> {
    let texts = values.texts(fields, "group_by");
    let mut labels: Vec<String> = Vec::new();
    let mut is_all = None;
    for text in texts {
        if text.text == "..." {
            is_all = Some(text);
        } else if text.text.is_empty() {
            values
                .reader
                .wrong(text.at, 1, "an empty name in \"group_by\"");
        } else if labels.iter().any(|label| label == text.text) {
            let message = format!("\"{}\" is in \"group_by\" twice", text.text);
            values.reader.wrong(text.at, text.text.len(), message);
        } else {
            labels.push(text.text.to_owned());
        }
    }
    if let Some(all) = is_all {
        if !labels.is_empty() {
            let message = "\"...\" is all labels, and no other can stand beside it";
            values.reader.wrong(all.at, 3, message);
        }
        return Some(None);
    }
    // An empty list says nothing, as in Alertmanager.
    (!labels.is_empty()).then_some(Some(labels))
}

fn above_zero(values: &mut Values<'_>, fields: Fields<'_>, name: &str) -> Option<Duration> {
    let duration = values.duration(fields, name)?;
    if duration.is_zero() {
        let at = fields.get(name).map_or(fields.at, |yaml| yaml.at);
        values
            .reader
            .wrong(at, 1, format!("\"{name}\" cannot be zero"));
        return None;
    }
    Some(duration)
}

/// Receivers to which no route leads.
pub(super) fn warn_of_unused(values: &mut Values<'_>, root: &Route, names: &Names<'_>) {
    for (receiver, at) in names.receivers {
        let is_heartbeat = |settings: &Settings| matches!(settings, Settings::Heartbeat(_));
        let mut integrations = receiver.integrations.iter();
        let is_told = integrations.all(|integration| is_heartbeat(&integration.settings))
            && !receiver.integrations.is_empty();
        if !is_told && !leads_to(root, &receiver.name) {
            let message = format!("no route leads to the receiver \"{}\"", receiver.name);
            values.warn(*at, receiver.name.len(), message, None);
        }
    }
}

fn leads_to(route: &Route, receiver: &str) -> bool {
    route.receiver == receiver || route.routes.iter().any(|route| leads_to(route, receiver))
}
