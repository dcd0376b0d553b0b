//! How much tasks wait for a processor.

use std::fs;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::probe::Probe;
use crate::probes::level::Limits;
use crate::probes::system::cgroup;
use crate::report::Report;

/// The share of the last ten seconds in which some task had to wait for a processor, as the kernel tells it (pressure stall
/// information): of this process' control group (version 2) where there is one, or of the machine.
///
/// Degraded from 0.8 on and never down, unless set otherwise. Unknown where the kernel does not tell.
#[derive(Clone, Debug)]
pub struct Cpu {
    limits: Limits,
    root: PathBuf,
}

impl Cpu {
    /// Measures with the usual limits.
    #[must_use]
    pub fn new() -> Self {
        Self {
            limits: Limits {
                degraded: 0.8,
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

impl Default for Cpu {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Probe for Cpu {
    async fn check(&self) -> Report {
        match pressure(&self.root) {
            Some(share) => self.limits.report(share, "pressure", "ratio"),
            None => Report::unsupported(),
        }
    }
}

fn pressure(root: &Path) -> Option<f64> {
    let group = cgroup::folders(root)
        .first()
        .map(|group| group.join("cpu.pressure"));
    let machine = root.join("proc/pressure/cpu");
    group
        .into_iter()
        .chain([machine])
        .find_map(|path| cgroup::some_pressure(&fs::read_to_string(path).ok()?))
}
