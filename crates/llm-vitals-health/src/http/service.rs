//! The answers as a service.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use tower_service::Service;

use crate::health::Health;
use crate::http::accept::Form;
use crate::http::access::Access;
use crate::http::page::{Page, Question};

/// The answers of a [`Health`] as a service: `/health`, `/health/live`, `/health/ready`, `/health/startup`.
///
/// Only the last part of the path counts, so that it can be nested anywhere. An answer has status 200 or 503; it is JSON, or
/// `application/health+json` or `text/plain` by `Accept`, and `?verbose` is text as well. Nothing is run, and whoever asks often
/// costs no more than the answer. Put no rate limit and no authentication before it: how much a caller sees is up to
/// [`with_access`](Self::with_access).
///
/// ```
/// use http::Request;
/// use llm_vitals_health::Health;
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (health, _runner) = Health::builder().build()?;
/// let request = Request::get("/health/live").body(())?;
/// let response = health.service().call(request).await?;
/// assert_eq!((response.status().as_u16(), response.body().as_str()), (200, r#"{"status":"ok"}"#));
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct HealthService {
    health: Health,
    access: Option<Arc<dyn Fn(&Parts) -> Access + Send + Sync>>,
}

impl Health {
    /// The answers as a service, in which everybody sees only statuses.
    #[must_use]
    pub fn service(&self) -> HealthService {
        HealthService {
            health: self.clone(),
            access: None,
        }
    }
}

impl HealthService {
    /// Decides by the request how much its answer shows; the status alone unless set. It runs for every request: it must not
    /// block.
    #[must_use]
    pub fn with_access(
        mut self,
        access: impl Fn(&Parts) -> Access + Send + Sync + 'static,
    ) -> Self {
        self.access = Some(Arc::new(access));
        self
    }

    /// The paths `/health`, `/health/live`, `/health/ready` and `/health/startup` as an axum router.
    #[cfg(feature = "axum")]
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        [
            "/health",
            "/health/live",
            "/health/ready",
            "/health/startup",
        ]
        .into_iter()
        .fold(axum::Router::new(), |router, path| {
            router.route_service(path, self.clone())
        })
    }

    fn answer(&self, parts: &Parts) -> Response<String> {
        let Some(question) = Question::of(parts.uri.path()) else {
            return plain(StatusCode::NOT_FOUND);
        };
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
            let allowed = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, allowed);
            return response;
        }
        let access = self
            .access
            .as_ref()
            .map_or(Access::Status, |access| access(parts));
        let page = Page::of(&self.health, question, access);
        let form = if is_verbose(parts.uri.query().unwrap_or_default()) {
            Form::Text
        } else {
            let accept = parts.headers.get(ACCEPT);
            Form::of(
                accept
                    .and_then(|accept| accept.to_str().ok())
                    .unwrap_or_default(),
            )
        };
        let mut response = plain(if page.passes {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        });
        let content_type = HeaderValue::from_static(form.content_type());
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        if parts.method == Method::GET {
            *response.body_mut() = page.body(form);
        }
        response
    }
}

impl<B> Service<Request<B>> for HealthService {
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Ready<Result<Response<String>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, _) = request.into_parts();
        ready(Ok(self.answer(&parts)))
    }
}

impl fmt::Debug for HealthService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthService").finish_non_exhaustive()
    }
}

fn plain(status: StatusCode) -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = status;
    // A status that a cache keeps is a wrong one.
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_verbose(query: &str) -> bool {
    query
        .split('&')
        .any(|part| part == "verbose" || part.starts_with("verbose="))
}
