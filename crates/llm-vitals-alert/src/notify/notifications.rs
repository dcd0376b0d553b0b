//! Everything together, under tokio: what alerts there are goes in, messages go out.
//!
//! [`Notifications`] is the handle that stays with the application, [`NotificationsRunner`] does the work. Without it nothing is sent.

mod alarm;
mod attempt;
mod builder;
mod core;
mod journal;
mod maker;
mod observed;
mod render;
mod runner;
mod status;

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

pub(crate) use self::alarm::SavedAlarm;
pub use self::builder::NotificationsBuilder;
use self::core::Core;
pub use self::runner::NotificationsRunner;
pub use self::status::ReceiverStatus;
use super::config::Config;
use super::dispatcher::{Dispatcher, PostedAlert, Refusal};
use super::notification::Evidence;
use super::notifier::NotifyError;
use crate::error::Error;
use crate::evaluator::ActiveAlert;
use crate::transition::Transition;

/// How long a receiver may take to be checked.
const CHECK_TIME: Duration = Duration::from_secs(30);

/// The handle of all that has to do with notifying. Clones are of the same thing.
#[derive(Clone)]
pub struct Notifications {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    core: Mutex<Core>,
    /// Something may have become due.
    wake: Notify,
    clock: Box<dyn Fn() -> i64 + Send + Sync>,
}

/// The dispatcher, locked. What was changed is looked at when this is dropped.
pub struct DispatcherGuard<'a> {
    core: MutexGuard<'a, Core>,
    wake: &'a Notify,
}

impl Notifications {
    /// Begins with a configuration.
    #[must_use]
    pub fn builder(config: Arc<Config>) -> NotificationsBuilder {
        NotificationsBuilder::new(config)
    }

    /// Takes alerts, as a post to Alertmanager's API would. Gives those that were not taken.
    pub fn put(&self, alerts: impl IntoIterator<Item = PostedAlert>) -> Vec<Refusal> {
        let now = self.shared.now();
        let refused = self.shared.lock().put(alerts, now);
        self.shared.wake.notify_one();
        refused
    }

    /// Takes the alerts of an evaluator after an evaluation, with its changes: what fires, and what is over. Alerts that were there before
    /// and are no more, because their rule is gone, are over too.
    ///
    /// `evidence` is asked for each alert that has begun to fire, and again every five minutes. This also says that evaluation works, as
    /// [`beat`](Self::beat) does.
    pub fn observe(
        &self,
        alerts: &[ActiveAlert<'_>],
        changes: &[Transition],
        mut evidence: impl FnMut(&ActiveAlert<'_>) -> Option<Evidence>,
    ) {
        let now = self.shared.now();
        // It may take its time: nothing is locked.
        let wanted = self.shared.lock().observed.wanted(alerts, now);
        let gathered: Vec<Option<Evidence>> = alerts
            .iter()
            .zip(wanted)
            .map(|(alert, is_wanted)| is_wanted.then(|| evidence(alert)).flatten())
            .collect();
        self.shared.lock().observe(alerts, gathered, changes, now);
        self.shared.wake.notify_one();
    }

    /// Says that rules were evaluated, so that heartbeats go on.
    pub fn beat(&self) {
        let now = self.shared.now();
        self.shared.lock().beat(now);
        self.shared.wake.notify_one();
    }

    /// The dispatcher: alerts, groups and silences. Nothing is sent while it is locked; do not hold it over an `await`.
    #[must_use]
    pub fn dispatcher(&self) -> DispatcherGuard<'_> {
        DispatcherGuard {
            core: self.shared.lock(),
            wake: &self.shared.wake,
        }
    }

    /// How all receivers do, in the order of the configuration.
    #[must_use]
    pub fn receivers(&self) -> Vec<ReceiverStatus> {
        let now = self.shared.now();
        self.shared.lock().receivers(now)
    }

    /// Finds out of all receivers at once whether they could be told something, without telling them. Each has 30 seconds.
    ///
    /// A heartbeat is not asked: to ask it is to send one.
    pub async fn check(&self) -> Vec<(String, &'static str, Result<(), NotifyError>)> {
        let notifiers = self.shared.lock().notifiers();
        let mut checks = JoinSet::new();
        let mut results = Vec::new();
        for (index, (receiver, notifier)) in notifiers.into_iter().enumerate() {
            let silent = NotifyError::permanent("other", "the check panicked");
            results.push((receiver, notifier.integration(), Err(silent)));
            checks.spawn(async move {
                let checked = tokio::time::timeout(CHECK_TIME, notifier.check()).await;
                let late = |_| Err(NotifyError::temporary("timeout", "no answer in 30 seconds"));
                (index, checked.unwrap_or_else(late))
            });
        }
        while let Some(done) = checks.join_next().await {
            if let Ok((index, result)) = done {
                results[index].2 = result;
            }
        }
        results
    }

    /// Takes another configuration. Receivers that are in both keep their queues; what waits for others is given up and counted.
    ///
    /// An error if a receiver of it cannot be made; then all stays as it is.
    pub fn reload(&self, config: Arc<Config>) -> Result<(), Error> {
        let now = self.shared.now();
        self.shared.lock().reload(config, now)?;
        self.shared.wake.notify_one();
        Ok(())
    }

    /// Adds the metrics of notifying to an exposition, as text.
    pub fn render(&self, out: &mut String) {
        let now = self.shared.now();
        render::render(&self.shared.lock(), now, out);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Core> {
        // A panic elsewhere must not end the notifying.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }
}

impl Deref for DispatcherGuard<'_> {
    type Target = Dispatcher;

    fn deref(&self) -> &Dispatcher {
        &self.core.dispatcher
    }
}

impl DerefMut for DispatcherGuard<'_> {
    fn deref_mut(&mut self) -> &mut Dispatcher {
        self.core.is_dirty = true;
        &mut self.core.dispatcher
    }
}

impl Drop for DispatcherGuard<'_> {
    fn drop(&mut self) {
        if self.core.is_dirty {
            self.wake.notify_one();
        }
    }
}

impl fmt::Debug for DispatcherGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DispatcherGuard").finish_non_exhaustive()
    }
}

impl fmt::Debug for Notifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifications").finish_non_exhaustive()
    }
}
