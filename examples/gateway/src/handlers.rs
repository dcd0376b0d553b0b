//! The paths that the gateway answers.

mod answer;
mod health;
mod management;
mod models;
mod openai;
mod proxy;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use http::{Method, StatusCode, Uri};

use crate::app::App;
use crate::openai_error::ApiError;

pub(crate) use self::health::keep_checking;

/// The paths of the models.
pub(crate) fn api(app: &Arc<App>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(openai::chat))
        .route("/v1/completions", post(openai::text))
        .route("/v1/embeddings", post(openai::embed))
        .route("/v1/models", get(models::list))
        .route("/v1/models/{*id}", get(models::one))
        .route("/proxy/{*path}", any(proxy::pass))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .with_state(Arc::clone(app))
}

/// The paths of the measurements and the probes.
pub(crate) fn management(app: &Arc<App>) -> Router {
    Router::new()
        .route("/", get(management::index))
        .route("/metrics", get(management::metrics))
        .route("/stats", get(management::stats))
        .route("/health", get(health::health))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/health/startup", get(health::startup))
        .with_state(Arc::clone(app))
}

/// The measurements alone, for a listener of their own.
pub(crate) fn management_only(app: &Arc<App>) -> Router {
    management(app)
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
}

async fn no_such_path(uri: Uri) -> Response {
    let path: String = uri.path().chars().take(80).collect();
    ApiError::not_found(format!(
        "there is no path {path}: GET / lists what there is"
    ))
    .into_response()
}

async fn no_such_method(method: Method, uri: Uri) -> Response {
    let path: String = uri.path().chars().take(80).collect();
    let message = format!("{path} does not take {method}: GET / lists what there is");
    ApiError::invalid(StatusCode::METHOD_NOT_ALLOWED, message)
        .with_code("method_not_allowed")
        .into_response()
}
