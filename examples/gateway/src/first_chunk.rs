//! A stream begins with its first chunk.

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use llm_vitals_provider::{
    ChatRequest, ChatResponse, ChatStream, EmbedRequest, EmbedResponse, Model, Provider,
    ProviderError,
};

/// A provider whose streams fail at once when the first chunk is an error.
///
/// Some servers answer 200 and put the refusal into the stream. Nothing of the answer has reached the client by then, so
/// that the request can still be tried again, or elsewhere.
#[derive(Debug)]
pub(crate) struct FirstChunk<P>(pub(crate) P);

#[async_trait]
impl<P: Provider> Provider for FirstChunk<P> {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn complete(&self, request: ChatRequest) -> Result<ChatResponse, ProviderError> {
        self.0.complete(request).await
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        begun(self.0.stream(request).await?).await
    }

    async fn embed(&self, request: EmbedRequest) -> Result<EmbedResponse, ProviderError> {
        self.0.embed(request).await
    }

    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        self.0.models().await
    }

    async fn check(&self) -> Result<(), ProviderError> {
        self.0.check().await
    }
}

/// Waits for the first chunk of a stream; an error in its place is returned instead of the stream.
pub(crate) async fn begun(mut rest: ChatStream) -> Result<ChatStream, ProviderError> {
    let first = rest.next().await.transpose()?;
    let first = stream::iter(first.map(Ok));
    Ok(rest.wrapped(|rest| first.chain(rest)))
}
