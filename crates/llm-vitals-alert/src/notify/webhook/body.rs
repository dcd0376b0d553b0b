//! What is posted, with the fields in Alertmanager's order.

use std::collections::BTreeMap;

use llm_vitals_promql::Labels;
use serde::Serialize;

use crate::notify::fingerprint::{fingerprint, hex};
use crate::notify::notification::{Notification, NotifiedAlert};
use crate::notify::times::rfc3339;

/// The end of what has not ended.
const GO_ZERO_TIME: &str = "0001-01-01T00:00:00Z";

type Set<'a> = BTreeMap<&'a str, &'a str>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body<'a> {
    receiver: &'a str,
    status: &'static str,
    alerts: Vec<Alert<'a>>,
    group_labels: &'a BTreeMap<String, String>,
    common_labels: Set<'a>,
    common_annotations: Set<'a>,
    #[serde(rename = "externalURL")]
    external_url: &'a str,
    version: &'static str,
    group_key: &'a str,
    truncated_alerts: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Alert<'a> {
    status: &'static str,
    labels: &'a BTreeMap<String, String>,
    annotations: &'a BTreeMap<String, String>,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL")]
    generator_url: &'a str,
    fingerprint: String,
}

impl<'a> Body<'a> {
    /// With the first `max_alerts` alerts, or all of them for 0. What is common, and the status, are those of the alerts that are sent.
    pub(super) fn new(notification: &'a Notification, max_alerts: usize) -> Self {
        let all = notification.alerts.as_slice();
        let sent = match max_alerts {
            0 => all,
            _ => &all[..all.len().min(max_alerts)],
        };
        Self {
            receiver: &notification.receiver,
            status: status(sent.iter().all(|alert| alert.ends_at.is_some())),
            alerts: sent.iter().map(Alert::new).collect(),
            group_labels: &notification.group_labels,
            common_labels: common(sent, |alert| &alert.labels),
            common_annotations: common(sent, |alert| &alert.annotations),
            external_url: &notification.external_url,
            version: "4",
            group_key: &notification.group_key,
            truncated_alerts: all.len() - sent.len(),
        }
    }
}

impl<'a> Alert<'a> {
    fn new(alert: &'a NotifiedAlert) -> Self {
        Self {
            status: status(alert.ends_at.is_some()),
            labels: &alert.labels,
            annotations: &alert.annotations,
            starts_at: rfc3339(alert.starts_at),
            ends_at: alert
                .ends_at
                .map_or_else(|| GO_ZERO_TIME.to_owned(), rfc3339),
            generator_url: &alert.generator_url,
            fingerprint: hex(fingerprint(&Labels::new(&alert.labels))),
        }
    }
}

fn status(is_resolved: bool) -> &'static str {
    if is_resolved { "resolved" } else { "firing" }
}

fn common<'a>(
    alerts: &'a [NotifiedAlert],
    of: impl Fn(&'a NotifiedAlert) -> &'a BTreeMap<String, String>,
) -> Set<'a> {
    let Some((first, rest)) = alerts.split_first() else {
        return Set::new();
    };
    let is_common = |name: &str, value: &str| {
        rest.iter()
            .all(|alert| of(alert).get(name).is_some_and(|other| other == value))
    };
    of(first)
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, value)| is_common(name, value))
        .collect()
}
