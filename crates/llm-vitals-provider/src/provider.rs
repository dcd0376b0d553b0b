//! The trait that every provider implements.

use std::sync::Arc;

use async_trait::async_trait;

use crate::embed::{EmbedRequest, EmbedResponse};
use crate::error::ProviderError;
use crate::kind::ErrorKind;
use crate::model::Model;
use crate::request::ChatRequest;
use crate::response::ChatResponse;
use crate::stream::ChatStream;

/// A server, or anything else, that answers for language models.
///
/// Every future may be dropped at any time; that cancels the request. See the [crate docs](crate) for an example.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The provider's name: a short constant word such as `openai`. It becomes the label `provider`.
    fn name(&self) -> &str;

    /// Answers a request as a whole, whatever its `stream` field says.
    ///
    /// # Errors
    ///
    /// Whatever kept the provider from answering, classified by [`ProviderError::kind`].
    async fn complete(&self, request: ChatRequest) -> Result<ChatResponse, ProviderError>;

    /// Answers a request chunk by chunk, whatever its `stream` field says.
    ///
    /// # Errors
    ///
    /// Whatever kept the provider from beginning an answer; later errors are items of the stream.
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError>;

    /// Embeds texts.
    ///
    /// # Errors
    ///
    /// As [`complete`](Self::complete); [`ErrorKind::InvalidRequest`] from a provider that has no embeddings.
    async fn embed(&self, request: EmbedRequest) -> Result<EmbedResponse, ProviderError> {
        Err(ProviderError::new(
            ErrorKind::InvalidRequest,
            format!(
                "{} has no embeddings (asked for {})",
                self.name(),
                request.model
            ),
        ))
    }

    /// Lists the models that can be asked.
    ///
    /// # Errors
    ///
    /// As [`complete`](Self::complete).
    async fn models(&self) -> Result<Vec<Model>, ProviderError>;

    /// Asks whether the provider would answer, free of charge: it lists models or reads the key's status, and never
    /// asks for a completion.
    ///
    /// # Errors
    ///
    /// Whatever would keep the provider from answering.
    async fn check(&self) -> Result<(), ProviderError> {
        self.models().await.map(|_| ())
    }
}

/// A pointer to a provider is a provider.
macro_rules! delegate {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        impl<P: Provider + ?Sized> Provider for $pointer {
            fn name(&self) -> &str {
                (**self).name()
            }

            async fn complete(&self, request: ChatRequest) -> Result<ChatResponse, ProviderError> {
                (**self).complete(request).await
            }

            async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
                (**self).stream(request).await
            }

            async fn embed(&self, request: EmbedRequest) -> Result<EmbedResponse, ProviderError> {
                (**self).embed(request).await
            }

            async fn models(&self) -> Result<Vec<Model>, ProviderError> {
                (**self).models().await
            }

            async fn check(&self) -> Result<(), ProviderError> {
                (**self).check().await
            }
        }
    )*};
}

delegate!(&P, Arc<P>, Box<P>);
