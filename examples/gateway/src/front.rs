//! From a request to the provider that answers it: the cache, the gate, the table of models, and the fallback.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use llm_vitals_provider::{
    ChatReply, ChatRequest, EmbedRequest, EmbedResponse, ErrorKind, ProviderError,
};
use serde_json::Value;
use tower::{Layer as _, Service, ServiceExt};

use crate::cache::{Asked, Cache, Cacheable, Keep, Keeping, Key, replay};
use crate::gate::{Gate, Hold};
use crate::openai_error::in_words_of_the_file;
use crate::order::Order;
use crate::stream_usage::{AskForUsage, StreamUsageLayer};
use crate::text::TextRequest;
use crate::upstream::{Upstream, Upstreams};

/// Answers requests: looks for an answer that was kept, waits for a place, finds the providers of the model, and asks one after the other.
///
/// The next one is asked for errors that may be gone there, and only before anything of an answer has reached the client.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) gate: Gate,
    pub(crate) upstreams: Arc<Upstreams>,
    pub(crate) cache: Option<Cache>,
}

/// A request that names a model.
pub(crate) trait Routed: Cacheable + Clone + Send + Sync + 'static {
    type Reply: Hold + Send;

    fn model_mut(&mut self) -> &mut String;

    /// The reply that an answer from the cache makes; none where it makes none.
    fn replay(&self, answer: Value) -> Option<Self::Reply>;

    /// Asks one provider. A complete answer is kept where it is to be.
    fn ask(
        self,
        upstream: &Upstream,
        keeping: Option<Keeping>,
    ) -> impl Future<Output = Result<Self::Reply, ProviderError>> + Send;
}

impl Routed for ChatRequest {
    type Reply = ChatReply;

    fn model_mut(&mut self) -> &mut String {
        &mut self.model
    }

    fn replay(&self, answer: Value) -> Option<ChatReply> {
        replay(answer, self.is_streamed(), self.wants_stream_usage())
    }

    fn ask(
        self,
        upstream: &Upstream,
        keeping: Option<Keeping>,
    ) -> impl Future<Output = Result<ChatReply, ProviderError>> + Send {
        chat(upstream.chat.clone(), upstream.asks_usage, keeping).oneshot(self)
    }
}

impl Routed for EmbedRequest {
    type Reply = EmbedResponse;

    fn model_mut(&mut self) -> &mut String {
        &mut self.model
    }

    fn replay(&self, answer: Value) -> Option<EmbedResponse> {
        serde_json::from_value(answer).ok()
    }

    fn ask(
        self,
        upstream: &Upstream,
        keeping: Option<Keeping>,
    ) -> impl Future<Output = Result<EmbedResponse, ProviderError>> + Send {
        let stack = upstream.chat.clone();
        let kept = ServiceExt::<Self>::map_response(stack, move |answer| match keeping {
            Some(keeping) => keeping.embeddings(answer),
            None => answer,
        });
        kept.oneshot(self)
    }
}

impl Routed for TextRequest {
    type Reply = ChatReply;

    fn model_mut(&mut self) -> &mut String {
        &mut self.model
    }

    fn replay(&self, answer: Value) -> Option<ChatReply> {
        replay(answer, self.is_streamed(), self.wants_stream_usage())
    }

    fn ask(
        self,
        upstream: &Upstream,
        keeping: Option<Keeping>,
    ) -> impl Future<Output = Result<ChatReply, ProviderError>> + Send {
        chat(upstream.text.clone(), upstream.asks_usage, keeping).oneshot(self)
    }
}

/// What is kept holds the usage, whether or not the client asked for it: the question for it stands outside.
fn chat<S, R>(
    stack: S,
    asks: bool,
    keeping: Option<Keeping>,
) -> impl Service<R, Response = ChatReply, Error = ProviderError, Future: Send> + Send
where
    S: Service<R, Response = ChatReply, Error = ProviderError> + Send,
    S::Future: Send + 'static,
    R: AskForUsage,
{
    let kept = stack.map_response(move |reply| match keeping {
        Some(keeping) => keeping.chat(reply),
        None => reply,
    });
    StreamUsageLayer { asks }.layer(kept)
}

impl<R: Routed> Service<Asked<R>> for Front {
    type Response = R::Reply;
    type Error = ProviderError;
    type Future = BoxFuture<'static, Result<R::Reply, ProviderError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, asked: Asked<R>) -> Self::Future {
        let Self {
            gate,
            upstreams,
            cache,
        } = self.clone();
        let Asked {
            request,
            wish,
            note,
        } = asked;
        Box::pin(async move {
            let mut keep = None;
            if let Some(cache) = cache
                && let Some(key) = Key::of(&request, wish)
            {
                // What is found needs no place: nobody is asked.
                let found = cache.find(&key, |answer| request.replay(answer)).await;
                note.set(found.is_some());
                if let Some(reply) = found {
                    return Ok(reply);
                }
                keep = Some(cache.keep(key));
            }
            let place = gate.enter().await?;
            Ok(ask(&upstreams, request, keep).await?.hold(place))
        })
    }
}

async fn ask<R: Routed>(
    upstreams: &Upstreams,
    mut request: R,
    keep: Option<Keep>,
) -> Result<R::Reply, ProviderError> {
    let targets = upstreams.routing.resolve(request.model_mut())?;
    let mut order = Order::new(upstreams, targets);
    let mut request = Some(request);
    let mut failed: Option<(ProviderError, &Upstream)> = None;
    while let Some((target, admission)) = order.next() {
        let upstream = &upstreams.list[target.provider];
        if let Some((error, before)) = failed.take() {
            let (provider, next) = (&before.name, &upstream.name);
            let shown = in_words_of_the_file(&error.to_string());
            tracing::warn!(provider, next, "falling back: {shown}");
        }
        // Only the last one gets the request itself.
        let copy = if order.is_empty() {
            request.take()
        } else {
            request.clone()
        };
        let Some(mut asked) = copy else { break };
        let keep = keep.clone();
        let keeping = keep.map(|keep| keep.from(&upstream.name, &target.model));
        *asked.model_mut() = target.model;
        let error = match asked.ask(upstream, keeping).await {
            Ok(reply) => return Ok(reply.hold(admission)),
            Err(error) => named(error, upstream),
        };
        if !may_succeed_elsewhere(&error) {
            return Err(error);
        }
        failed = Some((error, upstream));
    }
    Err(failed.map_or_else(
        || ProviderError::new(ErrorKind::Other, "the route names no provider"),
        |(error, _)| error,
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
