//! The smallest HTTP service, for the layers that measure HTTP.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Empty, Full};
use tower_service::Service;

/// Answers every request at once with 13 bytes.
#[derive(Clone, Copy, Debug)]
pub struct BareHttp;

impl<B> Service<Request<B>> for BareHttp {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        black_box(request.uri());
        ready(Ok(Response::new(Full::new(Bytes::from_static(
            b"{\"ok\":true}  ",
        )))))
    }
}

/// A whole request: made, answered, and its body read to the end.
pub fn exchange<S, B>(service: &mut S)
where
    S: Service<Request<Empty<Bytes>>, Response = Response<B>>,
    B: http_body::Body,
{
    let mut cx = Context::from_waker(Waker::noop());
    let request = Request::post("http://localhost/v1/chat/completions")
        .body(Empty::new())
        .unwrap_or_default();
    let Poll::Ready(Ok(())) = service.poll_ready(&mut cx) else {
        unreachable!("the service is always ready");
    };
    let future = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = future.poll(&mut cx) else {
        unreachable!("the service answers at once");
    };
    let mut body = pin!(response.into_body());
    while let Poll::Ready(Some(frame)) = Pin::as_mut(&mut body).poll_frame(&mut cx) {
        black_box(frame.is_ok());
    }
}
