//! `/health` and the probes under it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::request::Parts;
use llm_vitals_health::{Access, Group, HealthService};
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

use super::answer;
use crate::app::App;
use crate::health::{PROVIDERS, REDIS};

/// The paths, answered by the registry of the checks.
pub(super) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let service = service(app);
    let probes = ["/health/live", "/health/ready", "/health/startup"];
    let router = Router::new()
        .route("/health", get(health))
        .with_state((Arc::clone(app), service.clone()));
    probes.into_iter().fold(router, |router, path| {
        router.route_service(path, service.clone())
    })
}

fn service(app: &Arc<App>) -> HealthService {
    let seen = Arc::clone(app);
    app.health
        .service()
        .with_access(move |head| access(&seen, head))
}

/// Details are for the management token; without one, whoever may see the measurements sees names.
fn access(app: &App, head: &Parts) -> Access {
    let may_see = app
        .management
        .management(&head.method, &head.uri, &head.headers);
    match may_see {
        Err(_) => Access::Status,
        Ok(()) if app.has_token => Access::Details,
        Ok(()) => Access::Summary,
    }
}

/// The status is `unknown` until every provider was checked once, though one may already be known.
async fn health(
    State((app, service)): State<(Arc<App>, HealthService)>,
    request: Request,
) -> Response {
    if app.health.passes(Group::Startup) {
        return match service.oneshot(request).await {
            Ok(response) => response.into_response(),
            Err(never) => match never {},
        };
    }
    let (head, _) = request.into_parts();
    let mut health = json!({ "status": "unknown" });
    if access(&app, &head) > Access::Status {
        let checks = app.health.checks();
        let providers: Map<String, Value> = checks
            .iter()
            .filter(|check| check.set.as_deref() == Some(PROVIDERS))
            .map(|check| (check.name.to_string(), check.status.is_serving().into()))
            .collect();
        health[PROVIDERS] = providers.into();
        let redis = checks
            .iter()
            .find(|check| check.set.is_none() && *check.name == *REDIS);
        if let Some(redis) = redis {
            health[REDIS] = redis.status.is_serving().into();
        }
    }
    answer::json(&health)
}
