//! A target's passive health as a check.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::billed::Spend;
use crate::passive::target::Target;
use crate::probe::Probe;
use crate::random::Random;
use crate::report::Report;
use crate::status::Status;

/// A target's passive health as a check, with a real one for when nothing is heard of the target.
///
/// While calls go to the target the check only looks at what they said. Register it with
/// [`Check::passive`](crate::Check::passive), which looks every second and damps nothing: the target does that already.
pub struct Passive {
    target: Target,
    fallback: Option<Fallback>,
}

struct Fallback {
    probe: Box<dyn Probe>,
    interval: Duration,
    due: Mutex<(Option<Instant>, Random)>,
}

impl Passive {
    /// Looks at what the calls to the target say. While it is silent, the check finds nothing out.
    #[must_use]
    pub const fn new(target: Target) -> Self {
        Self {
            target,
            fallback: None,
        }
    }

    /// Asks this while the target is silent, so often and up to a tenth sooner or later. It should cost nothing; if it does,
    /// wrap it in [`Billed`](crate::Billed).
    #[must_use]
    pub fn with_fallback(mut self, interval: Duration, probe: impl Probe + 'static) -> Self {
        self.fallback = Some(Fallback {
            probe: Box::new(probe),
            // A longer one could not be added to a moment.
            interval: interval.min(Duration::from_secs(365 * 24 * 3_600)),
            due: Mutex::new((None, Random::new(None))),
        });
        self
    }

    pub(crate) fn fallback_interval(&self) -> Option<Duration> {
        Some(self.fallback.as_ref()?.interval)
    }
}

#[async_trait]
impl Probe for Passive {
    async fn check(&self) -> Report {
        let now = Instant::now();
        let (status, cause) = self.target.found(now);
        match &self.fallback {
            _ if status != Status::Unknown => Report::found(status, cause),
            Some(fallback) if fallback.takes_turn(now) => fallback.probe.check().await,
            // Nothing new: what the fallback found last stays until it is too old.
            _ => Report::unknown(),
        }
    }

    fn spend(&self) -> Option<Spend> {
        self.fallback.as_ref()?.probe.spend()
    }
}

impl Fallback {
    fn takes_turn(&self, now: Instant) -> bool {
        let (due, random) = &mut *self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = due.is_none_or(|due| now >= due);
        if is_due {
            *due = Some(now + self.interval.mul_f64(0.9 + 0.2 * random.share()));
        }
        is_due
    }
}

impl fmt::Debug for Passive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passive")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}
