//! Streamed answers as server-sent events.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body, Frame};
use llm_vitals_provider::{ChatChunk, ChatStream, ProviderError};
use serde::Serialize;

use crate::openai_error::ApiError;
use crate::text::chunk_json;

/// A body that writes each chunk of a stream as it comes: one event, one frame, no delay.
///
/// The end is `data: [DONE]`. An error becomes an event with OpenAI's error object, after which the body ends without it.
/// Dropping the body, which the server does when the client is gone, drops the stream and so cancels the request.
#[derive(Debug)]
pub(crate) struct SseBody {
    /// There until the last event is written.
    stream: Option<ChatStream>,
    write: fn(&ChatChunk) -> Bytes,
    on_error: fn(&ProviderError),
}

impl SseBody {
    /// Creates the body of a chat; `on_error` hears of an error that ends it.
    pub(crate) fn chat(stream: ChatStream, on_error: fn(&ProviderError)) -> Self {
        Self {
            stream: Some(stream),
            write: event,
            on_error,
        }
    }

    /// Creates the body of a completion of text.
    pub(crate) fn text(stream: ChatStream, on_error: fn(&ProviderError)) -> Self {
        Self {
            stream: Some(stream),
            write: |chunk| event(&chunk_json(chunk)),
            on_error,
        }
    }
}

impl Body for SseBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(stream) = self.stream.as_mut() else {
            return Poll::Ready(None);
        };
        let bytes = match ready!(Pin::new(stream).poll_next(cx)) {
            Some(Ok(chunk)) => (self.write)(&chunk),
            Some(Err(error)) => {
                self.stream = None;
                (self.on_error)(&error);
                event(&ApiError::from(&error).to_json())
            }
            None => {
                self.stream = None;
                Bytes::from_static(b"data: [DONE]\n\n")
            }
        };
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_none()
    }
}

/// One event. JSON has no bare line ends, so that it needs no further quoting.
fn event(data: &impl Serialize) -> Bytes {
    let mut bytes = Vec::with_capacity(512);
    bytes.extend_from_slice(b"data: ");
    // Writing to a Vec does not fail, and every key is a string.
    let written = serde_json::to_writer(&mut bytes, data);
    debug_assert!(written.is_ok());
    bytes.extend_from_slice(b"\n\n");
    bytes.into()
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body_util::BodyExt as _;
    use llm_vitals_provider::{ChatChunk, ErrorKind};

    use super::*;

    async fn written(items: Vec<Result<ChatChunk, ProviderError>>) -> String {
        let body = SseBody::chat(ChatStream::new(stream::iter(items)), |_| {});
        String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_complete_stream_ends_with_done() {
        let chunk: ChatChunk =
            serde_json::from_str(r#"{"choices":[],"model":"m","of":"mine"}"#).unwrap();
        assert_eq!(
            written(vec![Ok(chunk)]).await,
            "data: {\"choices\":[],\"model\":\"m\",\"of\":\"mine\"}\n\ndata: [DONE]\n\n"
        );
    }

    #[tokio::test]
    async fn an_error_ends_the_stream_without_done() {
        let error =
            ProviderError::new(ErrorKind::StreamInterrupted, "it broke off").with_provider("p");
        assert_eq!(
            written(vec![Err(error)]).await,
            "data: {\"error\":{\"message\":\"p: it broke off\",\"type\":\"upstream_error\",\
             \"param\":null,\"code\":\"upstream_stream_interrupted\"}}\n\n"
        );
    }
}
