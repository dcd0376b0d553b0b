use std::fmt;
use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::classify::{ClassifyError, DefaultClassifier};
use crate::http_layer::watch::{RequestWatch, ResponseWatch};

pin_project! {
    /// A body that is seen as it passes by. Frames, errors, trailers and size are those of the inner body, and nothing is
    /// held back.
    ///
    /// Dropping the body of a response before its end records a cancelled request, unless the answer was complete by then.
    pub struct Tapped<B> {
        #[pin]
        inner: B,
        watch: Watch,
    }
}

enum Watch {
    Request(RequestWatch),
    Response(Box<ResponseWatch>),
    Nothing,
}

impl<B> Tapped<B> {
    pub(super) const fn unwatched(inner: B) -> Self {
        Self {
            inner,
            watch: Watch::Nothing,
        }
    }

    pub(super) const fn request(inner: B, watch: RequestWatch) -> Self {
        Self {
            inner,
            watch: Watch::Request(watch),
        }
    }
}

impl<B: Body> Tapped<B> {
    pub(super) fn response(inner: B, mut watch: ResponseWatch) -> Self {
        // Nobody asks an empty body for its end.
        if inner.is_end_stream() {
            watch.end();
        }
        Self {
            inner,
            watch: Watch::Response(Box::new(watch)),
        }
    }
}

impl<B> Body for Tapped<B>
where
    B: Body,
    B::Error: 'static,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(this.inner.as_mut().poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.watch.data(data);
                }
                // Nothing follows trailers, and whoever knows the length may never ask for what comes after the last byte.
                if frame.is_trailers() || this.inner.is_end_stream() {
                    this.watch.end();
                }
            }
            Some(Err(error)) => {
                if let Watch::Response(watch) = this.watch {
                    watch.fail(DefaultClassifier.classify(error));
                }
            }
            None => this.watch.end(),
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

impl Watch {
    #[inline]
    fn data(&mut self, data: &impl Buf) {
        let piece = data.chunk();
        // Most bodies come in one piece.
        if piece.len() == data.remaining() {
            self.piece(piece);
        } else {
            self.pieces(data);
        }
    }

    #[inline]
    fn piece(&mut self, piece: &[u8]) {
        match self {
            Self::Request(watch) => watch.data(piece),
            Self::Response(watch) => watch.data(piece),
            Self::Nothing => {}
        }
    }

    #[cold]
    fn pieces(&mut self, data: &impl Buf) {
        // Few libraries make more than two.
        let mut pieces = [IoSlice::new(&[]); 16];
        let count = data.chunks_vectored(&mut pieces);
        let mut seen = 0;
        for piece in &pieces[..count] {
            seen += piece.len();
            self.piece(piece);
        }
        if seen < data.remaining() {
            *self = self.blinded();
        }
    }

    /// Half of what passes says nothing.
    fn blinded(&mut self) -> Self {
        match std::mem::replace(self, Self::Nothing) {
            Self::Response(mut watch) => {
                watch.blind();
                Self::Response(watch)
            }
            Self::Request(_) | Self::Nothing => Self::Nothing,
        }
    }

    fn end(&mut self) {
        if let Self::Response(watch) = self {
            watch.end();
        }
    }
}

impl<B> fmt::Debug for Tapped<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tapped").finish_non_exhaustive()
    }
}
