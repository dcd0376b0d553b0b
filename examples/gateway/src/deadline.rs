//! How long one attempt at a provider may take.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use llm_vitals_provider::{ErrorKind, ProviderError};
use pin_project_lite::pin_project;
use tokio::time::Sleep;
use tower::{Layer, Service};

/// Ends an attempt with an error of kind `timeout`. It stands inside the layers that count: outside of them it could not
/// be told from a client that left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeadlineLayer(pub(crate) Duration);

/// A service with a deadline: to the whole answer, or to the first chunk of a streamed one.
#[derive(Clone, Debug)]
pub(crate) struct Deadline<S> {
    inner: S,
    after: Duration,
}

impl<S> Layer<S> for DeadlineLayer {
    type Service = Deadline<S>;

    fn layer(&self, inner: S) -> Deadline<S> {
        Deadline {
            inner,
            after: self.0,
        }
    }
}

impl<S, R> Service<R> for Deadline<S>
where
    S: Service<R, Error = ProviderError>,
{
    type Response = S::Response;
    type Error = ProviderError;
    type Future = DeadlineFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        DeadlineFuture {
            inner: self.inner.call(request),
            sleep: tokio::time::sleep(self.after),
            after: self.after,
        }
    }
}

pin_project! {
    /// The future of [`Deadline`].
    #[derive(Debug)]
    pub(crate) struct DeadlineFuture<F> {
        #[pin]
        inner: F,
        #[pin]
        sleep: Sleep,
        after: Duration,
    }
}

impl<F, T> Future for DeadlineFuture<F>
where
    F: Future<Output = Result<T, ProviderError>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(result) = this.inner.poll(cx) {
            return Poll::Ready(result);
        }
        this.sleep.poll(cx).map(|()| {
            let message = format!(
                "no answer within {:?}: try again, or raise timeouts.attempt",
                this.after
            );
            Err(ProviderError::new(ErrorKind::Timeout, message))
        })
    }
}

#[cfg(test)]
mod tests {
    use tower::{ServiceExt as _, service_fn};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_slow_answer_is_a_timeout() {
        let slow = service_fn(async |seconds| {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok(seconds)
        });
        let service = DeadlineLayer(Duration::from_secs(5)).layer(slow);
        assert_eq!(service.clone().oneshot(4).await.unwrap(), 4);
        let error = service.oneshot(6).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "no answer within 5s: try again, or raise timeouts.attempt"
        );
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
}
