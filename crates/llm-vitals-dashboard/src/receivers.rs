//! Those whom alerts are sent to, as they are shown.

use serde::Serialize;

use crate::time;

/// A receiver of alerts, by one way of sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiverRow {
    receiver: String,
    integration: String,
    state: ReceiverState,
    #[serde(serialize_with = "time::serialize")]
    last_success: Option<i64>,
    last_error: Option<String>,
    queued: Option<u64>,
    sent: Option<u64>,
    failed: Option<u64>,
}

/// How sending goes.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiverState {
    /// The last message arrived.
    Ok,
    /// A message has failed and is tried again.
    Retrying,
    /// Messages do not arrive.
    Failing,
    /// Nothing was sent yet.
    Unused,
}

impl ReceiverRow {
    /// A receiver of this name, by an integration such as `slack`.
    #[must_use]
    pub fn new(
        receiver: impl Into<String>,
        integration: impl Into<String>,
        state: ReceiverState,
    ) -> Self {
        Self {
            receiver: receiver.into(),
            integration: integration.into(),
            state,
            last_success: None,
            last_error: None,
            queued: None,
            sent: None,
            failed: None,
        }
    }

    /// When a message last arrived, in milliseconds since 1970.
    #[must_use]
    pub fn with_last_success(mut self, at_ms: i64) -> Self {
        self.last_success = Some(at_ms);
        self
    }

    /// Why a message did not arrive, as [`redact`](crate::redact) gives it.
    #[must_use]
    pub fn with_last_error(mut self, error: &str) -> Self {
        self.last_error = Some(crate::redact(error));
        self
    }

    /// How many messages wait.
    #[must_use]
    pub fn with_queued(mut self, messages: u64) -> Self {
        self.queued = Some(messages);
        self
    }

    /// How many messages arrived and how many were given up.
    #[must_use]
    pub fn with_counts(mut self, sent: u64, failed: u64) -> Self {
        self.sent = Some(sent);
        self.failed = Some(failed);
        self
    }
}
