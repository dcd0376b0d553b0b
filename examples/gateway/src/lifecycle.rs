//! Where the gateway is between its start and its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where the gateway is between its start and its end; clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lifecycle {
    flags: Arc<Flags>,
}

#[derive(Debug, Default)]
struct Flags {
    started: AtomicBool,
    draining: AtomicBool,
}

impl Lifecycle {
    /// Every provider has been checked once.
    pub(crate) fn set_started(&self) {
        // Who sees this sees what the checks found.
        self.flags.started.store(true, Ordering::Release);
    }

    /// The gateway is about to end.
    pub(crate) fn set_draining(&self) {
        self.flags.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_started(&self) -> bool {
        self.flags.started.load(Ordering::Acquire)
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.flags.draining.load(Ordering::Relaxed)
    }
}
