use std::task::{Context, Poll};

use http::{Request, Response, header::HOST};
use http_body::Body;
use tower_service::Service;

use crate::classify::{ClassifyError, DefaultClassifier};
use crate::http_layer::Target;
use crate::http_layer::body::Tapped;
use crate::http_layer::exchange::Exchange;
use crate::http_layer::future::HttpResponseFuture;

/// Records every HTTP exchange with a model. See [`LlmHttpMetricsLayer`](crate::LlmHttpMetricsLayer) for an example, and the
/// [crate docs](crate) for when a request ends.
///
/// Both bodies pass through a [`Tapped`], byte by byte as they come; heads, readiness and errors are the inner service's own.
#[derive(Clone, Debug)]
pub struct LlmHttpMetricsService<S, C = DefaultClassifier> {
    inner: S,
    pub(super) target: Target,
    pub(super) classifier: C,
}

impl<S, C> LlmHttpMetricsService<S, C> {
    pub(super) const fn new(inner: S, target: Target, classifier: C) -> Self {
        Self {
            inner,
            target,
            classifier,
        }
    }

    /// The inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to change it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the inner service back.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, C, B, R> Service<Request<B>> for LlmHttpMetricsService<S, C>
where
    S: Service<Request<Tapped<B>>, Response = Response<R>>,
    C: ClassifyError<S::Error> + Clone,
    R: Body,
    R::Error: 'static,
{
    type Response = Response<Tapped<R>>;
    type Error = S::Error;
    type Future = HttpResponseFuture<S::Future, C>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (head, body) = request.into_parts();
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = head
            .uri
            .authority()
            .map(|authority| authority.as_str())
            .or(host);
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut exchange = Exchange::begin(&self.target, &head.method, host, path);
        let body = match exchange.watch_request() {
            Some(watch) => Tapped::request(body, watch),
            None => Tapped::unwatched(body),
        };
        let response = self.inner.call(Request::from_parts(head, body));
        HttpResponseFuture::new(response, exchange, self.classifier.clone())
    }
}
