//! What is answered.

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use http::{Method, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

/// A status and a body.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    body: String,
    content_type: Option<&'static str>,
    allow: Option<String>,
}

impl Answer {
    /// 200 without a body.
    pub(super) fn done() -> Self {
        Self::status(StatusCode::OK)
    }

    /// A status without a body.
    pub(super) fn status(status: StatusCode) -> Self {
        Self {
            status,
            body: String::new(),
            content_type: None,
            allow: None,
        }
    }

    pub(super) fn plain(text: &str) -> Self {
        Self {
            body: text.to_owned(),
            content_type: Some("text/plain; charset=utf-8"),
            ..Self::done()
        }
    }

    pub(super) fn json(value: &impl Serialize) -> Self {
        Self::json_with(StatusCode::OK, value)
    }

    /// What a handler of Alertmanager says: a sentence in JSON.
    pub(super) fn refusal(status: u16, sentence: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        Self::json_with(status, &sentence.into())
    }

    /// What Alertmanager's framework says, with a code of its own.
    pub(super) fn error(status: u16, code: u16, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        Self::json_with(status, &json!({"code": code, "message": message.into()}))
    }

    /// A field that must be there is not.
    pub(super) fn missing(field: &str) -> Self {
        Self::error(422, 602, format!("{field} in body is required"))
    }

    pub(super) fn not_allowed(method: &Method, allowed: &[&str]) -> Self {
        let allowed = allowed.join(",");
        let message = format!("method {method} is not allowed, but [{allowed}] are");
        Self {
            allow: Some(allowed),
            ..Self::error(405, 405, message)
        }
    }

    fn json_with(status: StatusCode, value: &impl Serialize) -> Self {
        Self {
            // Texts and numbers can always be written.
            body: serde_json::to_string(value).unwrap_or_default(),
            content_type: Some("application/json"),
            ..Self::status(status)
        }
    }

    pub(super) fn into_response(self) -> Response<String> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Texts of alerts are in it: no browser may take it for a page.
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(content_type) = self.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Some(Ok(allow)) = self.allow.map(HeaderValue::try_from) {
            headers.insert(ALLOW, allow);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_says_that_its_type_is_not_to_be_guessed() {
        for answer in [
            Answer::done(),
            Answer::plain("OK"),
            Answer::json(&1),
            Answer::refusal(400, "<b>"),
        ] {
            let response = answer.into_response();
            assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        }
    }
}
