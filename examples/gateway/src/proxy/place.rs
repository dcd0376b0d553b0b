//! A place in the gate for each request that is passed on.

use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use llm_vitals_provider::ProviderError;
use reqwest::{Body, Request, Response};
use tower::{Layer, Service, ServiceExt as _};

use super::body::ProxyBody;
use crate::gate::Gate;

/// Applies [`Placed`].
#[derive(Clone)]
pub(super) struct PlaceLayer(pub(super) Gate);

/// Waits for a place before a request is sent, and keeps it until its answer has ended.
#[derive(Clone)]
pub(super) struct Placed<S> {
    inner: S,
    gate: Gate,
}

impl<S> Layer<S> for PlaceLayer {
    type Service = Placed<S>;

    fn layer(&self, inner: S) -> Placed<S> {
        Placed {
            inner,
            gate: self.0.clone(),
        }
    }
}

impl<S> Service<Request> for Placed<S>
where
    S: Service<Request, Response = Response, Error = ProviderError> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = ProviderError;
    type Future = BoxFuture<'static, Result<Response, ProviderError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        // What is inside is asked once there is a place.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Self { inner, gate } = self.clone();
        Box::pin(async move {
            let place = gate.enter().await?;
            let response: http::Response<Body> = inner.oneshot(request).await?.into();
            let response = response.map(|body| Body::wrap(ProxyBody::new(body, place)));
            Ok(response.into())
        })
    }
}
