//! `/proxy/PROVIDER/PATH`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};

use super::answer::failed;
use crate::app::App;
use crate::body;
use crate::near::near;
use crate::openai_error::ApiError;
use crate::upload::{Broken, UntilBreak, Upload};

pub(super) async fn pass(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let refusal = app
        .access
        .client(&head.method, &head.uri, &head.headers)
        .err();
    let limit = app.limits.body.0;
    let refusal = refusal
        .or_else(|| is_refused(&head.method).then(|| no_such_method(&head.method)))
        .or_else(|| body::is_too_long(&head.headers, limit).then(|| ApiError::too_large(limit)));
    if let Some(refusal) = refusal {
        body::discard(body, limit).await;
        return refusal.into_response();
    }
    // The path as it was sent: what is quoted in it stays quoted.
    let target = head.uri.path_and_query().map_or("", |path| path.as_str());
    let target = target.strip_prefix("/proxy/").unwrap_or_default();
    let end = target.find(['/', '?']).unwrap_or(target.len());
    let (name, path) = target.split_at(end);
    let routing = &app.upstreams.routing;
    let Some(provider) = routing.provider(name) else {
        let shown: String = name.chars().take(64).collect();
        let message = match near(name, routing.provider_names()).first() {
            Some(known) => format!("there is no provider `{shown}`: did you mean `{known}`?"),
            None => format!("there is no provider `{shown}`: write /proxy/PROVIDER/PATH"),
        };
        return ApiError::not_found(message).into_response();
    };
    let Some(proxy) = &app.upstreams.list[provider].proxy else {
        let message = "a simulated provider has no paths of its own: use those under /v1";
        return ApiError::not_found(message).into_response();
    };
    let mut upload = Upload::new(body, limit);
    let mut broken = upload.broken();
    let request = match proxy.request(head.method, path, head.headers, upload) {
        Ok(request) => request,
        Err(error) => return failed(&error),
    };
    // Dropped before its end, the request counts as cancelled everywhere.
    let passed = tokio::select! {
        biased;
        how = &mut broken => Err(how),
        passed = proxy.pass(request) => Ok(passed),
    };
    match passed {
        Ok(Ok(response)) => response.map(|body| Body::new(UntilBreak::new(body, broken))),
        Ok(Err(error)) => failed(&error),
        Err(Broken::Client) => ApiError::broken_off().into_response(),
        Err(Broken::TooLong(rest)) => {
            body::discard(rest, limit).await;
            ApiError::too_large(limit).into_response()
        }
    }
}

/// `TRACE` asks for what was sent, the provider's key with it, and `CONNECT` for a way to somewhere else.
fn is_refused(method: &Method) -> bool {
    matches!(*method, Method::TRACE | Method::CONNECT)
}

fn no_such_method(method: &Method) -> ApiError {
    let message = format!("{method} is not passed on: use the methods of the provider's API");
    ApiError::invalid(StatusCode::METHOD_NOT_ALLOWED, message).with_code("method_not_allowed")
}
