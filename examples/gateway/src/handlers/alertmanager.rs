//! Alertmanager's API: alerts and silences.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::Method;
use llm_vitals_alert::notify::{AlertmanagerApi, Notifications};
use tower::ServiceExt as _;

use crate::app::App;
use crate::body::too_slow;

type Api = AlertmanagerApi<Notifications>;

/// For those who may see the measurements: what can be changed here is who is told.
pub(super) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let api = Api::new(app.notifications.clone());
    Router::new()
        .route("/api/v2/{*path}", any(answer))
        .with_state((Arc::clone(app), api))
}

async fn answer(State((app, api)): State<(Arc<App>, Api)>, request: Request) -> Response {
    let (uri, headers) = (request.uri(), request.headers());
    // A page can make a browser send a DELETE to another host only after asking, and has nothing to send with it.
    let may_ask = match request.method() {
        &Method::DELETE => app.management.reading(uri, headers),
        method => app.management.management(method, uri, headers),
    };
    if let Err(refusal) = may_ask {
        return refusal.into_response();
    }
    // All that takes time is the request's body.
    let time = app.timeouts.body.0;
    match tokio::time::timeout(time, api.oneshot(request)).await {
        Ok(Ok(response)) => response.into_response(),
        Ok(Err(never)) => match never {},
        Err(_) => too_slow(time).into_response(),
    }
}
