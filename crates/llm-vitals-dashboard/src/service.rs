//! Requests in, responses out.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use tower_service::Service;

use crate::api::{Answer, Endpoint};
use crate::dashboard::{Dashboard, Settings};
use crate::json;
use crate::overview::Overview;
use crate::page::{File, protect};
use crate::parameters::Parameters;
use crate::problem::{Problem, ProblemKind};
use crate::route::Route;
use crate::work::lock;

/// The response of a [`Dashboard`], when it is there. Dropped before, it stops the query.
pub struct ResponseFuture(Pin<Box<dyn Future<Output = Response<Full<Bytes>>> + Send>>);

impl<B> Service<Request<B>> for Dashboard
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let settings = Arc::clone(&self.settings);
        ResponseFuture(Box::pin(respond(settings, request)))
    }
}

impl Future for ResponseFuture {
    type Output = Result<Response<Full<Bytes>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context).map(Ok)
    }
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

async fn respond<B>(settings: Arc<Settings>, request: Request<B>) -> Response<Full<Bytes>>
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let route = Route::of(&parts, &settings.prefix, settings.has_page);
    if matches!(route, Route::Dashboard | Route::Api(_) | Route::UnknownApi)
        && let Some(token) = &settings.token
        && !token.is_in(&parts.headers)
    {
        return unauthorized();
    }
    match route {
        Route::Elsewhere(location) => redirect(&location),
        Route::Page(file) => page(file, &parts),
        Route::Dashboard if parts.method == Method::GET => {
            answered(dashboard(settings).await, Wrapping::None)
        }
        Route::Dashboard => not_allowed("GET"),
        Route::Api(endpoint) => {
            if !matches!(parts.method, Method::GET | Method::POST) {
                return not_allowed("GET, POST");
            }
            let answer = match parameters(&parts, body, settings.max_body).await {
                Ok(parameters) => api(&settings, endpoint, parameters).await,
                Err(problem) => Err(problem),
            };
            answered(answer, Wrapping::Status)
        }
        Route::UnknownApi | Route::Unknown => {
            let message = "there is nothing at this path";
            failed(&Problem::new(ProblemKind::NotFound, message))
        }
    }
}

/// Those of the URL, and those of the body if it is a form.
async fn parameters<B>(parts: &Parts, body: B, most: usize) -> Result<Parameters, Problem>
where
    B: Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let query = parts.uri.query().unwrap_or_default();
    let content_type = parts.headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|text| text.to_str().ok());
    let media_type = content_type.and_then(|text| text.split(';').next());
    let is_form = media_type.is_some_and(|text| {
        text.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    if parts.method != Method::POST || !is_form {
        return Ok(Parameters::parse(query, ""));
    }
    let body = Limited::new(body, most).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            let message = format!("the body has more than {most} bytes");
            Problem::new(ProblemKind::TooLong, message)
        } else {
            Problem::bad_data("error parsing form values: the body could not be read")
        }
    })?;
    let form = body.to_bytes();
    Ok(Parameters::parse(query, &String::from_utf8_lossy(&form)))
}

async fn api(
    settings: &Settings,
    endpoint: Endpoint,
    parameters: Parameters,
) -> Result<Answer, Problem> {
    let now = (settings.clock)();
    let gate = match endpoint {
        Endpoint::Query | Endpoint::QueryRange => &settings.api.gate,
        _ => &settings.light,
    };
    settings.api.answer(gate, endpoint, parameters, now).await
}

async fn dashboard(settings: Arc<Settings>) -> Result<Answer, Problem> {
    let (gate, timeout) = (settings.light.clone(), settings.api.timeout);
    let work = move |_: &_| {
        let retention = lock(&settings.api.store).retention().as_secs_f64();
        let overview = Overview::of(
            &settings.about,
            &*settings.application,
            retention,
            (settings.clock)(),
        );
        serde_json::to_string(&overview)
            .map(Answer::new)
            .map_err(|error| Problem::new(ProblemKind::Internal, error.to_string()))
    };
    gate.run(timeout, work).await
}

/// Whether the data stands alone, or beside `status` as in Prometheus.
#[derive(Debug, Clone, Copy)]
enum Wrapping {
    None,
    Status,
}

fn answered(answer: Result<Answer, Problem>, wrapping: Wrapping) -> Response<Full<Bytes>> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(problem) => return failed(&problem),
    };
    match wrapping {
        Wrapping::None => json(StatusCode::OK, answer.data),
        Wrapping::Status => {
            let mut body = String::with_capacity(answer.data.len() + 64);
            body.push_str(r#"{"status":"success","data":"#);
            body.push_str(&answer.data);
            if !answer.warnings.is_empty() {
                body.push_str(r#","warnings":"#);
                json::strings(&mut body, &answer.warnings);
            }
            body.push('}');
            json(StatusCode::OK, body)
        }
    }
}

fn failed(problem: &Problem) -> Response<Full<Bytes>> {
    let body = serde_json::json!({
        "status": "error",
        "errorType": problem.error_type(),
        "error": problem.message(),
    });
    json(problem.status(), body.to_string())
}

fn unauthorized() -> Response<Full<Bytes>> {
    let message = "send the token as `Authorization: Bearer TOKEN`";
    let mut response = failed(&Problem::new(ProblemKind::Unauthorized, message));
    let scheme = HeaderValue::from_static("Bearer");
    response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
    response
}

fn not_allowed(methods: &'static str) -> Response<Full<Bytes>> {
    let message = format!("allowed here: {methods}");
    let mut response = failed(&Problem::new(ProblemKind::MethodNotAllowed, message));
    let methods = HeaderValue::from_static(methods);
    response.headers_mut().insert(ALLOW, methods);
    response
}

fn page(file: &File, parts: &Parts) -> Response<Full<Bytes>> {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return not_allowed("GET, HEAD");
    }
    file.answer(&parts.method, &parts.headers).map(Full::new)
}

fn redirect(location: &str) -> Response<Full<Bytes>> {
    let mut response = json(StatusCode::TEMPORARY_REDIRECT, String::new());
    response.headers_mut().remove(CONTENT_TYPE);
    // It comes from a URL, which has no characters that a header has not.
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

fn json(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    protect(headers);
    response
}
