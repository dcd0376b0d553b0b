//! From a notification that is due to one that has arrived: queues, attempts, waits.
//!
//! A *lane* is one integration of one receiver. It has a queue, sends one message at a time, and keeps the order of messages with the
//! same key. What is temporary is tried again without end: what is in a queue is delivered, merged with a newer state of the same group,
//! given up because the receiver says that it will never take it, or refused at the door; each of these is counted.
//!
//! Everything here is handed the time and does no I/O.

mod backoff;
mod counts;
mod lane;
mod merge;
mod queue;
mod token_bucket;

pub(crate) use self::counts::Counts;
pub use self::lane::LaneState;
pub(crate) use self::lane::{Lane, Next, Outcome, SavedLane};
pub(crate) use self::queue::{Pushed, QueueLimits};
