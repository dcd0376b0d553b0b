//! The kinds of failure.

use std::fmt;

/// Why a call failed, in as many kinds as one acts on differently.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ErrorKind {
    /// The provider refused because of its rate (429).
    RateLimited,
    /// Something took too long: to connect, to answer, or between two chunks.
    Timeout,
    /// No connection: refused, no such host, TLS.
    Connect,
    /// The key is wrong or may not do this (401, 403).
    Auth,
    /// The account has no credit left (402, `insufficient_quota`).
    Quota,
    /// The provider does not understand or accept the request (other 4xx).
    InvalidRequest,
    /// The prompt is too long for the model.
    ContextLength,
    /// A safety filter refused the prompt or the answer.
    ContentFilter,
    /// The provider, or a layer before it, is too busy (503, 529, load shed).
    Overloaded,
    /// The provider failed (other 5xx).
    Server,
    /// The answer is not what the protocol says.
    Decode,
    /// The answer broke off before its end.
    StreamInterrupted,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::RateLimited,
        Self::Timeout,
        Self::Connect,
        Self::Auth,
        Self::Quota,
        Self::InvalidRequest,
        Self::ContextLength,
        Self::ContentFilter,
        Self::Overloaded,
        Self::Server,
        Self::Decode,
        Self::StreamInterrupted,
        Self::Other,
    ];

    /// The value of the label `error_type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RateLimited => "rate_limited",
            Self::Timeout => "timeout",
            Self::Connect => "connect",
            Self::Auth => "auth",
            Self::Quota => "quota",
            Self::InvalidRequest => "invalid_request",
            Self::ContextLength => "context_length",
            Self::ContentFilter => "content_filter",
            Self::Overloaded => "overloaded",
            Self::Server => "server",
            Self::Decode => "decode",
            Self::StreamInterrupted => "stream_interrupted",
            Self::Other => "other",
        }
    }

    /// Whether the same request may succeed when it is sent again, to the same provider or to another.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimited
                | Self::Timeout
                | Self::Connect
                | Self::Overloaded
                | Self::Server
                | Self::StreamInterrupted
        )
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
