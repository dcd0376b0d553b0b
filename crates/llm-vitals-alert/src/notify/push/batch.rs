//! One alert as `POST /api/v2/alerts` takes it.

use std::collections::BTreeMap;

use reqwest::Url;
use serde::Serialize;

use crate::notify::notification::NotifiedAlert;
use crate::notify::times::rfc3339;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Posted<'a> {
    labels: BTreeMap<&'a str, &'a str>,
    annotations: BTreeMap<&'a str, &'a str>,
    starts_at: String,
    ends_at: String,
    /// One that is no address is refused, and its whole request with it.
    #[serde(rename = "generatorURL", skip_serializing_if = "str::is_empty")]
    generator_url: &'a str,
}

impl<'a> Posted<'a> {
    pub(super) fn new(alert: &'a NotifiedAlert, fires_until: i64) -> Self {
        Self {
            labels: not_empty(&alert.labels),
            annotations: not_empty(&alert.annotations),
            starts_at: rfc3339(alert.starts_at),
            ends_at: rfc3339(alert.ends_at.unwrap_or(fires_until)),
            generator_url: if is_address(&alert.generator_url) {
                &alert.generator_url
            } else {
                ""
            },
        }
    }
}

/// A label with an empty value is one that is not there.
fn not_empty(set: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    set.iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn is_address(url: &str) -> bool {
    // The parser leaves line ends out, and an Alertmanager does not.
    let is_plain = !url.contains(|c: char| c.is_whitespace() || c.is_control());
    is_plain
        && Url::parse(url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
