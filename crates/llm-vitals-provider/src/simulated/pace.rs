//! A stream whose items come when their time has come.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::{Instant, Sleep};

use crate::error::ProviderError;
use crate::response::ChatChunk;
use crate::simulated::turn::InFlight;

/// Longer than anything waits for.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

type Item = Result<ChatChunk, ProviderError>;

/// Items with the time that passes before each. The times are counted from the beginning, so that a reader who is late finds
/// what has come in the meantime, as on a real connection.
pub(crate) struct Paced<I> {
    items: I,
    next: Option<Item>,
    at: Instant,
    sleep: Pin<Box<Sleep>>,
    /// Given back when the stream ends, or is dropped.
    flight: Option<InFlight>,
}

impl<I> Paced<I> {
    pub(crate) fn new(items: I, start: Instant, flight: InFlight) -> Self {
        Self {
            items,
            next: None,
            at: start,
            sleep: Box::pin(tokio::time::sleep_until(start)),
            flight: Some(flight),
        }
    }
}

impl<I: Iterator<Item = (Duration, Item)> + Unpin> Stream for Paced<I> {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = &mut *self;
        if this.next.is_none() {
            let Some((wait, item)) = this.items.next() else {
                this.flight = None;
                return Poll::Ready(None);
            };
            this.next = Some(item);
            if !wait.is_zero() {
                // A wait without end is as long as any timer runs.
                this.at = this.at.checked_add(wait).unwrap_or(this.at + LONGEST);
                this.sleep.as_mut().reset(this.at);
            }
        }
        if this.at > Instant::now() {
            ready!(this.sleep.as_mut().poll(cx));
        }
        Poll::Ready(this.next.take())
    }
}
