//! From a request to the provider that answers it: the gate, the table of models, and the fallback.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use llm_vitals_provider::{
    ChatReply, ChatRequest, EmbedRequest, EmbedResponse, ErrorKind, ProviderError,
};
use tower::{Service, ServiceExt as _};

use crate::gate::{Gate, Hold};
use crate::text::TextRequest;
use crate::upstream::{Upstream, Upstreams};

/// Answers requests: waits for a place, finds the providers of the model, and asks one after the other.
///
/// The next one is asked for errors that may be gone there, and only before anything of an answer has reached the client.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) gate: Gate,
    pub(crate) upstreams: Arc<Upstreams>,
}

/// A request that names a model.
pub(crate) trait Routed: Clone + Send + 'static {
    type Reply: Hold + Send;

    fn model_mut(&mut self) -> &mut String;

    /// Asks one provider.
    fn ask(
        self,
        upstream: &Upstream,
    ) -> impl Future<Output = Result<Self::Reply, ProviderError>> + Send;
}

impl Routed for ChatRequest {
    type Reply = ChatReply;

    fn model_mut(&mut self) -> &mut String {
        &mut self.model
    }

    fn ask(
        self,
        upstream: &Upstream,
    ) -> impl Future<Output = Result<ChatReply, ProviderError>> + Send {
        upstream.chat.clone().oneshot(self)
    }
}

impl Routed for EmbedRequest {
    type Reply = EmbedResponse;

    fn model_mut(&mut self) -> &mut String {
        &mut self.model
    }

    fn ask(
        self,
        upstream: &Upstream,
    ) -> impl Future<Output = Result<EmbedResponse, ProviderError>> + Send {
        upstream.chat.clone().oneshot(self)
    }
}

impl Routed for TextRequest {
    type Reply = ChatReply;

    fn model_mut(&mut self) -> &mut String {
        &mut self.model
    }

    fn ask(
        self,
        upstream: &Upstream,
    ) -> impl Future<Output = Result<ChatReply, ProviderError>> + Send {
        upstream.text.clone().oneshot(self)
    }
}

impl<R: Routed> Service<R> for Front {
    type Response = R::Reply;
    type Error = ProviderError;
    type Future = BoxFuture<'static, Result<R::Reply, ProviderError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: R) -> Self::Future {
        let Self { gate, upstreams } = self.clone();
        Box::pin(async move {
            let place = gate.enter().await?;
            Ok(ask(&upstreams, request).await?.hold(place))
        })
    }
}

async fn ask<R: Routed>(upstreams: &Upstreams, mut request: R) -> Result<R::Reply, ProviderError> {
    let targets = upstreams.routing.resolve(request.model_mut())?;
    let mut targets = targets.into_iter().peekable();
    while let Some(target) = targets.next() {
        let upstream = &upstreams.list[target.provider];
        *request.model_mut() = target.model;
        let Some(next) = targets.peek() else {
            return request
                .ask(upstream)
                .await
                .map_err(|error| named(error, upstream));
        };
        let error = match request.clone().ask(upstream).await {
            Ok(reply) => return Ok(reply),
            Err(error) => named(error, upstream),
        };
        if !may_succeed_elsewhere(&error) {
            return Err(error);
        }
        let next = &upstreams.list[next.provider].name;
        tracing::warn!(provider = upstream.name, next, "falling back: {error}");
    }
    Err(ProviderError::new(
        ErrorKind::Other,
        "the route names no provider",
    ))
}

/// Besides what may be gone the next time: what is wrong with the account at one provider is not wrong with that at another.
fn may_succeed_elsewhere(error: &ProviderError) -> bool {
    error.kind().is_retryable() || matches!(error.kind(), ErrorKind::Auth | ErrorKind::Quota)
}

fn named(error: ProviderError, upstream: &Upstream) -> ProviderError {
    if error.provider().is_some() {
        error
    } else {
        error.with_provider(&*upstream.name)
    }
}
