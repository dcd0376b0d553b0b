//! What can be seen of a receiver.

use crate::notify::delivery::LaneState;

/// How one integration of a receiver does.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverStatus {
    /// The receiver's name.
    pub receiver: String,
    /// The kind of place, such as `slack`.
    pub integration: &'static str,
    /// Which of the receiver's integrations, from 0.
    pub index: usize,
    /// How it does.
    pub state: LaneState,
    /// When something arrived last, in milliseconds since 1970; `None` if nothing has since the start.
    pub last_success: Option<i64>,
    /// The last failure since the start, without secrets. It may be older than the last success.
    pub last_error: Option<String>,
    /// Notifications that wait or are being sent.
    pub queued: usize,
    /// Notifications that have arrived since the start.
    pub sent: u64,
    /// Notifications that will never arrive, since the start.
    pub failed: u64,
}
