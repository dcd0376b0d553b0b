//! What changed, for those who want to hear of it.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::cause::Cause;
use crate::group::Group;
use crate::status::Status;

/// A status that has changed.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// Whose.
    pub subject: Subject,
    /// What it was.
    pub from: Status,
    /// What it is.
    pub to: Status,
    /// Why, for a check that is not up.
    pub cause: Option<Cause>,
    /// When.
    pub at: SystemTime,
}

/// Whose status has changed.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Subject {
    /// A check's.
    Check(Arc<str>),
    /// A group's.
    Group(Group),
}

/// The transitions from the time of subscribing on. Made by [`Health::subscribe`](crate::Health::subscribe).
///
/// A subscriber never holds up a check: one that is more than 256 transitions behind misses the oldest.
pub struct Transitions {
    receiver: broadcast::Receiver<Transition>,
    missed: u64,
}

impl Transitions {
    pub(crate) const fn new(receiver: broadcast::Receiver<Transition>) -> Self {
        Self {
            receiver,
            missed: 0,
        }
    }

    /// Waits for the next transition; `None` when the registry is gone. Cancelling loses nothing.
    pub async fn next(&mut self) -> Option<Transition> {
        loop {
            match self.receiver.recv().await {
                Ok(transition) => return Some(transition),
                Err(RecvError::Lagged(missed)) => self.missed += missed,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// How many transitions came too fast for this subscriber.
    #[must_use]
    pub const fn missed(&self) -> u64 {
        self.missed
    }
}

impl fmt::Debug for Transitions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transitions")
            .field("missed", &self.missed)
            .finish_non_exhaustive()
    }
}
