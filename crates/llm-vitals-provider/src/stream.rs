//! A streamed answer, and those who watch it pass by.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::error::ProviderError;
use crate::response::{ChatChunk, Head};

/// A streamed answer: chunks, and at most one error, after which it ends.
///
/// A complete stream names a `finish_reason` for every answer that it began, and then ends. A source that knows better, by
/// an end marker of its provider, says so by [`with_known_end`](Self::with_known_end); one that breaks off before its end
/// yields an error of kind [`StreamInterrupted`](crate::ErrorKind::StreamInterrupted). Dropping the stream cancels the
/// request.
pub struct ChatStream {
    inner: Pin<Box<dyn Stream<Item = Result<ChatChunk, ProviderError>> + Send>>,
    observer: Option<Box<dyn StreamObserver>>,
    head: Head,
    knows_end: bool,
    ended: bool,
}

/// How a stream ended.
#[expect(
    clippy::exhaustive_enums,
    reason = "a stream ends in one of these ways"
)]
#[derive(Clone, Copy, Debug)]
pub enum StreamEnd<'a> {
    /// With an error that is about to reach the caller.
    Error(&'a ProviderError),
    /// By itself, and the source knows that this is the end.
    Known,
    /// By itself. It is complete if every answer that it began has named why it stopped.
    Unknown,
}

/// Watches a [`ChatStream`] without touching it. Dropped with the stream, so that a guard in it sees a cancel.
pub trait StreamObserver: Send {
    /// A chunk is about to reach the caller.
    fn on_chunk(&mut self, chunk: &ChatChunk);

    /// The stream ended. Called at most once, and not when the stream is dropped before.
    fn on_end(&mut self, end: StreamEnd<'_>);
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
            knows_end: false,
            ended: false,
        }
    }

    /// Says that the source tells an end from a break: where it merely ends, the answer is complete.
    #[must_use]
    pub const fn with_known_end(mut self) -> Self {
        self.knows_end = true;
        self
    }

    /// Puts `wrap` around the stream; what was known of it is known of the new one.
    #[must_use]
    pub fn wrapped<S>(self, wrap: impl FnOnce(Self) -> S) -> Self
    where
        S: Stream<Item = Result<ChatChunk, ProviderError>> + Send + 'static,
    {
        let (head, knows_end) = (self.head.clone(), self.knows_end);
        let mut outer = Self::new(wrap(self)).with_head(head);
        outer.knows_end = knows_end;
        outer
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
        let end = if self.knows_end {
            StreamEnd::Known
        } else {
            StreamEnd::Unknown
        };
        let observer = self.observer.as_mut();
        match &item {
            Some(Ok(chunk)) => {
                if let Some(observer) = observer {
                    observer.on_chunk(chunk);
                }
            }
            Some(Err(error)) => {
                if let Some(observer) = observer {
                    observer.on_end(StreamEnd::Error(error));
                }
                self.ended = true;
            }
            None => {
                if let Some(observer) = observer {
                    observer.on_end(end);
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

    fn on_end(&mut self, end: StreamEnd<'_>) {
        self.0.on_end(end);
        self.1.on_end(end);
    }
}
