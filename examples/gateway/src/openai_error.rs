//! Errors in OpenAI's shape: `{"error": {"message", "type", "param", "code"}}`.

use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use llm_vitals_provider::{ErrorKind, ProviderError};
use serde_json::{Value, json};

/// The code of an error that says that there is no such model.
pub(crate) const MODEL_NOT_FOUND: &str = "model_not_found";

/// The longest message that a client is sent.
const LONGEST_MESSAGE: usize = 2_000;

/// An error as a client sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: String,
    kind: &'static str,
    param: Option<&'static str>,
    code: Option<&'static str>,
    retry_after: Option<Duration>,
}

impl ApiError {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            kind,
            param: None,
            code: None,
            retry_after: None,
        }
    }

    /// The client's request cannot be served as it is.
    pub(crate) fn invalid(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, "invalid_request_error", message)
    }

    /// The client has no valid key.
    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        Self::invalid(StatusCode::UNAUTHORIZED, message).with_code("invalid_api_key")
    }

    /// No such path.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::invalid(StatusCode::NOT_FOUND, message).with_code("not_found")
    }

    /// Something is wrong with the gateway itself.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message).with_code("internal")
    }

    /// The body is longer than allowed.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message =
            format!("the request is longer than {limit} bytes: send less, or raise limits.body");
        Self::invalid(StatusCode::PAYLOAD_TOO_LARGE, message).with_code("request_too_large")
    }

    /// The body ended before its end.
    pub(crate) fn broken_off() -> Self {
        Self::invalid(StatusCode::BAD_REQUEST, "the request's body broke off")
    }

    pub(crate) const fn with_code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    pub(crate) const fn with_param(mut self, param: &'static str) -> Self {
        self.param = Some(param);
        self
    }

    #[cfg(test)]
    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// The JSON body.
    pub(crate) fn to_json(&self) -> Value {
        let message: String = self.message.chars().take(LONGEST_MESSAGE).collect();
        json!({"error": {"message": message, "type": self.kind, "param": self.param, "code": self.code}})
    }
}

impl From<&ProviderError> for ApiError {
    fn from(error: &ProviderError) -> Self {
        let (status, kind, code) = shape(error);
        let message = in_words_of_the_file(error.message());
        let message = match error.provider() {
            Some(provider) => format!("{provider}: {message}"),
            None => message,
        };
        let mut shaped = Self::new(status, kind, message).with_code(code);
        if code == MODEL_NOT_FOUND {
            shaped = shaped.with_param("model");
        }
        if error.kind() == ErrorKind::Overloaded {
            shaped.retry_after = Some(error.retry_after().unwrap_or(Duration::from_secs(1)));
        } else {
            shaped.retry_after = error.retry_after();
        }
        shaped
    }
}

/// A text of the providers' library, whose options have other names in the gateway's file.
pub(crate) fn in_words_of_the_file(text: &str) -> String {
    let mut text = text.to_owned();
    for (option, words) in [
        (
            "see HttpOptions::with_idle_timeout",
            "try again, or raise timeouts.idle",
        ),
        (
            "see HttpOptions::with_first_byte_timeout",
            "try again, or raise timeouts.attempt",
        ),
        (
            "see HttpOptions::with_connect_timeout",
            "is the server up? Else raise timeouts.connect",
        ),
        (
            "a timeout of the HTTP client given with HttpOptions::with_http_client",
            "no answer in time: try again, or raise timeouts.attempt and timeouts.idle",
        ),
        (
            "see HttpOptions::with_max_event",
            "no field of the configuration raises this",
        ),
        (
            "see HttpOptions::with_max_answer",
            "no field of the configuration raises this",
        ),
    ] {
        if text.contains(option) {
            text = text.replace(option, words);
        }
    }
    text
}

/// The status, type and code of an error. What is wrong with the gateway's own account at a provider (its key, its
/// credit) is not the client's fault, so that it is no 401 or 402 here.
fn shape(error: &ProviderError) -> (StatusCode, &'static str, &'static str) {
    match error.kind() {
        ErrorKind::RateLimited => (
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_error",
            "rate_limit_exceeded",
        ),
        ErrorKind::Quota => (
            StatusCode::TOO_MANY_REQUESTS,
            "insufficient_quota",
            "insufficient_quota",
        ),
        ErrorKind::InvalidRequest => {
            let status = error
                .status()
                .and_then(|status| StatusCode::from_u16(status).ok());
            let status = status
                .filter(StatusCode::is_client_error)
                .unwrap_or(StatusCode::BAD_REQUEST);
            let code = match error.code() {
                Some(MODEL_NOT_FOUND) => MODEL_NOT_FOUND,
                _ => "invalid_request",
            };
            (status, "invalid_request_error", code)
        }
        ErrorKind::ContextLength => (
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            "context_length_exceeded",
        ),
        ErrorKind::ContentFilter => (
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            "content_filter",
        ),
        ErrorKind::Timeout => (
            StatusCode::GATEWAY_TIMEOUT,
            "upstream_error",
            "upstream_timeout",
        ),
        ErrorKind::Overloaded => (
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded_error",
            "overloaded",
        ),
        ErrorKind::Auth => (StatusCode::BAD_GATEWAY, "upstream_error", "upstream_auth"),
        ErrorKind::Connect => (
            StatusCode::BAD_GATEWAY,
            "upstream_error",
            "upstream_connect",
        ),
        ErrorKind::Server => (StatusCode::BAD_GATEWAY, "upstream_error", "upstream_server"),
        ErrorKind::Decode => (StatusCode::BAD_GATEWAY, "upstream_error", "upstream_decode"),
        ErrorKind::StreamInterrupted => (
            StatusCode::BAD_GATEWAY,
            "upstream_error",
            "upstream_stream_interrupted",
        ),
        _ => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "internal",
        ),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.to_json().to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(wait) = self.retry_after {
            // Whole seconds, and never sooner than asked.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_openais_shape() {
        let error = ProviderError::new(ErrorKind::RateLimited, "too many requests")
            .with_provider("openai")
            .with_retry_after(Duration::from_millis(1_500));
        let shaped = ApiError::from(&error);
        assert_eq!(
            shaped.to_json().to_string(),
            r#"{"error":{"message":"openai: too many requests","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}"#
        );
        let response = shaped.into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "2");
    }

    #[test]
    fn a_message_names_the_field_and_not_the_librarys_option() {
        let text = "the answer stood still for 3s: see HttpOptions::with_idle_timeout";
        let error = ProviderError::new(ErrorKind::Timeout, text);
        assert_eq!(
            ApiError::from(&error).to_json()["error"]["message"],
            "the answer stood still for 3s: try again, or raise timeouts.idle"
        );
    }

    #[test]
    fn every_kind_has_a_status() {
        let status = |kind| {
            ApiError::from(&ProviderError::new(kind, "x").with_status(422))
                .status()
                .as_u16()
        };
        let statuses: Vec<_> = ErrorKind::ALL
            .into_iter()
            .map(|kind| (kind.as_str(), status(kind)))
            .collect();
        assert_eq!(
            statuses,
            [
                ("rate_limited", 429),
                ("timeout", 504),
                ("connect", 502),
                ("auth", 502),
                ("quota", 429),
                ("invalid_request", 422),
                ("context_length", 400),
                ("content_filter", 400),
                ("overloaded", 503),
                ("server", 502),
                ("decode", 502),
                ("stream_interrupted", 502),
                ("other", 500),
            ]
        );
    }
}
