//! One of those who are called.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::cause::Cause;
use crate::passive::admission::{Admission, Permit};
use crate::passive::fleet::Shared;
use crate::passive::outcome::Outcome;
use crate::passive::state::{Change, Decision, State};
use crate::random::Random;
use crate::status::Status;

/// One of those who are called: a provider, or a provider with a model or a key. Cloning it is cheap, and clones are the same.
///
/// Recording takes one lock that is held for some tens of nanoseconds, and nothing else. See [`Fleet`](crate::Fleet) for an
/// example.
#[derive(Clone)]
pub struct Target {
    inner: Arc<Inner>,
    fleet: Arc<Shared>,
}

pub(crate) struct Inner {
    pub(crate) name: Arc<str>,
    state: Mutex<(State, Random)>,
}

impl Target {
    pub(crate) const fn new(inner: Arc<Inner>, fleet: Arc<Shared>) -> Self {
        Self { inner, fleet }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Counts a call that has ended.
    ///
    /// Count each call once, when its answer has ended and not when it began, and the first attempt too where a retry or
    /// another target saved the request. Where it is known when the call began, use [`record_since`](Self::record_since).
    pub fn record(&self, outcome: Outcome, now: Instant) {
        self.record_since(outcome, now, now);
    }

    /// Counts a call that began at `started` and has ended.
    ///
    /// A call that began before the target was held, or before it was released, tells how things were then: it holds nothing
    /// and releases nothing.
    pub fn record_since(&self, outcome: Outcome, started: Instant, now: Instant) {
        let change = {
            let (state, random) = &mut *self.inner.lock();
            state.record(outcome, started, now, &self.fleet.rules, random)
        };
        let target = self.name();
        match change {
            Some(Change::Held(hold)) => tracing::warn!(target, reason = hold.as_str(), "held"),
            Some(Change::Released) => tracing::info!(target, "available again"),
            None => {}
        }
    }

    /// Whether a call may go there now. A trial's permit is taken by asking.
    #[must_use]
    pub fn admit(&self, now: Instant) -> Admission {
        let decision = self.inner.lock().0.admit(now, &self.fleet.rules);
        match decision {
            Decision::Available => Admission::Available,
            Decision::Trial(number) => Admission::Trial(Permit::new(self.clone(), number, now)),
            // Asked without holding the lock: another target may be asking about this one.
            Decision::Held { hold, until } if self.fleet.has_enough(now) => {
                Admission::Held { hold, until }
            }
            Decision::Held { hold, until } => Admission::LastResort { hold, until },
        }
    }

    /// How it is, from the calls to it: down while it is held for failing, degraded while it is held for anything else or fails
    /// more often than it should, unknown when nothing was heard of it for a while.
    #[must_use]
    pub fn status(&self, now: Instant) -> Status {
        self.found(now).0
    }

    /// Whether nothing was heard of it for so long that a check has to ask.
    #[must_use]
    pub fn is_silent(&self, now: Instant) -> bool {
        self.inner.lock().0.is_silent(now, &self.fleet.rules)
    }

    pub(crate) fn found(&self, now: Instant) -> (Status, Option<Cause>) {
        self.inner.lock().0.status(now, &self.fleet.rules)
    }

    pub(crate) fn give_back(&self, permit: u64) {
        self.inner.lock().0.give_back(permit);
    }
}

impl Inner {
    pub(crate) const fn new(name: Arc<str>, state: State, random: Random) -> Self {
        Self {
            name,
            state: Mutex::new((state, random)),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, (State, Random)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.inner.name)
            .finish_non_exhaustive()
    }
}
