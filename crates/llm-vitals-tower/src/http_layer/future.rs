use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use crate::classify::ClassifyError;
use crate::http_layer::body::Tapped;
use crate::http_layer::exchange::Exchange;

pin_project! {
    /// The future of an [`LlmHttpMetricsService`](crate::LlmHttpMetricsService). Dropped before it is ready, it records a
    /// cancelled request.
    pub struct HttpResponseFuture<F, C> {
        #[pin]
        inner: F,
        exchange: Option<Exchange>,
        classifier: C,
    }
}

/// A response whose body can be watched.
pub trait Watched {
    /// What it becomes.
    type Output;

    /// Moves the exchange into the body.
    fn watched(self, exchange: Exchange) -> Self::Output;
}

impl<R> Watched for Response<R>
where
    R: Body,
    R::Error: 'static,
{
    type Output = Response<Tapped<R>>;

    fn watched(self, exchange: Exchange) -> Self::Output {
        let (head, body) = self.into_parts();
        let watch = exchange.answered(head.status, &head.headers);
        Response::from_parts(head, Tapped::response(body, watch))
    }
}

impl<F, C> HttpResponseFuture<F, C> {
    pub(crate) const fn new(inner: F, exchange: Exchange, classifier: C) -> Self {
        Self {
            inner,
            exchange: Some(exchange),
            classifier,
        }
    }
}

impl<F, C, T, E> Future for HttpResponseFuture<F, C>
where
    F: Future<Output = Result<T, E>>,
    T: Watched,
    C: ClassifyError<E>,
{
    type Output = Result<T::Output, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = ready!(this.inner.poll(cx));
        #[expect(
            clippy::expect_used,
            reason = "a future that is polled after its end may panic"
        )]
        let exchange = this.exchange.take().expect("polled after it was ready");
        Poll::Ready(match result {
            Ok(response) => Ok(response.watched(exchange)),
            Err(error) => {
                exchange.failed(this.classifier.classify(&error));
                Err(error)
            }
        })
    }
}

impl<F, C> fmt::Debug for HttpResponseFuture<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponseFuture").finish_non_exhaustive()
    }
}
