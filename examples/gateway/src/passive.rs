//! Tells a provider's passive health, and the log of its errors, how each call to it ended.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use llm_vitals_health::{Cause, Outcome, Target};
use llm_vitals_provider::{
    Answers, ChatChunk, ChatReply, EmbedResponse, ProviderError, StreamEnd, StreamObserver,
};
use pin_project_lite::pin_project;
use tokio::time::Instant;
use tower::{Layer, Service};

use crate::call_log::{Asks, CallLog, LoggedCall};
use crate::outcome::outcome;

/// Applies [`Passive`]. It goes outside of the retries: a call that a retry saved is a success.
#[derive(Clone, Debug)]
pub(crate) struct PassiveLayer {
    pub(crate) target: Target,
    pub(crate) log: CallLog,
}

/// Records each call when its answer has ended, a streamed one too. One that is dropped before says nothing.
#[derive(Clone, Debug)]
pub(crate) struct Passive<S> {
    inner: S,
    target: Target,
    log: CallLog,
}

impl<S> Layer<S> for PassiveLayer {
    type Service = Passive<S>;

    fn layer(&self, inner: S) -> Passive<S> {
        Passive {
            inner,
            target: self.target.clone(),
            log: self.log.clone(),
        }
    }
}

impl<S, R> Service<R> for Passive<S>
where
    S: Service<R, Error = ProviderError>,
    S::Response: Watched,
    R: Asks,
{
    type Response = S::Response;
    type Error = ProviderError;
    type Future = PassiveFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ProviderError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        PassiveFuture {
            watch: Some(Watch {
                target: self.target.clone(),
                call: self.log.begin(&request),
                started: Instant::now(),
            }),
            inner: self.inner.call(request),
        }
    }
}

pin_project! {
    /// The answer to a call that is watched.
    pub(crate) struct PassiveFuture<F> {
        #[pin]
        inner: F,
        watch: Option<Watch>,
    }
}

impl<F, T> Future for PassiveFuture<F>
where
    F: Future<Output = Result<T, ProviderError>>,
    T: Watched,
{
    type Output = Result<T, ProviderError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = ready!(this.inner.poll(cx));
        let Some(watch) = this.watch.take() else {
            return Poll::Ready(result);
        };
        Poll::Ready(match result {
            Ok(answer) => Ok(answer.watched(watch)),
            Err(error) => {
                watch.fail(&error);
                Err(error)
            }
        })
    }
}

/// A call that goes on.
#[derive(Debug)]
pub(crate) struct Watch {
    target: Target,
    call: LoggedCall,
    started: Instant,
}

impl Watch {
    fn fail(self, error: &ProviderError) {
        self.call.failed(error);
        self.end(outcome(error));
    }

    fn end(self, outcome: Outcome) {
        self.target
            .record_since(outcome, self.started, Instant::now());
    }
}

/// An answer that is watched to its end.
pub(crate) trait Watched {
    fn watched(self, watch: Watch) -> Self;
}

impl Watched for ChatReply {
    fn watched(self, watch: Watch) -> Self {
        match self {
            Self::Stream(stream) => Self::Stream(stream.with_observer(StreamWatch {
                watch: Some(watch),
                answers: Answers::default(),
            })),
            full @ Self::Full(_) => {
                watch.end(Outcome::Success);
                full
            }
        }
    }
}

impl Watched for EmbedResponse {
    fn watched(self, watch: Watch) -> Self {
        watch.end(Outcome::Success);
        self
    }
}

struct StreamWatch {
    watch: Option<Watch>,
    answers: Answers,
}

impl StreamObserver for StreamWatch {
    fn on_chunk(&mut self, chunk: &ChatChunk) {
        self.answers.see(chunk);
    }

    fn on_end(&mut self, end: StreamEnd<'_>) {
        let Some(watch) = self.watch.take() else {
            return;
        };
        match end {
            StreamEnd::Error(error) => watch.fail(error),
            StreamEnd::Unknown if !self.answers.all_ended() => {
                watch.call.broke_off();
                watch.end(Outcome::Failed(Cause::StreamInterrupted));
            }
            StreamEnd::Known | StreamEnd::Unknown => watch.end(Outcome::Success),
        }
    }
}
