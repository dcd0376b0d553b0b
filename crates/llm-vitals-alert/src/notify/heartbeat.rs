//! A dead man's switch: somebody outside is pinged while rules are evaluated and somebody can be told.
//!
//! It stops when evaluation stands still, when no receiver works, or when this process does; whoever is pinged then tells that nothing
//! comes any more. One receiver of several that fails does not stop it: that is told by the others.

#[cfg(feature = "heartbeat")]
mod ping;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

#[cfg(feature = "heartbeat")]
pub(crate) use self::ping::Ping;
use super::delivery::LaneState;
use super::notifications::ReceiverStatus;
use super::notifier::NotifyError;

/// What pings once.
#[async_trait]
pub(crate) trait Pulse: Send + Sync {
    async fn ping(&self) -> Result<(), NotifyError>;
}

/// One that is pinged, and when.
pub(crate) struct Heart {
    receiver: String,
    index: usize,
    pulse: Arc<dyn Pulse>,
    interval_ms: i64,
    next_at: i64,
    is_sending: bool,
    /// Why there is no ping now, or why the last one failed.
    trouble: Option<String>,
    last_success: Option<i64>,
    pub(crate) sent: u64,
    pub(crate) failed: u64,
    pub(crate) withheld: u64,
}

impl Heart {
    pub(crate) fn new(
        receiver: &str,
        index: usize,
        pulse: Arc<dyn Pulse>,
        interval: Duration,
    ) -> Self {
        Self {
            receiver: receiver.to_owned(),
            index,
            pulse,
            interval_ms: i64::try_from(interval.as_millis())
                .unwrap_or(i64::MAX / 2)
                .max(1000),
            next_at: i64::MIN,
            is_sending: false,
            trouble: None,
            last_success: None,
            sent: 0,
            failed: 0,
            withheld: 0,
        }
    }

    /// When to ask [`due`](Self::due) again.
    pub(crate) fn due_at(&self) -> Option<i64> {
        (!self.is_sending).then_some(self.next_at)
    }

    /// Gives what to ping with if it is time and all is well. Then [`pinged`](Self::pinged) is to be called.
    pub(crate) fn due(&mut self, lives: bool, now_ms: i64) -> Option<Arc<dyn Pulse>> {
        if self.is_sending || now_ms < self.next_at {
            return None;
        }
        if !lives {
            self.withheld += 1;
            self.trouble =
                Some("withheld: rules are not evaluated, or nobody can be told".to_owned());
            self.next_at = now_ms.saturating_add(self.soon());
            return None;
        }
        self.is_sending = true;
        Some(Arc::clone(&self.pulse))
    }

    pub(crate) fn pinged(&mut self, result: Result<(), NotifyError>, now_ms: i64) {
        self.is_sending = false;
        match result {
            Ok(()) => {
                self.sent += 1;
                self.trouble = None;
                self.last_success = Some(now_ms);
                // The time that the ping took is part of the interval.
                let at = self.next_at.saturating_add(self.interval_ms);
                let is_late = at <= now_ms;
                self.next_at = if is_late {
                    now_ms.saturating_add(self.interval_ms)
                } else {
                    at
                };
            }
            Err(error) => {
                self.failed += 1;
                let asked = error.retry_after.map_or(0, |wait| {
                    i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2)
                });
                self.next_at = now_ms.saturating_add(asked.max(self.soon()));
                self.trouble = Some(error.to_string());
            }
        }
    }

    /// The wait until something is tried again that should be done by now.
    fn soon(&self) -> i64 {
        (self.interval_ms / 10).max(1000)
    }

    pub(crate) fn status(&self) -> ReceiverStatus {
        ReceiverStatus {
            receiver: self.receiver.clone(),
            integration: "heartbeat",
            index: self.index,
            state: match self.trouble {
                None => LaneState::Working,
                Some(_) => LaneState::Retrying,
            },
            last_success: self.last_success,
            last_error: self.trouble.clone(),
            queued: 0,
            sent: self.sent,
            failed: self.failed,
        }
    }
}
