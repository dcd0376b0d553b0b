//! Alerts and rules, as Prometheus' API has them.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer;
use crate::alerts::Alerts;
use crate::app::App;
use crate::openai_error::ApiError;

pub(super) async fn alerts(State(app): State<Arc<App>>, request: Request) -> Response {
    shown(&app, request, "alerts", Alerts::alerts).await
}

pub(super) async fn rules(State(app): State<Arc<App>>, request: Request) -> Response {
    shown(&app, request, "groups", Alerts::rules).await
}

/// `list` is the name of the list that is empty where there are no rules.
async fn shown(
    app: &App,
    request: Request,
    list: &str,
    show: impl FnOnce(&Alerts) -> Value + Send + 'static,
) -> Response {
    let may_see = app
        .management
        .management(request.method(), request.uri(), request.headers());
    if let Err(refusal) = may_see {
        return refusal.into_response();
    }
    drop(request);
    let data = match app.alerts.clone() {
        // It may wait for an evaluation.
        Some(alerts) => tokio::task::spawn_blocking(move || show(&alerts)).await,
        None => Ok(json!({ list: [] })),
    };
    match data {
        Ok(data) => answer::json(&json!({ "status": "success", "data": data })),
        Err(error) => {
            tracing::error!("showing the alerts failed: {error}");
            ApiError::internal("the alerts could not be shown").into_response()
        }
    }
}
