//! The innermost part: a client that waits only so long for the head of an answer.

use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use llm_vitals_provider::{ErrorKind, ProviderError};
use reqwest::{Client, Request, Response};
use tower::Service;

use crate::text::broken;

/// Sends requests as they are.
#[derive(Clone, Debug)]
pub(crate) struct ProxyClient {
    http: Client,
    timeout: Duration,
}

impl ProxyClient {
    pub(super) const fn new(http: Client, timeout: Duration) -> Self {
        Self { http, timeout }
    }
}

impl Service<Request> for ProxyClient {
    type Response = Response;
    type Error = ProviderError;
    type Future = BoxFuture<'static, Result<Response, ProviderError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (response, wait) = (self.http.execute(request), self.timeout);
        Box::pin(async move {
            match tokio::time::timeout(wait, response).await {
                Ok(response) => response.map_err(broken),
                Err(_) => {
                    let message =
                        format!("no answer within {wait:?}: try again, or raise timeouts.attempt");
                    Err(ProviderError::new(ErrorKind::Timeout, message))
                }
            }
        })
    }
}
