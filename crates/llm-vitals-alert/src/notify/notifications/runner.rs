//! The loop that does what is due.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinHandle, JoinSet};

use super::Shared;
use super::attempt::Job;
use crate::notify::notifier::{NotifyError, Receipt};

/// The longest time between two looks at the clock, which may be one that is set.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// The least time between two saves.
const SAVE_EVERY_MS: i64 = 1000;
/// After a save that failed.
const SAVE_AGAIN_MS: i64 = 10_000;

/// Sends what is due until it is told to stop.
pub struct NotificationsRunner {
    shared: Arc<Shared>,
    path: Option<PathBuf>,
    drain: Duration,
    attempts: JoinSet<Result<Receipt, NotifyError>>,
    /// What each attempt sends.
    jobs: HashMap<Id, Arc<Job>>,
    pulses: JoinSet<(usize, Result<(), NotifyError>)>,
    saving: Option<JoinHandle<io::Result<()>>>,
    save_at: i64,
    /// The last save failed.
    is_save_failing: bool,
}

impl NotificationsRunner {
    pub(super) fn new(shared: Arc<Shared>, path: Option<PathBuf>, drain: Duration) -> Self {
        Self {
            shared,
            path,
            drain,
            attempts: JoinSet::new(),
            jobs: HashMap::new(),
            pulses: JoinSet::new(),
            saving: None,
            save_at: i64::MIN,
            is_save_failing: false,
        }
    }

    /// Runs until `shutdown` is ready, then sends for a moment what can be sent at once, and saves the rest.
    ///
    /// Dropping it gives up the attempts that are being made. What was saved last is taken up by the next start: a message may be sent
    /// twice, with the same dedup key, and none is lost that was saved.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut until = None;
        loop {
            let now = self.shared.now();
            let is_draining = until.is_some();
            self.step(now, is_draining);
            if until.is_some_and(|until| now >= until || self.shared.lock().is_settled(until)) {
                break;
            }
            let next = self.shared.lock().next_step();
            let next = [next, self.save_time(), until].into_iter().flatten().min();
            let next = next.unwrap_or(i64::MAX);
            let wait = Duration::from_millis(next.saturating_sub(now).max(0).unsigned_abs());
            tokio::select! {
                biased;
                () = &mut shutdown, if !is_draining => {
                    let drain = i64::try_from(self.drain.as_millis()).unwrap_or(i64::MAX);
                    until = Some(self.shared.now().saturating_add(drain));
                }
                Some(done) = self.attempts.join_next_with_id() => self.finish(done),
                Some(done) = self.pulses.join_next() => self.pinged(done),
                saved = wait_for(&mut self.saving) => self.saved(saved),
                () = self.shared.wake.notified() => {}
                () = tokio::time::sleep(wait.min(LONGEST_SLEEP)) => {}
            }
        }
        // What is on its way has not arrived as far as is known: it is part of what is saved.
        self.attempts.abort_all();
        if let Some(saving) = self.saving.take() {
            let _ = saving.await;
        }
        self.shared.lock().is_dirty = true;
        self.save_at = i64::MIN;
        self.save(self.shared.now());
        let saved = wait_for(&mut self.saving);
        if self.path.is_some() {
            let saved = saved.await;
            self.saved(saved);
        }
    }

    fn step(&mut self, now: i64, is_draining: bool) {
        let (jobs, pulses, lines) = {
            let mut core = self.shared.lock();
            let jobs = core.step(now);
            // A process that ends has no pulse.
            let pulses = if is_draining {
                Vec::new()
            } else {
                core.pulses(now)
            };
            (jobs, pulses, core.journal.take())
        };
        lines.iter().for_each(super::journal::Line::write);
        for job in jobs {
            let job = Arc::new(job);
            let sent = Arc::clone(&job);
            let handle = self.attempts.spawn(async move { sent.run().await });
            self.jobs.insert(handle.id(), job);
        }
        for (index, pulse) in pulses {
            self.pulses
                .spawn(async move { (index, pulse.ping().await) });
        }
        self.save(now);
    }

    fn finish(&mut self, done: Result<(Id, Result<Receipt, NotifyError>), JoinError>) {
        let (id, result) = done.unwrap_or_else(|error| {
            let panicked = NotifyError::permanent("other", "the notifier panicked");
            (error.id(), Err(panicked))
        });
        if let Some(job) = self.jobs.remove(&id) {
            let now = self.shared.now();
            self.shared.lock().finish(&job, result, now);
        }
    }

    fn pinged(&mut self, done: Result<(usize, Result<(), NotifyError>), JoinError>) {
        // Ours do not panic.
        if let Ok((index, result)) = done {
            let now = self.shared.now();
            self.shared.lock().pinged(index, result, now);
        }
    }

    /// When a save is due, if one is.
    fn save_time(&self) -> Option<i64> {
        let is_due = self.path.is_some() && self.saving.is_none() && self.shared.lock().is_dirty;
        is_due.then_some(self.save_at)
    }

    fn save(&mut self, now: i64) {
        let Some(path) = self.path.clone() else {
            return;
        };
        if self.save_time().is_none_or(|at| at > now) {
            return;
        }
        let state = {
            let mut core = self.shared.lock();
            core.is_dirty = false;
            core.save()
        };
        self.save_at = now.saturating_add(SAVE_EVERY_MS);
        self.saving = Some(tokio::task::spawn_blocking(move || state.save(&path)));
    }

    fn saved(&mut self, result: io::Result<()>) {
        self.saving = None;
        let path = self
            .path
            .as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        let Err(error) = result else {
            if std::mem::take(&mut self.is_save_failing) {
                tracing::info!(path, "the state of notifying is saved again");
            }
            return;
        };
        let mut core = self.shared.lock();
        core.save_failures += 1;
        core.is_dirty = true;
        self.save_at = self.shared.now().saturating_add(SAVE_AGAIN_MS);
        if !std::mem::replace(&mut self.is_save_failing, true) {
            let error = error.to_string();
            tracing::error!(
                path,
                error,
                "the state of notifying cannot be saved; notifying goes on"
            );
        }
    }
}

/// The end of a save that is being made; never without one.
async fn wait_for(saving: &mut Option<JoinHandle<io::Result<()>>>) -> io::Result<()> {
    match saving {
        Some(saving) => saving
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error))),
        None => std::future::pending().await,
    }
}

impl fmt::Debug for NotificationsRunner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationsRunner")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
