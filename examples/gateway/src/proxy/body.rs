//! The body of an answer that is passed on.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;

/// Passes a body on byte by byte, and keeps the request's place until it has ended or is dropped.
pub(super) struct ProxyBody {
    inner: reqwest::Body,
    place: Option<OwnedSemaphorePermit>,
}

impl ProxyBody {
    pub(super) const fn new(inner: reqwest::Body, place: OwnedSemaphorePermit) -> Self {
        Self {
            inner,
            place: Some(place),
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
        if !matches!(frame, Some(Ok(_))) {
            self.place = None;
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
