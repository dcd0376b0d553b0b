//! One integration of one receiver: its queue, and when it may be called.

mod saved;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use self::saved::SavedLane;
use super::backoff::{self, Backoff};
use super::counts::Counts;
use super::queue::{Pushed, Queue, QueueLimits};
use super::token_bucket::TokenBucket;
use crate::notify::notification::{Notification, NotifiedAlert, NotifyReason};
use crate::notify::notifier::{Notifier, NotifyError};

/// How long a receiver may fail before somebody else is told; it is what `for: 5m` would be in a rule.
const FAILING_AFTER_MS: i64 = 5 * 60_000;

/// One integration of one receiver.
pub(crate) struct Lane {
    pub(crate) receiver: String,
    pub(crate) index: usize,
    /// The integration, with the index where the receiver has several of the kind: `slack[1]`.
    pub(crate) name: String,
    /// What tells it from one that takes its place after a reload.
    pub(crate) id: u64,
    pub(crate) notifier: Arc<dyn Notifier>,
    queue: Queue,
    bucket: TokenBucket,
    backoff: Backoff,
    /// What a receiver asked for, or the back-off.
    not_before: i64,
    health: Health,
    counts: Counts,
    /// What is told again and again while it fires, by key, and when it was told last.
    held: BTreeMap<String, (Notification, i64)>,
}

#[derive(Debug, Default)]
struct Health {
    last_success: Option<i64>,
    last_error: Option<String>,
    /// Since when nothing has arrived, and why.
    failing: Option<Failing>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Failing {
    since: i64,
    reason: Cow<'static, str>,
    /// It need not last for a while before somebody is told.
    is_final: bool,
}

/// How a lane does.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneState {
    /// What was sent last has arrived, or nothing has been sent.
    Working,
    /// It failed, and is tried again.
    Retrying,
    /// It has failed for 5 minutes, said that it will never take a message, or has no room: the alert `NotificationFailing` fires.
    Failing,
}

/// What a lane has to do.
#[derive(Debug)]
pub(crate) enum Next {
    Send(Box<Notification>),
    /// Nothing now: [`Lane::ready_at`] says when.
    Wait,
}

/// What came of an attempt.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It arrived; after how long a failure, if after one.
    Delivered {
        after_failing_ms: Option<i64>,
    },
    /// It waits again; the first of a row of failures is told.
    Retried {
        is_first: bool,
    },
    GivenUp,
}

impl Lane {
    pub(crate) fn new(
        receiver: &str,
        index: usize,
        id: u64,
        notifier: Arc<dyn Notifier>,
        limits: QueueLimits,
    ) -> Self {
        Self {
            receiver: receiver.to_owned(),
            index,
            name: notifier.integration().to_owned(),
            id,
            bucket: TokenBucket::of(notifier.integration()),
            notifier,
            queue: Queue::new(limits),
            backoff: Backoff::default(),
            not_before: i64::MIN,
            health: Health::default(),
            counts: Counts::default(),
            held: BTreeMap::new(),
        }
    }

    /// The same with another notifier: what waits is sent by this.
    pub(crate) fn with_notifier(mut self, notifier: Arc<dyn Notifier>) -> Self {
        self.notifier = notifier;
        self
    }

