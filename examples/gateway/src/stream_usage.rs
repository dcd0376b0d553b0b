//! Asks for the usage of streams, and keeps it from clients that did not ask.

use std::task::{Context, Poll};

use futures_util::StreamExt as _;
use futures_util::future::{BoxFuture, Either};
use llm_vitals_provider::{
    ChatChunk, ChatReply, ChatRequest, ChatStream, EmbedRequest, EmbedResponse, ProviderError,
    StreamOptions,
};
use tower::{Layer, Service};

/// Applies [`StreamUsage`]. It goes outside the layer that counts, so that the count sees what the client does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamUsageLayer {
    /// Whether the provider understands the question; others are asked as the client asked.
    pub(crate) asks: bool,
}

impl<S> Layer<S> for StreamUsageLayer {
    type Service = StreamUsage<S>;

    fn layer(&self, inner: S) -> StreamUsage<S> {
        StreamUsage {
            inner,
            asks: self.asks,
        }
    }
}

/// Sets `stream_options.include_usage` on streamed requests that do not, and takes the extra chunk, and the field `usage`
/// of every other chunk, out of their answers again.
#[derive(Clone, Debug)]
pub(crate) struct StreamUsage<S> {
    inner: S,
    asks: bool,
}

/// A request whose answer may be a stream that ends with its usage.
pub(crate) trait AskForUsage {
    /// Asks for the usage; false when there is nothing to ask for, or the client asked itself.
    fn ask_for_usage(&mut self) -> bool;
}

impl AskForUsage for ChatRequest {
    fn ask_for_usage(&mut self) -> bool {
        if !self.is_streamed() || self.wants_stream_usage() {
            return false;
        }
        let options = self
            .stream_options
            .get_or_insert_with(StreamOptions::with_usage);
        options.include_usage = Some(true);
        true
    }
}

impl<S, R> Service<R> for StreamUsage<S>
where
    S: Service<R, Response = ChatReply, Error = ProviderError>,
    S::Future: Send + 'static,
    R: AskForUsage,
{
    type Response = ChatReply;
    type Error = ProviderError;
    type Future = Either<S::Future, BoxFuture<'static, Result<ChatReply, ProviderError>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: R) -> Self::Future {
        if !self.asks || !request.ask_for_usage() {
            return Either::Left(self.inner.call(request));
        }
        let reply = self.inner.call(request);
        Either::Right(Box::pin(async move {
            Ok(match reply.await? {
                ChatReply::Stream(stream) => ChatReply::Stream(without_usage(stream)),
                full @ ChatReply::Full(_) => full,
            })
        }))
    }
}

impl<S> Service<EmbedRequest> for StreamUsage<S>
where
    S: Service<EmbedRequest, Response = EmbedResponse, Error = ProviderError>,
{
    type Response = EmbedResponse;
    type Error = ProviderError;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: EmbedRequest) -> S::Future {
        self.inner.call(request)
    }
}

fn without_usage(stream: ChatStream) -> ChatStream {
    stream.wrapped(|stream| {
        stream.filter_map(|item| std::future::ready(item.map(stripped).transpose()))
    })
}

fn stripped(mut chunk: ChatChunk) -> Option<ChatChunk> {
    if chunk.is_usage_only() {
        return None;
    }
    chunk.usage = None;
    // An explicit null is kept beside the known fields.
    chunk.extra.shift_remove("usage");
    Some(chunk)
}

#[cfg(test)]
mod tests {
    use llm_vitals_provider::Usage;
    use tower::{ServiceBuilder, ServiceExt as _, service_fn};

    use super::*;

    async fn chunks(asks: bool, request: &str) -> String {
        let request: ChatRequest = serde_json::from_str(request).unwrap();
        let upstream = service_fn(async |request: ChatRequest| {
            let mut text: ChatChunk =
                serde_json::from_str(r#"{"choices":[{"delta":{"content":"a"}}],"usage":null}"#)
                    .unwrap();
            text.id = Some(request.wants_stream_usage().to_string());
            let usage = ChatChunk::new("m", vec![]).with_usage(Usage::new(1, 2));
            let stream = ChatStream::new(futures_util::stream::iter([Ok(text), Ok(usage)]));
            Ok::<_, ProviderError>(ChatReply::Stream(stream))
        });
        let upstream = tower::util::BoxService::new(upstream);
        let service = ServiceBuilder::new()
            .layer(StreamUsageLayer { asks })
            .service(upstream);
        let ChatReply::Stream(stream) = service.oneshot(request).await.unwrap() else {
            panic!("no stream")
        };
        let chunks: Vec<String> = stream
            .map(|chunk| serde_json::to_string(&chunk.unwrap()).unwrap())
            .collect()
            .await;
        chunks.join("\n")
    }

    #[tokio::test]
    async fn who_did_not_ask_sees_no_usage() {
        let plain = r#"{"model":"m","messages":[],"stream":true}"#;
        assert_eq!(
            chunks(true, plain).await,
            r#"{"choices":[{"delta":{"content":"a"}}],"id":"true"}"#
        );
    }

    #[tokio::test]
    async fn who_asked_sees_everything() {
        let asked =
            r#"{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#;
        assert_eq!(chunks(true, asked).await.lines().count(), 2);
        assert!(chunks(true, asked).await.contains(r#""usage":null"#));
    }

    #[tokio::test]
    async fn a_provider_that_would_not_understand_is_not_asked() {
        let plain = r#"{"model":"m","messages":[],"stream":true}"#;
        assert!(chunks(false, plain).await.contains(r#""id":"false""#));
    }
}
