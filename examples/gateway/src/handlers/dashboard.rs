//! The dashboard, and Prometheus' API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::HeaderValue;
use http::header::{ACCEPT, VARY};
use llm_vitals_dashboard::Dashboard;
use tower::ServiceExt as _;

use super::management::INDEX;
use crate::app::App;
use crate::body::too_slow;

/// The page holds no data, so everybody may have it; what it asks for is for those who may see the measurements.
pub(super) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let page = ["/app.js", "/app.css", "/icon.svg", "/graph"];
    let router = Router::new()
        .route("/", get(page_or_index))
        .route("/api/v1/{*path}", any(data))
        .route("/api/dashboard", get(data))
        .with_state(Arc::clone(app));
    page.into_iter().fold(router, |router, path| {
        router.route_service(path, app.dashboard.clone())
    })
}

/// A list of the paths for those who take no page, such as curl.
async fn page_or_index(State(app): State<Arc<App>>, request: Request) -> Response {
    let takes_page = |accept: &HeaderValue| {
        let accept = accept.to_str().unwrap_or_default();
        accept.contains("text/html")
    };
    if request.headers().get_all(ACCEPT).iter().any(takes_page) {
        return answer(app.dashboard.clone(), request).await;
    }
    ([(VARY, "accept")], INDEX).into_response()
}

async fn data(State(app): State<Arc<App>>, request: Request) -> Response {
    if let Err(refusal) = app.management.reading(request.uri(), request.headers()) {
        return refusal.into_response();
    }
    // A query has a time of its own; this is for the request's body.
    let time = app.timeouts.body.0;
    match tokio::time::timeout(time, answer(app.dashboard.clone(), request)).await {
        Ok(response) => response,
        Err(_) => too_slow(time).into_response(),
    }
}

async fn answer(dashboard: Dashboard, request: Request) -> Response {
    match dashboard.oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}
