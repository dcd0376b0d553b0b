//! Failures, as real providers send them.

use std::time::Duration;

use serde_json::json;

use crate::error::ProviderError;
use crate::kind::ErrorKind;

/// A failure. From an [`ErrorKind`] it gets the status, code and text that OpenAI sends with it.
///
/// ```
/// use std::time::Duration;
///
/// use llm_vitals_provider::ErrorKind;
/// use llm_vitals_provider::simulated::Fault;
///
/// let busy = Fault::from(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(20));
/// # let _ = busy;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    kind: ErrorKind,
    status: Option<u16>,
    code: Option<String>,
    message: String,
    retry_after: Option<Duration>,
    pub(crate) after: Option<Duration>,
}

impl From<ErrorKind> for Fault {
    fn from(kind: ErrorKind) -> Self {
        let (status, code, message) = match kind {
            ErrorKind::RateLimited => (429, "rate_limit_exceeded", "the rate limit is reached"),
            ErrorKind::Timeout => (504, "timeout", "the model took too long to answer"),
            ErrorKind::Connect => (0, "", "the connection was refused"),
            ErrorKind::Auth => (401, "invalid_api_key", "the key is wrong"),
            ErrorKind::Quota => (429, "insufficient_quota", "the account has no credit left"),
            ErrorKind::InvalidRequest => {
                (400, "invalid_request_error", "the request is not accepted")
            }
            ErrorKind::ContextLength => (
                400,
                "context_length_exceeded",
                "the prompt is longer than the model's context window",
            ),
            ErrorKind::ContentFilter => (
                400,
                "content_filter",
                "the prompt was refused by the content filter",
            ),
            ErrorKind::Overloaded => (503, "overloaded", "the model is overloaded"),
            ErrorKind::Server => (500, "server_error", "the server had an error"),
            ErrorKind::Decode => (0, "", "the answer is not JSON"),
            ErrorKind::StreamInterrupted => (0, "", "the connection broke off"),
            ErrorKind::Other => (0, "", "something failed"),
        };
        Self {
            kind,
            status: (status != 0).then_some(status),
            code: (!code.is_empty()).then(|| code.to_owned()),
            message: format!("simulated: {message}"),
            retry_after: (kind == ErrorKind::RateLimited).then_some(Duration::from_secs(1)),
            // A port that nobody listens on refuses at once.
            after: (kind == ErrorKind::Connect).then_some(Duration::ZERO),
        }
    }
}

impl Fault {
    /// Sets the HTTP status.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets the provider's code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets the provider's text.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Sets how long the provider asks to wait.
    #[must_use]
    pub const fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.retry_after = Some(retry_after);
        self
    }

    /// Sets how long the failure takes to show: a timeout of 30 seconds, say. Without it a refused connection shows at once
    /// and everything else after the model's latency of the head.
    #[must_use]
    pub const fn with_delay(mut self, delay: Duration) -> Self {
        self.after = Some(delay);
        self
    }

    /// The error of a request that is refused.
    pub(crate) fn refusal(&self, provider: &str, request_id: &str) -> ProviderError {
        let mut error = ProviderError::new(self.kind, &self.message).with_provider(provider);
        if let Some(status) = self.status {
            let body =
                json!({"error": {"message": self.message, "type": self.code, "code": self.code}});
            error = error
                .with_status(status)
                .with_request_id(request_id)
                .with_body(body.to_string().as_bytes());
        }
        if let Some(code) = &self.code {
            error = error.with_code(code);
        }
        if let Some(retry_after) = self.retry_after {
            error = error.with_retry_after(retry_after);
        }
        error
    }

    /// The error of a stream that has begun: its status was 200.
    pub(crate) fn in_stream(&self, provider: &str) -> ProviderError {
        let error = ProviderError::new(self.kind, &self.message).with_provider(provider);
        match &self.code {
            Some(code) => error.with_code(code),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::classify;

    #[test]
    fn a_client_would_read_the_same_kind_from_the_wire() {
        let mut with_status = 0;
        for kind in ErrorKind::ALL {
            let error = Fault::from(kind).refusal("sim", "r");
            assert_eq!(error.kind(), kind);
            if let (Some(status), Some(body)) = (error.status(), error.body()) {
                assert_eq!(classify(Some(status), body.as_bytes()).kind, kind);
                with_status += 1;
            }
        }
        assert_eq!(with_status, 9);
    }

    #[test]
    fn an_error_in_a_stream_has_no_status() {
        let fault = Fault::from(ErrorKind::Overloaded).with_status(529);
        assert_eq!(fault.refusal("sim", "r").status(), Some(529));
        let error = fault.in_stream("sim");
        assert_eq!((error.status(), error.code()), (None, Some("overloaded")));
    }
}
