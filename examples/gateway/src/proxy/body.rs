//! The body of an answer that is passed on.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use llm_vitals_provider::ErrorKind;
use llm_vitals_provider::wire::BodyTap;
use llm_vitals_tower::{Call, StreamCall};
use tokio::sync::OwnedSemaphorePermit;

/// Passes a body on byte by byte; keeps the request's place, and the service's count, until it has ended or is dropped.
pub(super) struct ProxyBody {
    inner: reqwest::Body,
    watch: Option<Watch>,
    place: Option<OwnedSemaphorePermit>,
}

/// A request of the service under way.
pub(super) struct Watch {
    call: StreamCall,
    outcome: Outcome,
}

enum Outcome {
    Refusal(ErrorKind),
    Answer(Box<BodyTap>),
}

impl Watch {
    pub(super) fn refusal(call: Call, kind: ErrorKind) -> Self {
        Self {
            call: call.into_stream(),
            outcome: Outcome::Refusal(kind),
        }
    }

    pub(super) fn answer(call: Call, tap: BodyTap) -> Self {
        Self {
            call: call.into_stream(),
            outcome: Outcome::Answer(Box::new(tap)),
        }
    }

    fn data(&mut self, bytes: &[u8]) {
        if let Outcome::Answer(tap) = &mut self.outcome {
            tap.push(bytes);
        }
    }

    fn end(self) {
        match self.outcome {
            Outcome::Refusal(kind) => self.call.fail(kind),
            Outcome::Answer(mut tap) => {
                tap.finish();
                match tap.failure() {
                    None => self.call.succeed(),
                    Some(kind) => self.call.fail(kind),
                }
            }
        }
    }

    fn fail(self) {
        match self.outcome {
            Outcome::Refusal(kind) => self.call.fail(kind),
            Outcome::Answer(_) => self.call.fail(ErrorKind::StreamInterrupted),
        }
    }

    /// The client left. What was complete by then is a success all the same.
    fn leave(self) {
        match self.outcome {
            Outcome::Refusal(kind) => self.call.fail(kind),
            Outcome::Answer(mut tap) => {
                tap.finish();
                if !tap.is_opaque() && tap.failure().is_none() {
                    self.call.succeed();
                }
            }
        }
    }
}

impl ProxyBody {
    pub(super) fn new(
        inner: reqwest::Body,
        watch: Option<Watch>,
        place: Option<OwnedSemaphorePermit>,
    ) -> Self {
        let mut body = Self {
            inner,
            watch,
            place,
        };
        // Nobody asks an empty body for its end.
        if body.inner.is_end_stream() {
            body.end();
        }
        body
    }

    fn end(&mut self) {
        self.place = None;
        if let Some(watch) = self.watch.take() {
            watch.end();
        }
    }
}

impl Body for ProxyBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let (Some(data), Some(watch)) = (frame.data_ref(), &mut self.watch) {
                    watch.data(data);
                }
                if self.inner.is_end_stream() {
                    self.end();
                }
            }
            Some(Err(_)) => {
                self.place = None;
                if let Some(watch) = self.watch.take() {
                    watch.fail();
                }
            }
            None => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for ProxyBody {
    fn drop(&mut self) {
        if let Some(watch) = self.watch.take() {
            watch.leave();
        }
    }
}
