//! The layer around `reqwest::Client` and whatever else takes a `reqwest::Request`.

use std::task::{Context, Poll};

use http::response::Builder;
use reqwest::{Body, Request, Response, ResponseBuilderExt as _, Url};
use tower_service::Service;

use crate::classify::ClassifyError;
use crate::http_layer::body::Tapped;
use crate::http_layer::exchange::Exchange;
use crate::http_layer::future::{HttpResponseFuture, Watched};
use crate::http_layer::service::LlmHttpMetricsService;

impl<S, C> Service<Request> for LlmHttpMetricsService<S, C>
where
    S: Service<Request, Response = Response>,
    C: ClassifyError<S::Error> + Clone,
{
    type Response = Response;
    type Error = S::Error;
    type Future = HttpResponseFuture<S::Future, C>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.get_mut().poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let (host, path) = address(request.url());
        let mut exchange = Exchange::begin(&self.target, request.method(), host, path);
        watch_request(&mut exchange, &mut request);
        let response = self.get_mut().call(request);
        HttpResponseFuture::new(response, exchange, self.classifier.clone())
    }
}

/// Reads a body that is there already; one that streams is seen as it passes by.
fn watch_request(exchange: &mut Exchange, request: &mut Request) {
    let Some(body) = request.body_mut() else {
        return;
    };
    let Some(mut watch) = exchange.watch_request() else {
        return;
    };
    if let Some(bytes) = body.as_bytes() {
        watch.data(bytes);
    } else {
        let inner = std::mem::take(body);
        *body = Body::wrap(Tapped::request(inner, watch));
    }
}

impl Watched for Response {
    type Output = Self;

    fn watched(self, mut exchange: Exchange) -> Self {
        exchange.see(address(self.url()));
        let url = self.url().clone();
        let watch = exchange.answered(self.status(), self.headers());
        let (mut head, body) = http::Response::<Body>::from(self).into_parts();
        // The conversion loses the URL, unless an extension that only reqwest can make carries it.
        if let Ok(carrier) = Builder::new().url(url).body(()) {
            head.extensions.extend(carrier.into_parts().0.extensions);
        }
        let body = Body::wrap(Tapped::response(body, watch));
        Self::from(http::Response::from_parts(head, body))
    }
}

/// Host and path of an URL, as a router sees them.
fn address(url: &Url) -> (Option<&str>, &str) {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    (url.host_str(), path)
}
