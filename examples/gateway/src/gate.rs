//! How many requests are answered at once.

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_provider::{
    ChatChunk, ChatReply, EmbedResponse, ErrorKind, ProviderError, StreamEnd, StreamObserver,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Lets so many requests in at once and as many wait; the others are refused.
///
/// A request is in until its answer has ended, a streamed one too.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    longest_wait: Duration,
}

impl Gate {
    pub(crate) fn new(concurrency: usize, queue: usize, longest_wait: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS))),
            queue: Arc::new(Semaphore::new(queue.min(Semaphore::MAX_PERMITS))),
            longest_wait,
        }
    }

    /// Waits for a place, unless too many wait already.
    pub(crate) async fn enter(&self) -> Result<OwnedSemaphorePermit, ProviderError> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let busy = || {
            ProviderError::new(
                ErrorKind::Overloaded,
                "the gateway answers as many requests as it may: try again in a moment",
            )
        };
        let _waiting = self.queue.try_acquire().map_err(|_| busy())?;
        let place = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout(self.longest_wait, place).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(busy()),
        }
    }
}

/// An answer that keeps something, such as its place, until it has ended.
pub(crate) trait Hold {
    fn hold(self, kept: impl Send + 'static) -> Self;
}

impl Hold for ChatReply {
    fn hold(self, kept: impl Send + 'static) -> Self {
        match self {
            Self::Stream(stream) => Self::Stream(stream.with_observer(Held(Some(kept)))),
            full @ Self::Full(_) => full,
        }
    }
}

impl Hold for EmbedResponse {
    fn hold(self, _: impl Send + 'static) -> Self {
        self
    }
}

/// Gives back what was kept at the end of a stream, or when it is dropped.
struct Held<T>(Option<T>);

impl<T: Send> StreamObserver for Held<T> {
    fn on_chunk(&mut self, _: &ChatChunk) {}

    fn on_end(&mut self, _: StreamEnd<'_>) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn some_enter_some_wait_and_the_rest_are_refused() {
        let gate = Gate::new(1, 1, Duration::from_secs(5));
        let first = gate.enter().await.unwrap();
        let waiting = tokio::spawn({
            let gate = gate.clone();
            async move { gate.enter().await.map(drop) }
        });
        tokio::task::yield_now().await;
        assert_eq!(
            gate.enter().await.unwrap_err().kind(),
            ErrorKind::Overloaded
        );
        drop(first);
        assert!(waiting.await.unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let gate = Gate::new(1, 1, Duration::from_secs(5));
        let _first = gate.enter().await.unwrap();
        assert_eq!(
            gate.enter().await.unwrap_err().kind(),
            ErrorKind::Overloaded
        );
    }

    #[tokio::test]
    async fn a_stream_keeps_its_place_until_it_is_dropped() {
        let gate = Gate::new(1, 0, Duration::ZERO);
        let stream = llm_vitals_provider::ChatStream::new(futures_util::stream::pending());
        let reply = ChatReply::Stream(stream).hold(gate.enter().await.unwrap());
        assert!(gate.enter().await.is_err());
        drop(reply);
        assert!(gate.enter().await.is_ok());
    }
}
