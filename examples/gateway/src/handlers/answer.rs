//! Answers in JSON and as events.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use llm_vitals_provider::{ErrorKind, Head, ProviderError};
use serde::Serialize;

use crate::openai_error::{ApiError, in_words_of_the_file};
use crate::sse::SseBody;

/// Tells proxies on the way to pass each event on at once.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A whole answer.
pub(super) fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => {
            let mut response = Response::new(Body::from(body));
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(error) => failed(&ProviderError::from_boxed(error.into())),
    }
}

/// A streamed answer.
pub(super) fn events(body: SseBody) -> Response {
    let mut response = Response::new(Body::new(body));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(UNBUFFERED, HeaderValue::from_static("no"));
    response
}

/// Adds the provider's id of the request, for its support.
pub(super) fn with_id(mut response: Response, head: &Head) -> Response {
    let id = head
        .request_id
        .as_deref()
        .and_then(|id| HeaderValue::try_from(id).ok());
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// An error instead of an answer.
pub(super) fn failed(error: &ProviderError) -> Response {
    let shown = in_words_of_the_file(&error.to_string());
    // What clients do wrong must not fill the log.
    match error.kind() {
        ErrorKind::InvalidRequest | ErrorKind::ContextLength | ErrorKind::ContentFilter => {
            tracing::debug!("not answered: {shown}");
        }
        _ => tracing::warn!("not answered: {shown}"),
    }
    ApiError::from(error).into_response()
}

/// An error in the middle of an answer.
pub(super) fn broke_off(error: &ProviderError) {
    let shown = in_words_of_the_file(&error.to_string());
    tracing::warn!("an answer broke off: {shown}");
}
