//! Whether a call may go to a target.

use std::fmt;

use tokio::time::Instant;

use crate::passive::hold::Hold;
use crate::passive::outcome::Outcome;
use crate::passive::target::Target;

/// Whether a call may go to a target now.
#[non_exhaustive]
#[derive(Debug)]
pub enum Admission {
    /// It may.
    Available,
    /// It may, as a trial: the target was held, and this one call shows how it is. Keep the permit while the call lasts.
    Trial(Permit),
    /// It should go elsewhere.
    Held {
        /// Why.
        hold: Hold,
        /// Until when.
        until: Instant,
    },
    /// The target is held, but so is every other one of its fleet, and that is more often the fault of what they share (the
    /// network, this machine) than of all of them. Try it, unless the reason is one to respect, such as a wait that it
    /// asked for.
    LastResort {
        /// Why it is held.
        hold: Hold,
        /// Until when.
        until: Instant,
    },
}

/// The permit of one trial call.
///
/// It ends when it is dropped or used, and by itself when the trial takes longer than its limit
/// ([`FleetBuilder::with_trial`](crate::FleetBuilder::with_trial)): then another call may try, whatever became of this one.
/// Dropping it says nothing about the target.
#[must_use = "the trial ends when the permit is dropped"]
pub struct Permit {
    target: Target,
    number: u64,
    started: Instant,
}

impl Admission {
    /// Whether a call should go there: available, on trial, or for want of anything else.
    #[must_use]
    pub const fn is_admitted(&self) -> bool {
        !matches!(self, Self::Held { .. })
    }
}

impl Permit {
    pub(crate) const fn new(target: Target, number: u64, started: Instant) -> Self {
        Self {
            target,
            number,
            started,
        }
    }

    /// Ends the trial with how the call went. Where the outcome is recorded elsewhere, as by a layer that watches every
    /// call, only drop the permit: each call is to be recorded once.
    pub fn record(self, outcome: Outcome, now: Instant) {
        self.target.record_since(outcome, self.started, now);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.target.give_back(self.number);
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit")
            .field("target", &self.target.name())
            .finish_non_exhaustive()
    }
}
