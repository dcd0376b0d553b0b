//! How late the runtime is.

use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::probe::Probe;
use crate::probes::level::Limits;
use crate::report::Report;

/// How long the probe sleeps; a late runtime wakes it late.
const NAP: Duration = Duration::from_millis(2);

/// How much later than it should the runtime that runs the checks wakes a task. A busy or blocked runtime is late.
///
/// Degraded from 100 ms on and never down, unless set otherwise. A runtime that is blocked altogether runs no check either:
/// that shows in the age of the heartbeat.
#[derive(Clone, Debug)]
pub struct RuntimeLag(Limits);

impl RuntimeLag {
    /// Measures with the usual limits.
    #[must_use]
    pub const fn new() -> Self {
        Self(Limits {
            degraded: 0.1,
            down: None,
        })
    }

    /// Sets from which lag on it is degraded, and from which on down.
    #[must_use]
    pub fn with_limits(self, degraded: Duration, down: Option<Duration>) -> Self {
        Self(Limits {
            degraded: degraded.as_secs_f64(),
            down: down.map(|down| down.as_secs_f64()),
        })
    }
}

impl Default for RuntimeLag {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Probe for RuntimeLag {
    async fn check(&self) -> Report {
        let due = Instant::now() + NAP;
        tokio::time::sleep_until(due).await;
        let lag = due.elapsed().as_secs_f64();
        self.0.report(lag, "lag", "seconds")
    }
}
