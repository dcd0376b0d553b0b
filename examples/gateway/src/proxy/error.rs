//! Why a request that was passed on got no answer.

use llm_vitals_provider::{ErrorKind, ProviderError};

/// The error of a request that got no head.
pub(super) fn broken(error: reqwest::Error) -> ProviderError {
    let (kind, message) = if error.is_timeout() {
        (
            ErrorKind::Timeout,
            "no answer in time: try again, or raise timeouts.attempt and timeouts.idle",
        )
    } else if error.is_connect() {
        (
            ErrorKind::Connect,
            "no connection: is the base URL right, and the server up?",
        )
    } else if error.is_builder() {
        (
            ErrorKind::InvalidRequest,
            "the request cannot be sent as it is",
        )
    } else {
        (
            ErrorKind::StreamInterrupted,
            "the connection broke: the request may be tried again",
        )
    };
    // The URL may hold what the base URL held.
    ProviderError::new(kind, message).with_source(error.without_url())
}
