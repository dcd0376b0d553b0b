use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::call::Call;
use crate::classify::ClassifyError;
use crate::observe::LlmResponse;

pin_project! {
    /// The future of an [`LlmMetricsService`](crate::LlmMetricsService). Dropped before it is ready, it records a
    /// cancelled request.
    #[derive(Debug)]
    pub struct ResponseFuture<F, C> {
        #[pin]
        inner: F,
        call: Option<Call>,
        classifier: C,
    }
}

impl<F, C> ResponseFuture<F, C> {
    pub(crate) const fn new(inner: F, call: Call, classifier: C) -> Self {
        Self {
            inner,
            call: Some(call),
            classifier,
        }
    }
}

impl<F, C, T, E> Future for ResponseFuture<F, C>
where
    F: Future<Output = Result<T, E>>,
    T: LlmResponse,
    C: ClassifyError<E>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = ready!(this.inner.poll(cx));
        let Some(mut call) = this.call.take() else {
            return Poll::Ready(result);
        };
        Poll::Ready(match result {
            Ok(response) => Ok(response.observed(call)),
            Err(error) => {
                if let Some(limits) = this.classifier.rate_limits(&error) {
                    call.set_rate_limits(limits);
                }
                call.fail(this.classifier.classify(&error));
                Err(error)
            }
        })
    }
}
