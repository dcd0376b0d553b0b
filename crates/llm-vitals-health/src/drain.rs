//! What happens to readiness when the process is about to end.

use std::time::Duration;

/// What happens to readiness when the process is about to end. Liveness stays as it is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Drain {
    /// Readiness fails at once, and [`Health::drain`](crate::Health::drain) then waits so long for load balancers to notice.
    FailReady {
        /// How long; a little more than a load balancer's interval times its threshold.
        wait: Duration,
    },
    /// Readiness stays: whoever sends requests learns of the end in another way, as from an endpoint that Kubernetes takes out.
    StayReady,
}

impl Default for Drain {
    fn default() -> Self {
        Self::FailReady {
            wait: Duration::ZERO,
        }
    }
}
