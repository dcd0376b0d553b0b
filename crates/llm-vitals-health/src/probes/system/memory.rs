//! How much memory is in use.

use std::fs;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::probe::Probe;
use crate::probes::level::Limits;
use crate::probes::system::cgroup;
use crate::report::Report;

/// How much of the memory that this process may use is in use: of its control group's limit (version 2) where there is one, or
/// of the machine's. Cached files that can go at any time do not count.
///
/// Degraded from 0.9 on and never down, unless set otherwise: a process that is nearly out of memory still serves. Unknown
/// where neither can be read.
#[derive(Clone, Debug)]
pub struct Memory {
    limits: Limits,
    root: PathBuf,
}

impl Memory {
    /// Measures with the usual limits.
    #[must_use]
    pub fn new() -> Self {
        Self {
            limits: Limits {
                degraded: 0.9,
                down: None,
            },
            root: PathBuf::from("/"),
        }
    }

    /// Sets from which share (0 to 1) on it is degraded, and from which on down.
    #[must_use]
    pub const fn with_limits(mut self, degraded: f64, down: Option<f64>) -> Self {
        self.limits = Limits { degraded, down };
        self
    }

    /// Reads `proc` and `sys` from another folder, as where the host's are mounted into a container.
    #[must_use]
    pub fn with_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Probe for Memory {
    async fn check(&self) -> Report {
        match in_use(&self.root) {
            Some(share) => self.limits.report(share, "utilization", "ratio"),
            None => Report::unsupported(),
        }
    }
}

/// The share of the tightest limit, or of the machine.
fn in_use(root: &Path) -> Option<f64> {
    let groups = cgroup::folders(root);
    let shares = groups.iter().filter_map(|group| of_group(group));
    shares.reduce(f64::max).or_else(|| of_machine(root))
}

fn of_group(group: &Path) -> Option<f64> {
    let limit = cgroup::number(&group.join("memory.max")).filter(|limit| *limit > 0)?;
    let current = cgroup::number(&group.join("memory.current"))?;
    let stat = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let cached = cgroup::keyed(&stat, "inactive_file").unwrap_or(0);
    Some(share(current.saturating_sub(cached), limit))
}

fn of_machine(root: &Path) -> Option<f64> {
    let text = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let total = cgroup::keyed(&text, "MemTotal").filter(|total| *total > 0)?;
    let available = cgroup::keyed(&text, "MemAvailable")?;
    Some(share(total.saturating_sub(available), total))
}

#[expect(clippy::cast_precision_loss, reason = "a share is not exact anyway")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}
