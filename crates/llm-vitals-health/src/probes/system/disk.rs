//! How full a disk is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use crate::cause::Cause;
use crate::probe::Probe;
use crate::probes::level::Limits;
use crate::report::Report;

/// How full the disk is that a path is on, in bytes or in files, whichever is nearer to its end. What is kept for root counts
/// as used.
///
/// Degraded from 0.85 on and down from 0.95 on, unless set otherwise. The disk is asked on a thread for blocking work; while
/// one that hangs has not answered, no second question is put to it.
#[derive(Clone, Debug)]
pub struct DiskSpace {
    path: PathBuf,
    limits: Limits,
    is_asking: Arc<AtomicBool>,
}

impl DiskSpace {
    /// Measures the disk that the path is on, with the usual limits.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            limits: Limits {
                degraded: 0.85,
                down: Some(0.95),
            },
            is_asking: Arc::default(),
        }
    }

    /// Sets from which share (0 to 1) on it is degraded, and from which on down.
    #[must_use]
    pub const fn with_limits(mut self, degraded: f64, down: Option<f64>) -> Self {
        self.limits = Limits { degraded, down };
        self
    }
}

#[async_trait]
impl Probe for DiskSpace {
    async fn check(&self) -> Report {
        if self.is_asking.swap(true, Ordering::AcqRel) {
            return Report::down(Cause::Timeout);
        }
        let (path, is_asking) = (self.path.clone(), Arc::clone(&self.is_asking));
        // A thread that blocks cannot be cancelled, and goes on when this future is dropped.
        let asked = tokio::task::spawn_blocking(move || {
            let used = used(&path);
            is_asking.store(false, Ordering::Release);
            used
        });
        match asked.await {
            Ok(Some(share)) => self.limits.report(share, "utilization", "ratio"),
            // No such path, or no right to it.
            Ok(None) | Err(_) => Report::down(Cause::Failed),
        }
    }
}

fn used(path: &Path) -> Option<f64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    let bytes = share(disk.f_bavail, disk.f_blocks);
    // Some file systems have no fixed number of files, and say 0.
    let files = share(disk.f_favail, disk.f_files);
    Some(bytes.max(files))
}

#[expect(clippy::cast_precision_loss, reason = "a share is not exact anyway")]
fn share(available: u64, all: u64) -> f64 {
    if all == 0 {
        0.0
    } else {
        1.0 - available as f64 / all as f64
    }
}
