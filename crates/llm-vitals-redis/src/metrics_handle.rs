//! What a collector has read, to be shown.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::cache_metrics::CacheMetrics;
use crate::render;
use crate::state::State;

/// What a collector has read: as Prometheus text, as [`CacheMetrics`], as up or down. Cloning it is cheap, and nothing here
/// waits for a server.
///
/// Everything is absent before the first tick, after the collector has ended, when no tick has ended for three intervals (at
/// least 30 s), and while another process holds the lease.
#[derive(Clone)]
pub struct RedisMetrics(Arc<Mutex<State>>);

impl RedisMetrics {
    pub(crate) fn new(state: Arc<Mutex<State>>) -> Self {
        Self(state)
    }

    /// Appends whole families in Prometheus' text format: for `Exposition::add` of `llm-vitals-prometheus`, or for an
    /// exporter of one's own.
    pub fn render(&self, out: &mut String) {
        render::render(&self.state(), Instant::now(), out);
    }

    /// How the cache is doing, over all nodes.
    #[must_use]
    pub fn cache_metrics(&self) -> CacheMetrics {
        self.state().cache_metrics(Instant::now())
    }

    /// Whether every primary answered when it was last asked; none while that is not known, and while another process
    /// watches. For a health check.
    #[must_use]
    pub fn is_up(&self) -> Option<bool> {
        self.state().is_up(Instant::now())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RedisMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisMetrics").finish_non_exhaustive()
    }
}
