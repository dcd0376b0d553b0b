//! What to do when a rule in the binary fires.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};

use crate::openai_error::ApiError;
use crate::runbooks;

/// For everybody: it is part of the documentation.
pub(super) async fn runbook(Path(name): Path<String>) -> Response {
    match runbooks::text(&name) {
        Some(text) => {
            let headers = [
                (CONTENT_TYPE, "text/plain; charset=utf-8"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, text).into_response()
        }
        None => ApiError::not_found("there is no such runbook").into_response(),
    }
}
