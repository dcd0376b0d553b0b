//! A streamed answer, and those who watch it pass by.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::error::ProviderError;
use crate::response::{ChatChunk, Head};

/// A streamed answer: chunks, and at most one error, after which it ends.
///
/// A complete stream names a `finish_reason` for every answer that it began, and then ends. One that breaks off before
/// yields an error of kind [`StreamInterrupted`](crate::ErrorKind::StreamInterrupted). Dropping it cancels the request.
pub struct ChatStream {
    inner: Pin<Box<dyn Stream<Item = Result<ChatChunk, ProviderError>> + Send>>,
    observer: Option<Box<dyn StreamObserver>>,
    head: Head,
    ended: bool,
}

/// Watches a [`ChatStream`] without touching it. Dropped with the stream, so that a guard in it sees a cancel.
pub trait StreamObserver: Send {
    /// A chunk is about to reach the caller.
    fn on_chunk(&mut self, chunk: &ChatChunk);

    /// The stream ended: by itself, or with an error that is about to reach the caller. Called at most once, and not
    /// when the stream is dropped before.
    fn on_end(&mut self, error: Option<&ProviderError>);
}

impl ChatStream {
    /// Creates a stream from the chunks that `inner` yields.
    pub fn new(
        inner: impl Stream<Item = Result<ChatChunk, ProviderError>> + Send + 'static,
    ) -> Self {
        Self {
            inner: Box::pin(inner),
            observer: None,
            head: Head::default(),
            ended: false,
        }
    }

    /// Adds what the response's headers said.
    #[must_use]
    pub fn with_head(mut self, head: Head) -> Self {
        self.head = head;
        self
    }

    /// Lets `observer` watch the stream, before those that watch it already hear of anything.
    #[must_use]
    pub fn with_observer(mut self, observer: impl StreamObserver + 'static) -> Self {
        self.observer = Some(match self.observer.take() {
            None => Box::new(observer),
            Some(inner) => Box::new(Both(observer, inner)),
        });
        self
    }

    /// What the response's headers said.
    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }
}

impl Stream for ChatStream {
    type Item = Result<ChatChunk, ProviderError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let item = ready!(self.inner.as_mut().poll_next(cx));
        let observer = self.observer.as_mut();
        match &item {
            Some(Ok(chunk)) => {
                if let Some(observer) = observer {
                    observer.on_chunk(chunk);
                }
            }
            Some(Err(error)) => {
                if let Some(observer) = observer {
                    observer.on_end(Some(error));
                }
                self.ended = true;
            }
            None => {
                if let Some(observer) = observer {
                    observer.on_end(None);
                }
                self.ended = true;
            }
        }
        Poll::Ready(item)
    }
}

impl fmt::Debug for ChatStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatStream")
            .field("observed", &self.observer.is_some())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// Two observers in the one slot.
struct Both<O>(O, Box<dyn StreamObserver>);

impl<O: StreamObserver> StreamObserver for Both<O> {
    fn on_chunk(&mut self, chunk: &ChatChunk) {
        self.0.on_chunk(chunk);
        self.1.on_chunk(chunk);
    }

    fn on_end(&mut self, error: Option<&ProviderError>) {
        self.0.on_end(error);
        self.1.on_end(error);
    }
}
