//! Work on a thread for blocking work, bounded in number and time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::problem::{Problem, ProblemKind};

/// How much may be worked on at once.
#[derive(Debug, Clone)]
pub(crate) struct Gate(Arc<Semaphore>);

/// When a piece of work is to stop.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    until: Instant,
    is_left: Arc<AtomicBool>,
}

/// Stops the work when the one who waits for it has gone.
struct Leaver(Arc<AtomicBool>);

impl Gate {
    pub(crate) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(
            at_once.clamp(1, Semaphore::MAX_PERMITS),
        )))
    }

    /// Runs `work` when its turn has come, on a thread for blocking work.
    ///
    /// Work that has begun keeps its turn to its end, even if nobody waits for it any more.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        timeout: Duration,
        work: impl FnOnce(&Limit) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        // Far enough for every timeout that makes sense.
        let until = Instant::now() + timeout.min(Duration::from_secs(86_400));
        let turn = Arc::clone(&self.0).acquire_owned();
        let Ok(Ok(turn)) = tokio::time::timeout_at(until, turn).await else {
            let message = "query timed out in query queue";
            return Err(Problem::new(ProblemKind::Timeout, message));
        };
        let is_left = Arc::new(AtomicBool::new(false));
        let leaver = Leaver(Arc::clone(&is_left));
        let limit = Limit { until, is_left };
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&limit)
        });
        let done = done.await;
        drop(leaver);
        done.unwrap_or_else(|error| {
            Err(if error.is_panic() {
                Problem::new(ProblemKind::Internal, "the answer could not be made")
            } else {
                Problem::new(ProblemKind::Unavailable, "the server is stopping")
            })
        })
    }
}

impl Limit {
    pub(crate) fn is_reached(&self) -> bool {
        self.is_left.load(Ordering::Relaxed) || Instant::now() >= self.until
    }

    /// What to say when it was reached.
    pub(crate) fn problem(&self) -> Problem {
        if self.is_left.load(Ordering::Relaxed) {
            let message = "query was canceled in expression evaluation";
            Problem::new(ProblemKind::Canceled, message)
        } else {
            let message = "query timed out in expression evaluation";
            Problem::new(ProblemKind::Timeout, message)
        }
    }
}

impl Drop for Leaver {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere must not end the answers.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
