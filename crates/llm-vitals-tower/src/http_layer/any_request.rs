//! Services of which only the response can be looked into.

use std::task::{Context, Poll};

use reqwest::Response;
use tower_layer::Layer;
use tower_service::Service;

use crate::classify::{ClassifyError, DefaultClassifier};
use crate::http_layer::Target;
use crate::http_layer::exchange::Exchange;
use crate::http_layer::future::HttpResponseFuture;

/// Applies [`AnyRequestMetricsService`] to a service; [`LlmHttpMetricsLayer::any_request`] makes one.
///
/// [`LlmHttpMetricsLayer::any_request`]: crate::LlmHttpMetricsLayer::any_request
#[derive(Clone, Debug)]
pub struct AnyRequestMetricsLayer<C = DefaultClassifier> {
    target: Target,
    classifier: C,
}

/// Records every request by its response, whatever type the request has.
#[derive(Clone, Debug)]
pub struct AnyRequestMetricsService<S, C = DefaultClassifier> {
    inner: S,
    target: Target,
    classifier: C,
}

impl<C> AnyRequestMetricsLayer<C> {
    pub(super) const fn new(target: Target, classifier: C) -> Self {
        Self { target, classifier }
    }
}

impl<S, C: Clone> Layer<S> for AnyRequestMetricsLayer<C> {
    type Service = AnyRequestMetricsService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        AnyRequestMetricsService {
            inner,
            target: self.target.clone(),
            classifier: self.classifier.clone(),
        }
    }
}

impl<S, C, R> Service<R> for AnyRequestMetricsService<S, C>
where
    S: Service<R, Response = Response>,
    C: ClassifyError<S::Error> + Clone,
{
    type Response = Response;
    type Error = S::Error;
    type Future = HttpResponseFuture<S::Future, C>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let exchange = Exchange::begin_unseen(&self.target);
        let response = self.inner.call(request);
        HttpResponseFuture::new(response, exchange, self.classifier.clone())
    }
}
