//! What the process says about itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A fact about this process itself that only a restart can mend, such as a worker that has ended; clones are the same.
///
/// Besides the scheduler's heartbeat it is all that liveness can depend on. It starts as good.
///
/// ```
/// let worker_runs = llm_vitals_health::Flag::new();
/// assert!(worker_runs.is_good());
/// worker_runs.set(false);
/// assert!(!worker_runs.is_good());
/// ```
#[derive(Clone, Debug)]
pub struct Flag(Arc<AtomicBool>);

impl Flag {
    /// Creates a flag that says that all is well.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    /// Says whether all is well.
    pub fn set(&self, is_good: bool) {
        self.0.store(is_good, Ordering::Release);
    }

    /// Whether all is well.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Default for Flag {
    fn default() -> Self {
        Self::new()
    }
}
