//! The registry.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use crate::builder::HealthBuilder;
use crate::check::{Check, Source};
use crate::drain::Drain;
use crate::entry::Entry;
use crate::error::Error;
use crate::group::Group;
use crate::runner::Command;
use crate::shared::{Live, Shared, log};
use crate::state::CheckState;
use crate::status::Status;
use crate::transition::Transitions;

/// The registry of an application's checks. Clones are the same. See the [crate docs](crate) for an example.
///
/// Reading runs nothing and waits for nothing: a group's status is looked up, whatever the number of checks. Only when a result
/// has become too old since, the first reader puts that into the books.
#[derive(Clone)]
pub struct Health(Arc<Shared>);

impl Health {
    /// Begins with the defaults.
    pub fn builder() -> HealthBuilder {
        HealthBuilder::new()
    }

    pub(crate) const fn of(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Adds a check, which runs as soon as the [`Runner`](crate::Runner) does.
    ///
    /// # Errors
    ///
    /// When it has a bad or taken name, or a setting that makes no sense.
    pub fn register(&self, check: Check) -> Result<(), Error> {
        check.validate()?;
        let spend = match &check.source {
            Source::Probe(probe) => probe.spend(),
            Source::Pushed(_) => None,
        };
        let at = self.0.moment();
        let usual_age = check.timing.usual_age();
        let entry = Entry::new(check.name, check.settings, usual_age, spend, at.wall);
        let id = {
            let mut board = self.0.lock();
            let (id, transitions) = board.insert(entry, at)?;
            self.0.publish(&board, &transitions);
            id
        };
        match check.source {
            Source::Probe(probe) => {
                let timing = check.timing;
                // Without a runner nothing runs, which shows in that every check stays unknown.
                let _ = self.0.commands.send(Command::Add { id, probe, timing });
            }
            Source::Pushed(pusher) => pusher.connect(Arc::downgrade(&self.0), id),
        }
        Ok(())
    }

    /// Takes a check out, and cancels its run. Returns whether there was one.
    #[expect(clippy::must_use_candidate, reason = "what counts is that it is gone")]
    pub fn unregister(&self, name: &str) -> bool {
        let at = self.0.moment();
        let mut board = self.0.lock();
        let Some((id, transitions)) = board.remove(name, at) else {
            return false;
        };
        self.0.publish(&board, &transitions);
        drop(board);
        let _ = self.0.commands.send(Command::Remove { id });
        self.0.ran.notify_waiters();
        true
    }

    /// The status of a group.
    #[must_use]
    pub fn status(&self, group: Group) -> Status {
        self.0.overview().groups[group.index()]
    }

    /// Whether a group passes, by its policy.
    #[must_use]
    pub fn passes(&self, group: Group) -> bool {
        self.0.overview().passes[group.index()]
    }

    /// Whether the process is alive: every flag is good, and the heartbeat not too old.
    #[must_use]
    pub fn is_live(&self) -> bool {
        let live = &self.0.live;
        let beats = live
            .heartbeat_limit
            .is_none_or(|limit| self.heartbeat_age() <= limit);
        beats && live.flags.iter().all(|(_, flag)| flag.is_good())
    }

    /// How long ago the scheduler last had its turn. It has one each second, so that more tells of a starved runtime.
    #[must_use]
    pub fn heartbeat_age(&self) -> Duration {
        self.0.heartbeat.age(Instant::now())
    }

    /// What is known of each check, in the order in which they were registered.
    #[must_use]
    pub fn checks(&self) -> Vec<CheckState> {
        self.0.overview();
        self.0.lock().entries().map(Entry::state).collect()
    }

    /// What is known of one check.
    #[must_use]
    pub fn check(&self, name: &str) -> Option<CheckState> {
        self.0.overview();
        Some(self.0.lock().find(name)?.1.state())
    }

    /// Runs a check now and tells what is known then. All who ask while it runs get the answer of that one run.
    ///
    /// `None` when there is no such check, or no runner. Give it a deadline of your own: a run can take until its own, and wait
    /// for its turn before. Cancelling stops the waiting and not the run.
    pub async fn check_now(&self, name: &str) -> Option<CheckState> {
        let (id, runs) = self
            .0
            .lock()
            .find(name)
            .map(|(id, entry)| (id, entry.runs))?;
        self.0.commands.send(Command::RunNow { id }).ok()?;
        loop {
            let mut ran = std::pin::pin!(self.0.ran.notified());
            // Before looking, or what happens in between is missed.
            ran.as_mut().enable();
            let state = self.check(name)?;
            if state.runs > runs {
                return Some(state);
            }
            ran.await;
        }
    }

    /// The transitions from now on.
    #[must_use]
    pub fn subscribe(&self) -> Transitions {
        Transitions::new(self.0.transitions.subscribe())
    }

    /// Says that the process is about to end, and waits as [`Drain`] says. Cancelling the wait changes nothing else.
    pub async fn drain(&self) {
        self.0.is_draining.store(true, Ordering::Release);
        if let Drain::FailReady { wait } = self.0.drain {
            let at = self.0.moment();
            let transitions = {
                let mut board = self.0.lock();
                let transitions = board.set_unready(at);
                self.0.publish(&board, &transitions);
                transitions
            };
            log(&transitions);
            tokio::time::sleep(wait).await;
        }
    }

    /// Whether the process is about to end.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.is_draining.load(Ordering::Acquire)
    }

    /// All checks that the application begins with are registered.
    pub(crate) fn complete(&self) {
        let at = self.0.moment();
        let mut board = self.0.lock();
        let transitions = board.complete(at);
        self.0.publish(&board, &transitions);
    }

    pub(crate) const fn shared(&self) -> &Arc<Shared> {
        &self.0
    }

    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health")
            .field("overview", &self.0.overview.load())
            .field("live", &self.0.live)
            .finish_non_exhaustive()
    }
}
