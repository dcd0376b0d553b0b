//! Health checks as they are shown.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::time;

/// A health check and its last result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckRow {
    name: String,
    kind: Option<String>,
    group: Option<String>,
    state: CheckState,
    #[serde(serialize_with = "time::serialize")]
    since: Option<i64>,
    #[serde(serialize_with = "time::serialize")]
    last_run: Option<i64>,
    #[serde(rename = "durationSeconds", serialize_with = "seconds")]
    duration: Option<Duration>,
    message: Option<String>,
    tags: BTreeMap<String, String>,
}

/// What a check is at.
#[expect(missing_docs, reason = "each is its name")]
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckState {
    Up,
    Degraded,
    Down,
    Unknown,
}

impl CheckRow {
    /// A check of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, state: CheckState) -> Self {
        Self {
            name: name.into(),
            kind: None,
            group: None,
            state,
            since: None,
            last_run: None,
            duration: None,
            message: None,
            tags: BTreeMap::new(),
        }
    }

    /// What it is for, such as `readiness`.
    #[must_use]
    pub fn with_kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// With which others it is shown, such as `providers`.
    #[must_use]
    pub fn with_group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Since when it is at its state, in milliseconds since 1970.
    #[must_use]
    pub fn with_since(mut self, since_ms: i64) -> Self {
        self.since = Some(since_ms);
        self
    }

    /// When it ran last, in milliseconds since 1970, and how long that took.
    #[must_use]
    pub fn with_last_run(mut self, at_ms: i64, took: Duration) -> Self {
        self.last_run = Some(at_ms);
        self.duration = Some(took);
        self
    }

    /// What there is to say. It is shown as it is: hand in no secrets.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// More that is known of it.
    #[must_use]
    pub fn with_tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(name.into(), value.into());
        self
    }
}

fn seconds<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    duration
        .map(|duration| duration.as_secs_f64())
        .serialize(serializer)
}
