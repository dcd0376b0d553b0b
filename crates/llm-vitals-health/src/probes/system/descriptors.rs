//! How many file descriptors are in use.

use std::fs;

use async_trait::async_trait;

use crate::probe::Probe;
use crate::probes::level::Limits;
use crate::report::Report;

/// How many of the file descriptors that this process may open are open.
///
/// Degraded from 0.8 on and down from 0.95 on, unless set otherwise: without descriptors no connection can be taken. Unknown
/// where there is no `/proc`.
#[derive(Clone, Debug)]
pub struct Descriptors(Limits);

impl Descriptors {
    /// Measures with the usual limits.
    #[must_use]
    pub const fn new() -> Self {
        Self(Limits {
            degraded: 0.8,
            down: Some(0.95),
        })
    }

    /// Sets from which share (0 to 1) on it is degraded, and from which on down.
    #[must_use]
    pub const fn with_limits(self, degraded: f64, down: Option<f64>) -> Self {
        Self(Limits { degraded, down })
    }
}

impl Default for Descriptors {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Probe for Descriptors {
    async fn check(&self) -> Report {
        match in_use() {
            Some(share) => self.0.report(share, "utilization", "ratio"),
            None => Report::unsupported(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share is not exact anyway")]
fn in_use() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let most: f64 = line.split_whitespace().next()?.parse().ok()?;
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    (most > 0.0).then(|| open as f64 / most)
}
