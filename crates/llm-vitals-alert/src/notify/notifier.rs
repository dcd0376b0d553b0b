//! What sends a notification.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::notification::Notification;

/// Sends notifications to one place: a channel, a mailbox, a pager.
///
/// It tries once; when to try again is the queue's business. Dropping the future gives the attempt up: whether the message has arrived is
/// then not known, and it is sent again with the same dedup key.
#[async_trait]
pub trait Notifier: Send + Sync {
    /// The kind of place, such as `slack`: a label of the metrics.
    fn integration(&self) -> &'static str;

    /// Sends it. `previous` is what the last delivery for the same group gave back, if there was one.
    async fn notify(
        &self,
        notification: &Notification,
        previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError>;

    /// Finds out whether a notification could be sent, without sending one: whether the address is a possible one and answers, and the key
    /// is accepted where the service has a way to ask.
    async fn check(&self) -> Result<(), NotifyError>;

    /// How often it wants to be told what still fires, for a place that else takes it to be over: an Alertmanager. `None`, the default, is
    /// never.
    fn resend_every(&self) -> Option<Duration> {
        None
    }
}

/// What a receiver gives back for a message, kept until the group is resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "notifiers of applications make it"
)]
pub struct Receipt {
    /// What the next message of the group answers to, such as Slack's `ts`; its form is the integration's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

/// Why a notification was not delivered. It holds no secret: texts from outside are cut and cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifyError {
    pub(crate) is_temporary: bool,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

impl NotifyError {
    /// It may work later: no connection, a timeout, 408, 425, 429, 5xx. `reason` is a label of the metrics, one of `connect`, `timeout`,
    /// `rate_limited`, `server_error`, `client_error`, `auth`, `invalid`, `other`.
    #[must_use]
    pub fn temporary(reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            is_temporary: true,
            retry_after: None,
            reason,
            message: message.into(),
        }
    }

    /// It will not work until somebody changes something: a wrong key, a channel that is gone, a message that is refused.
    #[must_use]
    pub fn permanent(reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            is_temporary: false,
            ..Self::temporary(reason, message)
        }
    }

    /// The time for which the receiver asked not to be called.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Whether it may work later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.is_temporary
    }

    /// For how long the receiver asked not to be called.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The kind of failure, as a label of the metrics.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for NotifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NotifyError {}
