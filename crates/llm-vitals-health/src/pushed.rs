//! Results that the application finds out by itself.

use std::fmt;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use crate::report::IntoReport;
use crate::shared::Shared;

/// The handle through which the application pushes results; clones are the same. Made by
/// [`Check::pushed`](crate::Check::pushed).
#[derive(Clone, Default)]
pub struct Pusher(Arc<OnceLock<(Weak<Shared>, u64)>>);

impl Pusher {
    /// Takes a result. Each counts as one run of the check.
    ///
    /// Returns whether it was taken: not before the check is registered, and not after it is unregistered.
    pub fn push(&self, found: impl IntoReport) -> bool {
        let Some((registry, id)) = self.0.get() else {
            return false;
        };
        let Some(registry) = registry.upgrade() else {
            return false;
        };
        registry.record(*id, found.into_report(), Duration::ZERO)
    }

    /// A check is registered once: registering consumes it.
    pub(crate) fn connect(&self, registry: Weak<Shared>, id: u64) {
        let _ = self.0.set((registry, id));
    }
}

impl fmt::Debug for Pusher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pusher").finish_non_exhaustive()
    }
}
