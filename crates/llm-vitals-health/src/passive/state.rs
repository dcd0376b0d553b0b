//! What is known of one target from the calls to it. Pure: outcomes and `now` in, admissions and status out.

mod record;

use std::time::Duration;

use tokio::time::Instant;

use crate::cause::Cause;
use crate::passive::hold::Hold;
use crate::passive::rules::Rules;
use crate::passive::window::Window;
use crate::status::Status;

/// Whether a call may go to the target now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Decision {
    Available,
    Held {
        hold: Hold,
        until: Instant,
    },
    /// One call, to see how it goes. The number is that of the permit.
    Trial(u64),
}

/// What changed by an outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Change {
    Held(Hold),
    Released,
}

#[derive(Clone, Debug)]
pub(crate) struct State {
    phase: Phase,
    /// When it was last held no more.
    released: Option<Instant>,
    window: Window,
    failures: u32,
    throttles: u32,
    refusals: u32,
    cause: Option<Cause>,
    degraded: bool,
    heard: Option<Instant>,
    /// Holds without a good while between them.
    streak: u32,
    last_hold: Duration,
    permits: u64,
    pub(crate) holds: [u64; Hold::ALL.len()],
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Available,
    Held(Held),
}

#[derive(Clone, Copy, Debug)]
struct Held {
    hold: Hold,
    since: Instant,
    /// From here on it is on trial: one call at a time.
    until: Instant,
    successes: u32,
    trial: Option<Trial>,
}

#[derive(Clone, Copy, Debug)]
struct Trial {
    permit: u64,
    /// A trial that nobody ends must not keep the target out for ever.
    expires: Instant,
}

impl State {
    pub(crate) fn new(rules: &Rules, now: Instant) -> Self {
        Self {
            phase: Phase::Available,
            released: None,
            window: Window::new(rules.window, now),
            failures: 0,
            throttles: 0,
            refusals: 0,
            cause: None,
            degraded: false,
            heard: None,
            streak: 0,
            last_hold: Duration::ZERO,
            permits: 0,
            holds: [0; Hold::ALL.len()],
        }
    }

    /// Whether a call may go to the target. A throttled target is available when its time is over; any other is on trial.
    pub(crate) fn admit(&mut self, now: Instant, rules: &Rules) -> Decision {
        let decision = self.would_admit(now);
        match (&mut self.phase, decision) {
            (Phase::Held(held), Decision::Trial(_)) => {
                self.permits += 1;
                held.trial = Some(Trial {
                    permit: self.permits,
                    expires: now + rules.trial,
                });
                Decision::Trial(self.permits)
            }
            (Phase::Held(_), Decision::Available) => {
                self.release(now);
                decision
            }
            _ => decision,
        }
    }

    /// What [`admit`](Self::admit) would say, without taking the permit.
    pub(crate) fn would_admit(&self, now: Instant) -> Decision {
        let Phase::Held(held) = self.phase else {
            return Decision::Available;
        };
        let until = match held.trial {
            Some(trial) => held.until.max(trial.expires),
            None => held.until,
        };
        if now < until {
            Decision::Held {
                hold: held.hold,
                until,
            }
        } else if held.hold == Hold::Throttled {
            Decision::Available
        } else {
            Decision::Trial(0)
        }
    }

    /// Gives a permit back that was not used.
    pub(crate) fn give_back(&mut self, permit: u64) {
        if let Phase::Held(held) = &mut self.phase
            && held.trial.is_some_and(|trial| trial.permit == permit)
        {
            held.trial = None;
        }
    }

    /// Whether nothing was heard of it for so long that a check has to ask.
    pub(crate) fn is_silent(&self, now: Instant, rules: &Rules) -> bool {
        let waits = matches!(self.phase, Phase::Held(held) if now < held.until);
        !waits
            && self
                .heard
                .is_none_or(|heard| now.duration_since(heard) >= rules.silence)
    }

    pub(crate) fn status(&self, now: Instant, rules: &Rules) -> (Status, Option<Cause>) {
        if self.is_silent(now, rules) {
            return (Status::Unknown, None);
        }
        match self.phase {
            Phase::Held(held) => match held.hold {
                Hold::Failed => (Status::Down, self.cause),
                // Its time is over: the next call goes there.
                Hold::Throttled if now >= held.until => (Status::Up, None),
                Hold::Throttled | Hold::Refused => (Status::Degraded, self.cause),
            },
            // Without calls nobody judges anew, but failures leave the window by themselves.
            Phase::Available if self.degraded && self.window.counts(now).1 > 0 => {
                (Status::Degraded, self.cause)
            }
            Phase::Available => (Status::Up, None),
        }
    }

    fn release(&mut self, now: Instant) {
        self.phase = Phase::Available;
        self.released = Some(now);
        // The failures that led to the hold must not lead to the next one.
        self.window.clear();
        (self.failures, self.throttles, self.refusals) = (0, 0, 0);
        self.degraded = false;
    }
}
