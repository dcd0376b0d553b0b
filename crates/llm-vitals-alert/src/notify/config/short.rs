//! The short form: `notify:`.

use std::ops::RangeInclusive;
use std::time::Duration;

use llm_vitals_promql::{MatchOp, Matcher};

use self::ways::Ways;
use super::read::values::Values;
use super::{Config, InhibitRule, Integration, Receiver, Route};
use crate::fields::Fields;
use crate::notify::matchers::{list, matcher};

mod quiet;
mod ways;

const TOP: &[&str] = &[
    "alertmanager",
    "heartbeat",
    "critical",
    "warning",
    "repeat",
    "quiet",
];

/// The labels that say what an alert is about: a critical one hides lesser ones in which they are the same.
const SAME: [&str; 5] = ["alertname", "provider", "cache", "node", "slo"];
const CRITICAL: &str = "critical|page";
const WARNING: &str = "warning|ticket";
/// All that a critical alert can hide.
const LESSER: &str = "warning|ticket|info";

const GROUP_WAIT: Duration = Duration::from_secs(30);
const GROUP_INTERVAL: Duration = Duration::from_secs(300);
const CRITICAL_REPEAT: Duration = Duration::from_secs(4 * 3600);
const REPEAT: Duration = Duration::from_secs(24 * 3600);
/// A push to Alertmanagers is no message: they must hear of each alert soon. The notifier itself pushes each minute again.
const PUSH_INTERVAL: Duration = Duration::from_secs(15);

/// `None` only where a problem was found.
pub(super) fn read(values: &mut Values<'_>, root: Fields<'_>) -> Option<Config> {
    let yaml = root.get("notify")?;
    let mut allowed = ways::FIELDS.to_vec();
    allowed.extend(TOP);
    let fields = values.reader.fields(yaml, "\"notify\"", &allowed)?;
    let all = ways::read(values, fields);
    let push = ways::push(values, fields);
    let heartbeat = ways::heartbeat(values, fields);
    let repeat = repeat(values, fields);
    let critical = severity(values, fields, "critical");
    let warning = severity(values, fields, "warning");
    let quiet = quiet::read(values, fields);

    let is_told = [&all, &critical.ways, &warning.ways]
        .iter()
        .any(|ways| !ways.is_empty());
    if !is_told && push.is_none() {
        let message = "\"notify\" says nobody to tell: it needs one of slack, pagerduty, email, webhook, msteams, alertmanager";
        values.reader.wrong(fields.at, 1, message);
        return None;
    }
    let rest = if all.is_empty() {
        warning.ways.clone()
    } else {
        all.clone()
    };
    if rest.is_empty() && is_told {
        let message = "alerts that are not critical are told to nobody";
        let suggestion = "name somebody beside \"critical\"".to_owned();
        values.warn(fields.at, 1, message, Some(suggestion));
    }
    let muted: Vec<String> = quiet.iter().map(|_| quiet::NAME.to_owned()).collect();
    let mut routes = Vec::new();
    if push.is_some() {
        routes.push(Route {
            group_by: Some(Vec::new()),
            group_wait: Duration::ZERO,
            group_interval: PUSH_INTERVAL,
            is_continued: true,
            ..route("alertmanager", Vec::new())
        });
    }
    routes.push(Route {
        group_by: Some(vec!["alertname".to_owned(), "provider".to_owned()]),
        repeat_interval: critical.repeat.or(repeat).unwrap_or(CRITICAL_REPEAT),
        ..route("critical", severity_is(CRITICAL))
    });
    let everybody_else = repeat.unwrap_or(REPEAT);
    routes.push(Route {
        repeat_interval: warning.repeat.unwrap_or(everybody_else),
        mute_time_intervals: muted.clone(),
        ..route("warning", severity_is(WARNING))
    });
    if !muted.is_empty() {
        routes.push(Route {
            repeat_interval: everybody_else,
            mute_time_intervals: muted,
            ..route("default", Vec::new())
        });
    }
    let receiver = |name: &str, integrations: Vec<Integration>| Receiver {
        name: name.to_owned(),
        integrations,
    };
    let mut receivers = vec![
        receiver("default", rest),
        receiver("critical", together(&all, critical.ways)),
        receiver("warning", together(&all, warning.ways)),
    ];
    receivers.extend(push.map(|push| receiver("alertmanager", vec![push])));
    receivers.extend(heartbeat.map(|heartbeat| receiver("heartbeat", vec![heartbeat])));
    Some(Config {
        route: Route {
            key: "{}".to_owned(),
            repeat_interval: everybody_else,
            routes,
            ..route("default", Vec::new())
        },
        receivers,
        inhibit_rules: vec![InhibitRule {
            source_matchers: severity_is(CRITICAL),
            target_matchers: severity_is(LESSER),
            equal: SAME.map(str::to_owned).to_vec(),
        }],
        time_intervals: quiet.into_iter().collect(),
        resolve_timeout: Duration::from_secs(300),
        templates: Vec::new(),
        warnings: Vec::new(),
    })
}

/// Alerts of one severity.
#[derive(Default)]
struct Severity {
    ways: Ways,
    repeat: Option<Duration>,
}

fn severity(values: &mut Values<'_>, fields: Fields<'_>, name: &str) -> Severity {
    let Some(yaml) = fields.get(name) else {
        return Severity::default();
    };
    let mut allowed = ways::FIELDS.to_vec();
    allowed.push("repeat");
    let Some(fields) = values.reader.fields(yaml, &format!("\"{name}\""), &allowed) else {
        return Severity::default();
    };
    Severity {
        ways: ways::read(values, fields),
        repeat: repeat(values, fields),
    }
}

fn repeat(values: &mut Values<'_>, fields: Fields<'_>) -> Option<Duration> {
    let repeat = values.duration(fields, "repeat")?;
    if repeat.is_zero() {
        let at = fields.key_at("repeat");
        values
            .reader
            .wrong(at, "repeat".len(), "\"repeat\" cannot be zero");
    }
    Some(repeat)
}

fn together(all: &Ways, own: Ways) -> Ways {
    let mut ways = all.clone();
    ways.extend(own);
    ways
}

/// A route below the root. Alerts of one name are one message.
fn route(receiver: &str, matchers: Vec<Matcher>) -> Route {
    Route {
        key: format!("{{}}/{{{}}}", list(&matchers, ",")),
        receiver: receiver.to_owned(),
        matchers,
        group_by: Some(vec!["alertname".to_owned()]),
        group_wait: GROUP_WAIT,
        group_interval: GROUP_INTERVAL,
        repeat_interval: REPEAT,
        mute_time_intervals: Vec::new(),
        active_time_intervals: Vec::new(),
        is_continued: false,
        routes: Vec::new(),
    }
}

fn severity_is(values: &str) -> Vec<Matcher> {
    // Words with bars between are a valid expression.
    matcher("severity", MatchOp::Regex, values)
        .into_iter()
        .collect()
}

/// A range of minutes; over midnight it is two.
fn minutes(from: i64, to: i64) -> Vec<RangeInclusive<i64>> {
    if from < to {
        vec![from..=to]
    } else {
        vec![from..=24 * 60, 0..=to]
    }
}
