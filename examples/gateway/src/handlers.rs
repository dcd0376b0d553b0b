//! The paths that the gateway answers.

mod alertmanager;
mod answer;
mod dashboard;
mod health;
mod management;
mod models;
mod openai;
mod proxy;
mod runbooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use http::header::ALLOW;
use http::{Method, StatusCode, Uri};

use crate::app::App;
use crate::openai_error::ApiError;

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
        .route("/metrics", get(management::metrics))
        .route("/stats", get(management::stats))
        .merge(dashboard::router(app))
        .merge(alertmanager::router(app))
        .route("/runbooks/{name}", get(runbooks::runbook))
        .merge(health::router(app).layer(middleware::from_fn(shaped)))
        .method_not_allowed_fallback(no_such_method)
        .with_state(Arc::clone(app))
}

/// The measurements alone, for a listener of their own.
pub(crate) fn management_only(app: &Arc<App>) -> Router {
    management(app).fallback(no_such_path)
}

async fn no_such_path(uri: Uri) -> Response {
    let path: String = uri.path().chars().take(80).collect();
    ApiError::not_found(format!(
        "there is no path {path}: GET / lists what there is"
    ))
    .into_response()
}

/// Gives a refusal of the method that says nothing the shape of all others.
async fn shaped(request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = next.run(request).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let mut shaped = no_such_method(method, uri).await;
        if let Some(allow) = response.headers().get(ALLOW) {
            shaped.headers_mut().insert(ALLOW, allow.clone());
        }
        return shaped;
    }
    response
}

async fn no_such_method(method: Method, uri: Uri) -> Response {
    let path: String = uri.path().chars().take(80).collect();
    let message = format!("{path} does not take {method}: GET / lists what there is");
    ApiError::invalid(StatusCode::METHOD_NOT_ALLOWED, message)
        .with_code("method_not_allowed")
        .into_response()
}