    pub(crate) fn integration(&self) -> &'static str {
        self.notifier.integration()
    }

    pub(crate) fn push(&mut self, notification: Notification, now_ms: i64) -> Pushed {
        let pushed = self.queue.push(notification, now_ms);
        if let Pushed::Refused(_) = pushed {
            self.counts.refused += 1;
            self.fail(now_ms, "queue_full", "the queue is full", true);
        }
        pushed
    }

    /// Whether another group finds no room until something leaves.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.is_full()
    }

    /// Whether something with this key waits or is on its way.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.queue.has(key)
    }

    /// A group finds no room and will be told when there is some.
    pub(crate) fn hold_back(&mut self) {
        self.counts.refused += 1;
    }

    /// Groups are held back. Says whether this is a failure that was not known: one that works is only late.
    pub(crate) fn is_held_up(&mut self, now_ms: i64) -> bool {
        let failing = self.health.failing.as_ref();
        let is_new = self.is_full() && failing.is_some_and(|failing| !failing.is_final);
        if is_new {
            self.fail(now_ms, "queue_full", "the queue is full", true);
        }
        is_new
    }

    /// What to do now. What it says to send is in flight until [`finish`](Self::finish) is called.
    pub(crate) fn next(&mut self, now_ms: i64) -> Next {
        if self.ready_at().is_none_or(|ready| ready > now_ms) {
            return Next::Wait;
        }
        let Some(notification) = self.queue.take(now_ms) else {
            return Next::Wait;
        };
        self.bucket.take(now_ms);
        self.counts.attempts += 1;
        Next::Send(Box::new(notification))
    }

    /// When the next attempt may begin; `None` with nothing to send or while one is made.
    pub(crate) fn ready_at(&self) -> Option<i64> {
        let entry = self
            .queue
            .ready_at()
            .filter(|_| !self.queue.is_in_flight())?;
        Some(entry.max(self.not_before).max(self.bucket.ready_at()))
    }

    /// Takes note of what the attempt gave that began at `began_ms`.
    pub(crate) fn finish(
        &mut self,
        result: &Result<(), NotifyError>,
        began_ms: i64,
        now_ms: i64,
    ) -> Outcome {
        self.counts.finished += 1;
        self.counts.attempt_ms += (now_ms - began_ms).max(0);
        let error = match result {
            Ok(()) => return self.succeed(now_ms),
            Err(error) => error,
        };
        *self.counts.failed.entry(error.reason).or_default() += 1;
        let is_alone = self.backoff.failures() == 0;
        let back_off = self.backoff.fail(backoff::random());
        if !error.is_temporary {
            self.queue.arrived();
            self.counts.given_up += 1;
            self.fail(now_ms, error.reason, &error.message, true);
            // The next one may be another case: no wait.
            self.backoff.succeed();
            return Outcome::GivenUp;
        }
        self.fail(now_ms, error.reason, &error.message, false);
        let asked = error.retry_after.filter(|wait| !wait.is_zero());
        let wait = asked.map_or(back_off, |wait| {
            let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2);
            // The clock shows whole milliseconds; not a part of one too early.
            wait.saturating_add(1).max(backoff::FIRST_MS)
        });
        self.not_before = now_ms.saturating_add(wait);
        // A message that alone is not taken must not hold up the others: they go first. Where nobody answers the order stays.
        let may_be_its_own = matches!(error.reason, "server_error" | "timeout" | "other");
        let failures_alone = self.queue.failures_alone() + u32::from(is_alone);
        let mut own = Backoff::default();
        let own_wait = (0..failures_alone.min(16)).map(|_| own.fail(1.0)).last();
        let entry_not_before = match own_wait {
            Some(wait) if may_be_its_own && self.queue.len() > 1 => now_ms + wait,
            _ => i64::MIN,
        };
        self.queue
            .put_back(may_be_its_own, entry_not_before, is_alone && may_be_its_own);
        Outcome::Retried { is_first: is_alone }
    }

    fn succeed(&mut self, now_ms: i64) -> Outcome {
        if let Some(entry) = self.queue.arrived() {
            self.counts.delivery_ms += (now_ms - entry.queued_at).max(0);
            self.hold(entry.notification, now_ms);
        }
        self.counts.delivered += 1;
        self.backoff.succeed();
        self.not_before = i64::MIN;
        self.health.last_success = Some(now_ms);
        let failing = self.health.failing.take();
        Outcome::Delivered {
            after_failing_ms: failing.map(|failing| now_ms - failing.since),
        }
    }

    /// Keeps what has arrived where the receiver wants to hear it again and again.
    fn hold(&mut self, mut notification: Notification, now_ms: i64) {
        if self.resend_ms().is_none() {
            return;
        }
        let key = notification.key();
        notification.alerts.retain(|alert| alert.ends_at.is_none());
        if notification.alerts.is_empty() {
            self.held.remove(&key);
        } else {
            self.held.insert(key, (notification, now_ms));
        }
    }

    fn resend_ms(&self) -> Option<i64> {
        let resend = self.notifier.resend_every()?;
        Some(
            i64::try_from(resend.as_millis())
                .unwrap_or(i64::MAX / 2)
                .max(1000),
        )
    }

    /// When [`resend`](Self::resend) has something to do.
    pub(crate) fn resends_at(&self) -> Option<i64> {
        let every = self.resend_ms()?;
        self.held
            .values()
            .map(|(_, at)| at.saturating_add(every))
            .min()
    }

    /// Queues what is to be told again, of what still fires; a group of which something waits is told by that.
    pub(crate) fn resend(&mut self, now_ms: i64, fires: impl Fn(&NotifiedAlert) -> bool) {
        let Some(every) = self.resend_ms() else {
            return;
        };
        self.held.retain(|_, (notification, _)| {
            notification.alerts.retain(&fires);
            !notification.alerts.is_empty()
        });
        for (key, (notification, at)) in &mut self.held {
            if now_ms < at.saturating_add(every) {
                continue;
            }
            *at = now_ms;
            if !self.queue.has(key) {
                let mut again = notification.clone();
                again.reason = NotifyReason::Repeat;
                // It is told with the next one where there is no room.
                let _ = self.queue.push(again, now_ms);
            }
        }
    }

    fn fail(&mut self, now_ms: i64, reason: &'static str, message: &str, is_final: bool) {
        self.health.last_error = Some(message.to_owned());
        let failing = self.health.failing.get_or_insert(Failing {
            since: now_ms,
            reason: reason.into(),
            is_final,
        });
        if is_final && !failing.is_final {
            failing.reason = reason.into();
            failing.is_final = true;
        }
    }

    pub(crate) fn state(&self, now_ms: i64) -> LaneState {
        match &self.health.failing {
            None => LaneState::Working,
            Some(_) if self.failing(now_ms).is_some() => LaneState::Failing,
            Some(_) => LaneState::Retrying,
        }
    }

    /// Why somebody else is to be told that nothing arrives, if so.
    pub(crate) fn failing(&self, now_ms: i64) -> Option<&str> {
        let failing = self.health.failing.as_ref()?;
        let is_due = failing.is_final || now_ms >= failing.since + FAILING_AFTER_MS;
        is_due.then_some(&failing.reason)
    }

    /// When [`failing`](Self::failing) may change by time alone.
    pub(crate) fn fails_at(&self) -> Option<i64> {
        let failing = self.health.failing.as_ref();
        let failing = failing.filter(|failing| !failing.is_final)?;
        Some(failing.since + FAILING_AFTER_MS)
    }

    pub(crate) fn last_success(&self) -> Option<i64> {
        self.health.last_success
    }

    /// The text of the last failure since the last success or before, without secrets.
    pub(crate) fn last_error(&self) -> Option<&str> {
        self.health.last_error.as_deref()
    }

    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Whether an attempt is being made.
    pub(crate) fn is_sending(&self) -> bool {
        self.queue.is_in_flight()
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            merged: self.queue.merged,
            ..self.counts.clone()
        }
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A notifier may be of anyone's making: it is not asked what it shows.
        f.debug_struct("Lane")
            .field("receiver", &self.receiver)
            .field("integration", &self.integration())
            .field("queued", &self.queued())
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
