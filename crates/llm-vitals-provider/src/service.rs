//! Providers as tower services, and tower stacks as providers.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use tower_service::Service;

use crate::embed::{EmbedRequest, EmbedResponse};
use crate::error::{BoxError, ProviderError};
use crate::kind::ErrorKind;
use crate::model::Model;
use crate::provider::Provider;
use crate::request::ChatRequest;
use crate::response::ChatResponse;
use crate::stream::ChatStream;

/// The answer to a [`ChatRequest`]: a stream when it was asked for, else whole.
#[expect(clippy::exhaustive_enums, reason = "an answer is whole or streamed")]
#[expect(
    clippy::large_enum_variant,
    reason = "a box would cost an allocation for each answer"
)]
#[derive(Debug)]
pub enum ChatReply {
    /// A whole answer.
    Full(ChatResponse),
    /// A streamed answer.
    Stream(ChatStream),
}

/// The future of a [`ProviderService`].
pub type ProviderFuture<T> = Pin<Box<dyn Future<Output = Result<T, ProviderError>> + Send>>;

/// A provider as a `Service<ChatRequest>` and a `Service<EmbedRequest>`; always ready.
pub struct ProviderService<P: ?Sized> {
    provider: Arc<P>,
}

impl<P: Provider> ProviderService<P> {
    /// Creates a service that asks `provider`.
    pub fn new(provider: P) -> Self {
        Self {
            provider: Arc::new(provider),
        }
    }
}

impl<P: Provider + ?Sized> ProviderService<P> {
    /// Creates a service that asks a provider which is shared already.
    #[must_use]
    pub const fn shared(provider: Arc<P>) -> Self {
        Self { provider }
    }
}

impl<P: ?Sized> Clone for ProviderService<P> {
    fn clone(&self) -> Self {
        Self {
            provider: Arc::clone(&self.provider),
        }
    }
}

impl<P: Provider + ?Sized> fmt::Debug for ProviderService<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProviderService")
            .field(&self.provider.name())
            .finish()
    }
}

impl<P: Provider + ?Sized + 'static> Service<ChatRequest> for ProviderService<P> {
    type Response = ChatReply;
    type Error = ProviderError;
    type Future = ProviderFuture<ChatReply>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: ChatRequest) -> Self::Future {
        let provider = Arc::clone(&self.provider);
        Box::pin(async move {
            if request.is_streamed() {
                provider.stream(request).await.map(ChatReply::Stream)
            } else {
                provider.complete(request).await.map(ChatReply::Full)
            }
        })
    }
}

impl<P: Provider + ?Sized + 'static> Service<EmbedRequest> for ProviderService<P> {
    type Response = EmbedResponse;
    type Error = ProviderError;
    type Future = ProviderFuture<EmbedResponse>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: EmbedRequest) -> Self::Future {
        let provider = Arc::clone(&self.provider);
        Box::pin(async move { provider.embed(request).await })
    }
}

/// A tower stack around a provider, as a provider again.
///
/// Chats and embeddings go through the stacks; the name, the list of models and the check are the base provider's.
#[derive(Clone)]
pub struct ServiceProvider<C, E> {
    base: Arc<dyn Provider>,
    chat: C,
    embed: E,
}

impl<C, E> ServiceProvider<C, E> {
    /// Creates a provider from the stacks that wrap `base`.
    pub fn new(base: Arc<dyn Provider>, chat: C, embed: E) -> Self {
        Self { base, chat, embed }
    }
}

impl<C, E> fmt::Debug for ServiceProvider<C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServiceProvider")
            .field(&self.base.name())
            .finish()
    }
}

#[async_trait]
impl<C, E> Provider for ServiceProvider<C, E>
where
    C: Service<ChatRequest, Response = ChatReply> + Clone + Send + Sync + 'static,
    C::Error: Into<BoxError>,
    C::Future: Send,
    E: Service<EmbedRequest, Response = EmbedResponse> + Clone + Send + Sync + 'static,
    E::Error: Into<BoxError>,
    E::Future: Send,
{
    fn name(&self) -> &str {
        self.base.name()
    }

    async fn complete(&self, mut request: ChatRequest) -> Result<ChatResponse, ProviderError> {
        request.stream = None;
        match oneshot(self.chat.clone(), request).await? {
            ChatReply::Full(response) => Ok(response),
            ChatReply::Stream(_) => Err(unexpected("a stream where a whole answer was asked for")),
        }
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        match oneshot(self.chat.clone(), request.streamed()).await? {
            ChatReply::Stream(stream) => Ok(stream),
            ChatReply::Full(_) => Err(unexpected("a whole answer where a stream was asked for")),
        }
    }

    async fn embed(&self, request: EmbedRequest) -> Result<EmbedResponse, ProviderError> {
        oneshot(self.embed.clone(), request).await
    }

    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        self.base.models().await
    }

    async fn check(&self) -> Result<(), ProviderError> {
        self.base.check().await
    }
}

/// Waits until `service` is ready and calls it once.
async fn oneshot<S, R>(mut service: S, request: R) -> Result<S::Response, ProviderError>
where
    S: Service<R>,
    S::Error: Into<BoxError>,
{
    let boxed = |error: S::Error| ProviderError::from_boxed(error.into());
    poll_fn(|cx| service.poll_ready(cx)).await.map_err(boxed)?;
    service.call(request).await.map_err(boxed)
}

fn unexpected(what: &str) -> ProviderError {
    ProviderError::new(
        ErrorKind::Decode,
        format!(
            "the stack answered with {what}: it must answer as the request's stream field says"
        ),
    )
}
