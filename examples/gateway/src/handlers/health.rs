//! Whether the providers would answer, and whether the gateway does.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer;
use crate::app::App;
use crate::config::Checks;
use crate::jitter::between;
use crate::lifecycle::Lifecycle;
use crate::upstream::{Upstream, Upstreams};

/// `{"status": "ok", "providers": {"openai": true}}`. The status is `unknown` until every provider was checked once, then
/// `degraded` when some providers would not answer and `down` when none would. The providers are shown to those who may see
/// the measurements; one that was not checked yet is `false`.
pub(super) async fn health(State(app): State<Arc<App>>, request: Request) -> Response {
    let upstreams = &app.upstreams.list;
    // Asked first: what a first round finds while this goes on is not taken for all of it.
    let is_known = app.lifecycle.is_started();
    let healthy = upstreams
        .iter()
        .filter(|upstream| upstream.is_healthy())
        .count();
    let status = match healthy {
        _ if !is_known => "unknown",
        all if all == upstreams.len() => "ok",
        0 => "down",
        _ => "degraded",
    };
    let mut health = json!({ "status": status });
    if app
        .management
        .management(request.method(), request.uri(), request.headers())
        .is_ok()
    {
        let providers: Map<String, Value> = upstreams
            .iter()
            .map(|upstream| (upstream.name.clone(), upstream.is_healthy().into()))
            .collect();
        health["providers"] = providers.into();
    }
    answer::json(&health)
}

/// The process answers.
pub(super) async fn live() -> Response {
    probe(true, "live")
}

/// Requests may be sent here.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Response {
    if app.lifecycle.is_draining() {
        probe(false, "draining")
    } else {
        probe(true, "ready")
    }
}

/// Every provider has been checked once, whatever the check found.
pub(super) async fn startup(State(app): State<Arc<App>>) -> Response {
    if app.lifecycle.is_started() {
        probe(true, "started")
    } else {
        probe(false, "starting")
    }
}

fn probe(passes: bool, status: &str) -> Response {
    let code = if passes {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (code, answer::json(&json!({ "status": status }))).into_response()
}

/// Checks every provider at once, and again and again after that.
pub(crate) async fn keep_checking(
    upstreams: Arc<Upstreams>,
    options: Checks,
    lifecycle: Lifecycle,
) {
    loop {
        join_all(
            upstreams
                .list
                .iter()
                .map(|upstream| check(upstream, options.timeout.0)),
        )
        .await;
        lifecycle.set_started();
        // A fifth more or less, so that many gateways do not check at once.
        let interval = options.interval.0;
        tokio::time::sleep(between(interval * 4 / 5, interval * 6 / 5)).await;
    }
}

async fn check(upstream: &Upstream, time: Duration) {
    let result = tokio::time::timeout(time, upstream.provider.check()).await;
    let was_healthy = upstream.set_healthy(matches!(result, Ok(Ok(()))));
    let provider = &upstream.name;
    match result {
        Ok(Ok(())) if !was_healthy => tracing::info!(provider, "would answer"),
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(provider, "would not answer: {error}"),
        Err(_) => tracing::warn!(
            provider,
            "would not answer: the check took longer than {time:?}"
        ),
    }
}
