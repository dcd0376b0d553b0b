//! What is answered instead of data.

use http::StatusCode;

/// An error in the words of Prometheus' API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    kind: ProblemKind,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// The request is wrong.
    BadData,
    /// The body is too long.
    TooLong,
    /// The expression cannot be evaluated over this data.
    Execution,
    Timeout,
    /// The client has gone.
    Canceled,
    NotFound,
    MethodNotAllowed,
    Unauthorized,
    Unavailable,
    Internal,
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn bad_data(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::BadData, message)
    }

    pub(crate) fn parameter(name: &str, message: impl AsRef<str>) -> Self {
        let message = message.as_ref();
        Self::bad_data(format!("invalid parameter \"{name}\": {message}"))
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self.kind {
            ProblemKind::BadData => StatusCode::BAD_REQUEST,
            ProblemKind::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            ProblemKind::Execution => StatusCode::UNPROCESSABLE_ENTITY,
            ProblemKind::Timeout | ProblemKind::Canceled | ProblemKind::Unavailable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            ProblemKind::NotFound => StatusCode::NOT_FOUND,
            ProblemKind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            ProblemKind::Unauthorized => StatusCode::UNAUTHORIZED,
            ProblemKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(crate) fn error_type(&self) -> &'static str {
        match self.kind {
            ProblemKind::BadData | ProblemKind::TooLong | ProblemKind::MethodNotAllowed => {
                "bad_data"
            }
            ProblemKind::Execution => "execution",
            ProblemKind::Timeout => "timeout",
            ProblemKind::Canceled => "canceled",
            ProblemKind::NotFound => "not_found",
            ProblemKind::Unauthorized => "unauthorized",
            ProblemKind::Unavailable => "unavailable",
            ProblemKind::Internal => "internal",
        }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}
