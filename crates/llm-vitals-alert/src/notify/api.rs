//! Alertmanager's HTTP API, version 2.

mod access;
mod alerts;
mod answer;
mod body;
mod path;
mod posted;
mod query;
mod silences;
mod status;
mod time;

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use tokio::runtime::Handle;
use tower_service::Service;

pub use self::access::DispatcherAccess;
use self::answer::Answer;
use self::path::Path;
use self::query::Query;

/// Alertmanager's API over a dispatcher, as a service: for amtool, Grafana, karma, and for a Prometheus that sends its alerts here.
///
/// | path | |
/// |---|---|
/// | `/api/v2/alerts` | GET with `filter`, `receiver`, `active`, `silenced`, `inhibited`; POST |
/// | `/api/v2/alerts/groups` | GET with the same, and `muted` |
/// | `/api/v2/silences` | GET with `filter` and `creator`; POST |
/// | `/api/v2/silence/{id}` | GET, DELETE |
/// | `/api/v2/status`, `/api/v2/receivers` | GET |
/// | `/-/ready`, `/-/healthy` | GET, HEAD |
///
/// Only what stands behind `/api/v2` in the path counts, so that it can be nested. Answers are those of Alertmanager 0.25 to 0.28, in
/// their form and with their status; sentences of errors may be others. What differs: a body has at most 4 MiB (413), more alerts or
/// silences than the dispatcher may have are 429, there are no headers for scripts of other sites, and the configuration in the status
/// has no secrets and what an Alertmanager does not have as a comment.
///
/// It decides nothing about who may ask: put that in front of it. POST needs the content type `application/json`.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use http::Request;
/// use llm_vitals_alert::notify::{AlertmanagerApi, Config, Dispatcher};
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let config = Config::parse("notify.yml", "notify: {webhook: 'http://127.0.0.1:9/'}")?;
/// let dispatcher = Arc::new(Mutex::new(Dispatcher::new(Arc::new(config))));
/// let mut api = AlertmanagerApi::new(dispatcher);
/// let response = api.call(Request::get("/api/v2/receivers").body(String::new())?).await?;
/// assert_eq!(response.body(), r#"[{"name":"default"},{"name":"critical"},{"name":"warning"}]"#);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct AlertmanagerApi<D> {
    dispatcher: D,
    clock: Arc<dyn Fn() -> i64 + Send + Sync>,
    started_at: i64,
}

impl<D: DispatcherAccess> AlertmanagerApi<D> {
    /// The API over a dispatcher.
    #[must_use]
    pub fn new(dispatcher: D) -> Self {
        Self {
            dispatcher,
            clock: Arc::new(crate::now_ms),
            started_at: crate::now_ms(),
        }
    }

    /// Another clock than the system's, in milliseconds since 1970. It should be the dispatcher's.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.started_at = clock();
        self.clock = Arc::new(clock);
        self
    }

    async fn answer<B>(self, request: Request<B>) -> Answer
    where
        B: Body + Send,
        B::Data: Send,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let full = parts.uri.path();
        let Some(path) = Path::of(full) else {
            return Answer::error(404, 404, format!("path {full} was not found"));
        };
        let (method, allowed) = (&parts.method, path.methods());
        if !allowed.contains(&method.as_str()) {
            return Answer::not_allowed(method, allowed);
        }
        let text = if *method == Method::POST {
            match body::read(&parts.headers, body).await {
                Ok(text) => text,
                Err(answer) => return answer,
            }
        } else {
            Vec::new()
        };
        let Ok(runtime) = Handle::try_current() else {
            return self.handle(&parts, &text);
        };
        // To compile expressions and to write many alerts takes its time.
        let done = runtime.spawn_blocking(move || self.handle(&parts, &text));
        done.await
            .unwrap_or_else(|_| Answer::error(500, 500, "the request was given up"))
    }

    fn handle(&self, parts: &Parts, text: &[u8]) -> Answer {
        let full = parts.uri.path();
        let Some(path) = Path::of(full) else {
            return Answer::error(404, 404, format!("path {full} was not found"));
        };
        let query = Query::of(parts.uri.query().unwrap_or_default());
        let now = (self.clock)();
        let answer = match (path, &parts.method) {
            (Path::Alive, _) => Ok(Answer::plain("OK")),
            (Path::Status, _) => Ok(status::status(&self.dispatcher, self.started_at)),
            (Path::Receivers, _) => Ok(status::receivers(&self.dispatcher)),
            (Path::Alerts, &Method::POST) => posted::post(&self.dispatcher, text, now),
            (Path::Alerts, _) => alerts::list(&self.dispatcher, &query, now),
            (Path::Groups, _) => alerts::groups(&self.dispatcher, &query, now),
            (Path::Silences, &Method::POST) => silences::post(&self.dispatcher, text, now),
            (Path::Silences, _) => silences::list(&self.dispatcher, &query, now),
            (Path::Silence(id), &Method::DELETE) => silences::delete(&self.dispatcher, id, now),
            (Path::Silence(id), _) => silences::get(&self.dispatcher, id, now),
        };
        answer.unwrap_or_else(|error| error)
    }
}

impl<D, B> Service<Request<B>> for AlertmanagerApi<D>
where
    D: DispatcherAccess,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = Response<String>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<String>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let api = self.clone();
        Box::pin(async move { Ok(api.answer(request).await.into_response()) })
    }
}

impl<D> fmt::Debug for AlertmanagerApi<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlertmanagerApi").finish_non_exhaustive()
    }
}
