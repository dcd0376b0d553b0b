//! One call of a notifier.

use std::sync::Arc;
use std::time::Duration;

use crate::notify::notification::Notification;
use crate::notify::notifier::{Notifier, NotifyError, Receipt};

/// The longest time that a notifier may take, whatever its own time-outs are: one that never ends must not stop its lane.
const LONGEST: Duration = Duration::from_secs(300);

/// What to send, and who does.
pub(crate) struct Job {
    pub(crate) lane: u64,
    pub(crate) notifier: Arc<dyn Notifier>,
    pub(crate) notification: Notification,
    pub(crate) previous: Option<Receipt>,
    pub(crate) began: i64,
}

impl Job {
    pub(crate) async fn run(&self) -> Result<Receipt, NotifyError> {
        let notify = self
            .notifier
            .notify(&self.notification, self.previous.as_ref());
        match tokio::time::timeout(LONGEST, notify).await {
            Ok(result) => result,
            Err(_) => Err(NotifyError::temporary(
                "timeout",
                "the notifier took more than 5 minutes",
            )),
        }
    }
}
