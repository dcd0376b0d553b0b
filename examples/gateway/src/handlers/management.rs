//! The measurements.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{ACCEPT, CONTENT_TYPE};
use llm_vitals_redis::{CacheMetrics, RedisMetrics};
use llm_vitals_tower::Snapshot;
use serde::Serialize;

use super::answer;
use crate::app::App;
use crate::openai_error::ApiError;

/// For those who take no page.
pub(super) const INDEX: &str = "\
llm-vitals gateway

GET  /                      the dashboard, in a browser
POST /v1/chat/completions   plain, or streamed with \"stream\": true
POST /v1/completions        plain text
POST /v1/embeddings
GET  /v1/models             every model, by its name and as provider/model
ANY  /proxy/PROVIDER/PATH   any other path of a provider, passed on as it is and measured
GET  /metrics               for Prometheus
GET  /stats                 requests, latencies and tokens as JSON
GET  /api/v1/...            queries, rules and alerts, as Prometheus has them
ANY  /api/v2/...            alerts and silences, as Alertmanager has them: for amtool
GET  /health                which providers answer
GET  /health/live, /health/ready, /health/startup
";

/// What is told of the calls, and of Redis where there is one.
#[derive(Serialize)]
struct Stats {
    #[serde(flatten)]
    calls: Snapshot,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache: Option<CacheMetrics>,
}

pub(super) async fn metrics(State(app): State<Arc<App>>, request: Request) -> Response {
    if let Err(refusal) =
        app.management
            .management(request.method(), request.uri(), request.headers())
    {
        return refusal.into_response();
    }
    let accept = request
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let exposition = app.exposition.clone();
    let render = move |accept: Option<&str>| exposition.respond(accept);
    let rendered = app.page.get(accept, render).await;
    match rendered {
        Ok((kind, text)) => {
            let mut response = Response::new(Body::from(text));
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            response
        }
        Err(error) => {
            tracing::error!("rendering the metrics failed: {error}");
            ApiError::internal("the metrics could not be rendered").into_response()
        }
    }
}

pub(super) async fn stats(State(app): State<Arc<App>>, request: Request) -> Response {
    if let Err(refusal) =
        app.management
            .management(request.method(), request.uri(), request.headers())
    {
        return refusal.into_response();
    }
    answer::json(&Stats {
        calls: app.metrics.snapshot(),
        cache: app.redis.as_ref().map(RedisMetrics::cache_metrics),
    })
}
