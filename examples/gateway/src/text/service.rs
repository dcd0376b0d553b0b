use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use llm_vitals_provider::openai::OpenAi;
use llm_vitals_provider::{ChatReply, Provider, ProviderError};
use tower::Service;

use super::TextRequest;
use crate::first_chunk::begun;

/// Asks one provider for completions of text.
#[derive(Clone)]
pub(crate) enum TextService {
    /// At its own `/completions`.
    Own(Arc<OpenAi>),
    /// As a chat.
    Chat(Arc<dyn Provider>),
}

impl Service<TextRequest> for TextService {
    type Response = ChatReply;
    type Error = ProviderError;
    type Future = BoxFuture<'static, Result<ChatReply, ProviderError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: TextRequest) -> Self::Future {
        match self.clone() {
            Self::Own(openai) => {
                Box::pin(
                    async move { begin(openai.complete_text(request.into_body()).await?).await },
                )
            }
            Self::Chat(provider) => Box::pin(async move {
                let chat = request.into_chat()?;
                if chat.is_streamed() {
                    begin(ChatReply::Stream(provider.stream(chat).await?)).await
                } else {
                    provider.complete(chat).await.map(ChatReply::Full)
                }
            }),
        }
    }
}

async fn begin(reply: ChatReply) -> Result<ChatReply, ProviderError> {
    match reply {
        ChatReply::Stream(stream) => begun(stream).await.map(ChatReply::Stream),
        full @ ChatReply::Full(_) => Ok(full),
    }
}
