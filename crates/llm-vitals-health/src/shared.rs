//! What the handles of a registry, its runner and its pushers share.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::{Notify, broadcast, mpsc};
use tokio::time::Instant;

use crate::board::{Board, Overview};
use crate::builder::WallClock;
use crate::cause::Cause;
use crate::drain::Drain;
use crate::entry::Moment;
use crate::flag::Flag;
use crate::group::{Group, GroupPolicy};
use crate::heartbeat::Heartbeat;
use crate::report::Report;
use crate::runner::Command;
use crate::status::Status;
use crate::transition::{Subject, Transition};

/// How many transitions a subscriber may be behind.
const MOST_BEHIND: usize = 256;

pub(crate) struct Shared {
    board: Mutex<Board>,
    pub(crate) overview: ArcSwap<Overview>,
    pub(crate) live: Live,
    pub(crate) drain: Drain,
    pub(crate) is_draining: AtomicBool,
    pub(crate) heartbeat: Heartbeat,
    pub(crate) commands: mpsc::UnboundedSender<Command>,
    pub(crate) transitions: broadcast::Sender<Transition>,
    /// Told after each run, and when a check is taken out.
    pub(crate) ran: Notify,
    pub(crate) wall: WallClock,
    pub(crate) release: Option<Arc<str>>,
}

/// What liveness depends on.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) flags: Vec<(Arc<str>, Flag)>,
    pub(crate) heartbeat_limit: Option<Duration>,
}

impl Shared {
    pub(crate) fn new(
        policies: [GroupPolicy; Group::ALL.len()],
        live: Live,
        drain: Drain,
        wall: WallClock,
        release: Option<Arc<str>>,
        commands: mpsc::UnboundedSender<Command>,
        now: Instant,
    ) -> Self {
        let board = Board::new(policies);
        Self {
            overview: ArcSwap::from_pointee(board.overview()),
            board: Mutex::new(board),
            live,
            drain,
            is_draining: AtomicBool::new(false),
            heartbeat: Heartbeat::new(now),
            commands,
            transitions: broadcast::Sender::new(MOST_BEHIND),
            ran: Notify::new(),
            wall,
            release,
        }
    }

    /// Counts a run. Returns whether there is such a check.
    pub(crate) fn record(&self, id: u64, report: Report, duration: Duration) -> bool {
        let at = self.moment();
        let transitions = {
            let mut board = self.lock();
            let Some(transitions) = board.record(id, report, duration, at) else {
                return false;
            };
            self.publish(&board, &transitions);
            transitions
        };
        self.ran.notify_waiters();
        log(&transitions);
        true
    }

    /// The overview, in which nothing is too old.
    pub(crate) fn overview(&self) -> Arc<Overview> {
        let overview = self.overview.load();
        let now = Instant::now();
        if overview.valid_until.is_none_or(|until| now < until) {
            return Arc::clone(&overview);
        }
        self.expire();
        self.overview.load_full()
    }

    /// Makes unknown what is too old.
    pub(crate) fn expire(&self) {
        let at = self.moment();
        let transitions = {
            let mut board = self.lock();
            let transitions = board.expire(at);
            self.overview.store(Arc::new(board.overview()));
            self.publish(&board, &transitions);
            transitions
        };
        log(&transitions);
    }

    /// The first moment at which a result may be too old.
    pub(crate) fn valid_until(&self) -> Option<Instant> {
        self.overview.load().valid_until
    }

    pub(crate) fn name(&self, id: u64) -> Option<Arc<str>> {
        self.lock().name(id)
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment {
            now: Instant::now(),
            wall: (self.wall)(),
        }
    }

    /// Makes a change known, in the order in which changes happen, which is why the board is still locked.
    pub(crate) fn publish(&self, board: &Board, transitions: &[Transition]) {
        if transitions.is_empty() {
            return;
        }
        self.overview.store(Arc::new(board.overview()));
        for transition in transitions {
            // Without a subscriber there is nobody to tell.
            let _ = self.transitions.send(transition.clone());
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the log, with nothing locked: a log that blocks its writer must not keep readers waiting.
pub(crate) fn log(transitions: &[Transition]) {
    for transition in transitions {
        let (from, to) = (transition.from.as_str(), transition.to.as_str());
        let cause = transition.cause.map(Cause::as_str);
        match (&transition.subject, transition.to) {
            (Subject::Check(check), Status::Up) => {
                tracing::info!(%check, from, to, "check changed");
            }
            (Subject::Check(check), _) => tracing::warn!(%check, from, to, cause, "check changed"),
            (Subject::Group(group), Status::Up) => {
                tracing::info!(group = group.as_str(), from, to, "group changed");
            }
            (Subject::Group(group), _) => {
                tracing::warn!(group = group.as_str(), from, to, "group changed");
            }
        }
    }
}
