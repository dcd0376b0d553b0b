//! What becomes of a notification that still waits when the next one of its group comes.

use crate::notify::notification::{Notification, NotifyReason};

/// What waits of one group, oldest first: a state that fires, one in which all is over, or the first and then the second.
///
/// Adds the next state and says how many were merged away. One that fires replaces all that waits. One in which all is over stands
/// behind one that fires, so that both are told, and replaces one of its own kind.
pub(super) fn add(waiting: &mut Vec<Notification>, newer: Notification) -> u64 {
    let keeps_last = waiting.last().is_none_or(Notification::is_firing);
    if !newer.is_firing() && keeps_last {
        waiting.push(newer);
        return 0;
    }
    let from = if newer.is_firing() {
        0
    } else {
        waiting.len() - 1
    };
    let old = waiting.split_off(from);
    let count = old.len() as u64;
    let merged = old
        .into_iter()
        .rev()
        .fold(newer, |newer, older| over(&older, newer));
    waiting.push(merged);
    count
}

/// The newer one, with what is over only in the older. What fires in the older and is not in the newer was never told: nobody misses it.
pub(super) fn over(older: &Notification, mut newer: Notification) -> Notification {
    for alert in older.alerts.iter().filter(|alert| alert.ends_at.is_some()) {
        if !newer.alerts.iter().any(|have| have.labels == alert.labels) {
            newer.alerts.push(alert.clone());
        }
    }
    let is_first_untold = older.reason == NotifyReason::First && newer.is_firing();
    if is_first_untold || newer.reason == NotifyReason::Repeat {
        newer.reason = older.reason;
    }
    newer
}
