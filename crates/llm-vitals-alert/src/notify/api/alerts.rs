//! Alerts and their groups.

use std::collections::BTreeMap;

use llm_vitals_promql::{Labels, Matcher};
use serde::Serialize;

use super::access::DispatcherAccess;
use super::answer::Answer;
use super::query::Query;
use super::time::format;
use crate::notify::dispatcher::{Dispatcher, SeenAlert, SeenState};
use crate::notify::matchers::all_match;

/// Whom it is told.
#[derive(Serialize)]
pub(super) struct Name<'n> {
    pub(super) name: &'n str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    annotations: &'a BTreeMap<String, String>,
    ends_at: String,
    fingerprint: &'a str,
    receivers: Vec<Name<'a>>,
    starts_at: String,
    status: Status<'a>,
    updated_at: String,
    #[serde(rename = "generatorURL", skip_serializing_if = "str::is_empty")]
    generator_url: &'a str,
    labels: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    inhibited_by: &'a [String],
    muted_by: &'a [String],
    silenced_by: &'a [String],
    state: &'static str,
}

#[derive(Serialize)]
struct Group<'a> {
    alerts: Vec<Shown<'a>>,
    labels: BTreeMap<&'a str, &'a str>,
    receiver: Name<'a>,
}

/// Which alerts are asked for.
struct Filter {
    matchers: Vec<Matcher>,
    receiver: Option<Matcher>,
    is_active: bool,
    is_silenced: bool,
    is_inhibited: bool,
    is_muted: bool,
}

pub(super) fn list(
    dispatcher: &impl DispatcherAccess,
    query: &Query,
    now: i64,
) -> Result<Answer, Answer> {
    let filter = Filter::of(query)?;
    let (alerts, timeout) =
        dispatcher.look(|dispatcher| (dispatcher.alerts(now), timeout(dispatcher)));
    let receives = |alert: &SeenAlert| {
        let mut receivers = alert.receivers.iter();
        filter
            .receiver
            .as_ref()
            .is_none_or(|wanted| receivers.any(|name| wanted.matches(name)))
    };
    let wanted = alerts
        .iter()
        .filter(|alert| receives(alert) && filter.takes(alert));
    let shown: Vec<Shown<'_>> = wanted.map(|alert| shown(alert, now, timeout)).collect();
    Ok(Answer::json(&shown))
}

pub(super) fn groups(
    dispatcher: &impl DispatcherAccess,
    query: &Query,
    now: i64,
) -> Result<Answer, Answer> {
    let filter = Filter::of(query)?;
    let (groups, timeout) =
        dispatcher.look(|dispatcher| (dispatcher.groups(now), timeout(dispatcher)));
    let mut answer = Vec::new();
    for group in &groups {
        let is_wanted = filter
            .receiver
            .as_ref()
            .is_none_or(|wanted| wanted.matches(&group.receiver));
        let alerts = group
            .alerts
            .iter()
            .filter(|alert| is_wanted && filter.takes(alert));
        let mut alerts: Vec<Shown<'_>> = alerts.map(|alert| shown(alert, now, timeout)).collect();
        if alerts.is_empty() {
            continue;
        }
        for alert in &mut alerts {
            // Alertmanager counts the groups that are asked for.
            let receives = |name: &Name<'_>| {
                let wanted = filter.receiver.as_ref();
                wanted.is_none_or(|wanted| wanted.matches(name.name))
            };
            alert.receivers.retain(receives);
            alert.receivers.sort_by_key(|receiver| receiver.name);
        }
        answer.push(Group {
            alerts,
            labels: pairs(&group.labels),
            receiver: Name {
                name: &group.receiver,
            },
        });
    }
    Ok(Answer::json(&answer))
}

impl Filter {
    fn of(query: &Query) -> Result<Self, Answer> {
        Ok(Self {
            matchers: query.filter()?,
            receiver: query.receiver()?,
            is_active: query.is_on("active"),
            is_silenced: query.is_on("silenced"),
            is_inhibited: query.is_on("inhibited"),
            is_muted: query.is_on("muted"),
        })
    }

    fn takes(&self, alert: &SeenAlert) -> bool {
        (self.is_active || alert.state != SeenState::Active)
            && (self.is_silenced || alert.silenced_by.is_empty())
            && (self.is_inhibited || alert.inhibited_by.is_empty())
            && (self.is_muted || alert.muted_by.is_empty())
            && all_match(&self.matchers, &alert.labels)
    }
}

/// After which an alert that nobody posts again would be over.
fn timeout(dispatcher: &Dispatcher) -> i64 {
    i64::try_from(dispatcher.config().resolve_timeout.as_millis()).unwrap_or(i64::MAX)
}

fn shown(alert: &SeenAlert, now: i64, timeout: i64) -> Shown<'_> {
    Shown {
        annotations: &alert.annotations,
        // The API has no word for an alert that fires until it is said to be over: it looks like one that was posted now.
        ends_at: format(alert.ends_at.unwrap_or(now.saturating_add(timeout))),
        fingerprint: &alert.fingerprint,
        receivers: alert.receivers.iter().map(|name| Name { name }).collect(),
        starts_at: format(alert.starts_at),
        status: Status {
            inhibited_by: &alert.inhibited_by,
            muted_by: &alert.muted_by,
            silenced_by: &alert.silenced_by,
            state: alert.state.as_str(),
        },
        updated_at: format(alert.updated_at),
        generator_url: &alert.generator_url,
        labels: pairs(&alert.labels),
    }
}

fn pairs(labels: &Labels) -> BTreeMap<&str, &str> {
    labels.iter().collect()
}
