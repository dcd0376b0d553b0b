//! What came back.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::redact::Redaction;
use super::retry_after::retry_after;
use crate::notify::notifier::NotifyError;

/// An answer, of any status; a whole one after 2xx.
#[derive(Debug)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// 64 KiB at most.
    pub(crate) body: Vec<u8>,
    pub(super) redaction: Redaction,
}

impl HttpAnswer {
    /// For how long the receiver asks not to be called.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers, &self.body)
    }

    /// The beginning of the body as one line for an error text, without secrets and control characters.
    pub(crate) fn excerpt(&self) -> String {
        self.redaction.clean(&String::from_utf8_lossy(&self.body))
    }

    /// The answer where it is 2xx, else what the status means.
    pub(crate) fn into_success(self) -> Result<Self, NotifyError> {
        match self.status {
            200..=299 => Ok(self),
            _ => Err(self.error()),
        }
    }

    /// The error that the status means, whatever it is. For services that say no with another status.
    pub(crate) fn error(&self) -> NotifyError {
        let status = self.status;
        let excerpt = self.excerpt();
        let message = match excerpt.as_str() {
            "" => format!("answered {status}"),
            _ => format!("answered {status}: {excerpt}"),
        };
        let error = match status {
            429 => NotifyError::temporary("rate_limited", message),
            408 | 425 => NotifyError::temporary("timeout", message),
            500..=599 => NotifyError::temporary("server_error", message),
            401 | 403 | 407 => return NotifyError::permanent("auth", message),
            300..=399 => {
                let message = format!("answered {status}: a redirect that is not followed");
                return NotifyError::permanent("client_error", message);
            }
            400..=499 => return NotifyError::permanent("client_error", message),
            _ => return NotifyError::permanent("other", message),
        };
        match self.retry_after() {
            Some(wait) => error.with_retry_after(wait),
            None => error,
        }
    }
}
