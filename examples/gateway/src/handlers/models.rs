//! The models that can be asked for.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::answer;
use crate::app::App;
use crate::openai_error::ApiError;

pub(super) async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    if let Err(refusal) = app
        .access
        .client(request.method(), request.uri(), request.headers())
    {
        return refusal.into_response();
    }
    answer::json(&json!({"object": "list", "data": app.upstreams.routing.models()}))
}

pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    if let Err(refusal) = app
        .access
        .client(request.method(), request.uri(), request.headers())
    {
        return refusal.into_response();
    }
    let routing = &app.upstreams.routing;
    match routing.models().into_iter().find(|model| model.id == id) {
        Some(model) => answer::json(&model),
        None => ApiError::from(&routing.unknown(&id)).into_response(),
    }
}
