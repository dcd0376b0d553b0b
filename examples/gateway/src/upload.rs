//! The body of a client's request on its way to a provider, and what becomes of the answer when it breaks off.
//!
//! A body that breaks is the client's doing. Were its error passed on, the request to the provider would fail, and count as
//! an error of the provider. So whoever sends the body on hears nothing more of it; [`Break`] tells the one who answers the
//! client, who drops the request: it is cancelled.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::BoxError;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::oneshot;

/// The body of a request, as it comes.
pub(crate) struct Upload {
    /// There until it breaks.
    body: Option<axum::body::Body>,
    /// How many bytes may still come.
    left: usize,
    broken: Option<oneshot::Sender<Broken>>,
}

/// Ready when the upload breaks; never, when it ends well.
pub(crate) struct Break(Option<oneshot::Receiver<Broken>>);

/// Why a body cannot be passed on.
pub(crate) enum Broken {
    /// It is too long; this is the rest of it.
    TooLong(axum::body::Body),
    /// The client left, or sent something that is no body.
    Client,
}

/// The body of an answer, which breaks when the request's body does.
pub(crate) struct UntilBreak<B> {
    inner: Option<B>,
    broken: Break,
}

impl Upload {
    /// Takes a body of at most `limit` bytes.
    pub(crate) const fn new(body: axum::body::Body, limit: usize) -> Self {
        Self {
            body: Some(body),
            left: limit,
            broken: None,
        }
    }

    /// What tells that the body broke; to be asked for once.
    pub(crate) fn broken(&mut self) -> Break {
        let (tell, broken) = oneshot::channel();
        self.broken = Some(tell);
        Break(Some(broken))
    }

    fn tell(&mut self, broken: Broken) {
        if let Some(tell) = self.broken.take() {
            // Nobody listens any more when the request is gone already.
            let _ = tell.send(broken);
        }
    }
}

impl<B> UntilBreak<B> {
    pub(crate) const fn new(inner: B, broken: Break) -> Self {
        Self {
            inner: Some(inner),
            broken,
        }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(body) = &mut self.body else {
            return Poll::Pending;
        };
        let frame = match ready!(Pin::new(body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(_)) => {
                self.body = None;
                self.tell(Broken::Client);
                return Poll::Pending;
            }
            None => return Poll::Ready(None),
        };
        let length = frame.data_ref().map_or(0, Bytes::len);
        if let Some(left) = self.left.checked_sub(length) {
            self.left = left;
            return Poll::Ready(Some(Ok(frame)));
        }
        if let Some(rest) = self.body.take() {
            self.tell(Broken::TooLong(rest));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_some_and(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Future for Break {
    type Output = Broken;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Broken> {
        let Some(broken) = &mut self.0 else {
            return Poll::Pending;
        };
        let broken = ready!(Pin::new(broken).poll(cx));
        self.0 = None;
        broken.map_or(Poll::Pending, Poll::Ready)
    }
}

impl<B> Body for UntilBreak<B>
where
    B: Body + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        if Pin::new(&mut self.broken).poll(cx).is_ready() {
            self.inner = None;
            return Poll::Ready(Some(Err("the client's request broke off".into())));
        }
        let Some(inner) = &mut self.inner else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(inner).poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_some_and(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, stream};
    use http_body_util::BodyExt as _;

    use super::*;

    fn body(pieces: &[Result<&'static str, ()>]) -> axum::body::Body {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| piece.map_err(|()| std::io::Error::other("x")))
            .collect();
        axum::body::Body::from_stream(stream::iter(pieces))
    }

    #[test]
    fn a_body_up_to_the_limit_passes() {
        let mut upload = Upload::new(body(&[Ok("123"), Ok("45")]), 5);
        let broken = upload.broken();
        let whole = upload.collect().now_or_never().unwrap().unwrap();
        assert_eq!(whole.to_bytes(), "12345");
        assert!(broken.now_or_never().is_none());
    }

    #[test]
    fn a_body_that_breaks_is_told_apart_from_one_that_is_too_long() {
        let mut upload = Upload::new(body(&[Ok("123"), Err(())]), 5);
        let broken = upload.broken();
        assert!(upload.collect().now_or_never().is_none());
        assert!(matches!(broken.now_or_never(), Some(Broken::Client)));

        let mut upload = Upload::new(body(&[Ok("123"), Ok("456"), Ok("7")]), 5);
        let broken = upload.broken();
        assert!(upload.collect().now_or_never().is_none());
        let Some(Broken::TooLong(rest)) = broken.now_or_never() else {
            panic!("it is too long")
        };
        let rest = rest.collect().now_or_never().unwrap().unwrap();
        assert_eq!(rest.to_bytes(), "7");
    }

    #[test]
    fn an_answer_ends_with_the_upload_that_breaks() {
        let mut upload = Upload::new(body(&[Err(())]), 5);
        let mut answer = UntilBreak::new(body(&[Ok("a"), Ok("b")]), upload.broken());
        let frame = answer.frame().now_or_never().unwrap().unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "a");
        assert!(upload.frame().now_or_never().is_none());
        assert!(answer.frame().now_or_never().unwrap().unwrap().is_err());
        assert!(answer.frame().now_or_never().unwrap().is_none());
    }
}
