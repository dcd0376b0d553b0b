//! The scheduler's I/O: it starts what the schedule says, cancels it, and brings the results to the books.

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};
use tokio::time::{Instant, Sleep};

use crate::cause::Cause;
use crate::check::Timing;
use crate::metrics;
use crate::probe::Probe;
use crate::random::Random;
use crate::report::Report;
use crate::schedule::{Action, Schedule};
use crate::shared::Shared;

/// How often the scheduler has its turn at least.
const BEAT: Duration = Duration::from_secs(1);
/// So late a turn is a stall of this process.
const STALL: Duration = Duration::from_millis(100);

/// Runs the checks of a [`Health`](crate::Health). There is one for each.
#[must_use = "no check runs until the runner does"]
pub struct Runner {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedReceiver<Command>,
    schedule: Schedule,
    probes: HashMap<u64, Registered>,
    tasks: JoinSet<(Report, Duration)>,
    /// Which check each task is a run of.
    runs: HashMap<Id, u64>,
    actions: Vec<Action>,
}

pub(crate) enum Command {
    Add {
        id: u64,
        probe: Arc<dyn Probe>,
        timing: Timing,
    },
    Remove {
        id: u64,
    },
    RunNow {
        id: u64,
    },
}

struct Registered {
    probe: Arc<dyn Probe>,
    name: Arc<str>,
    timeout: Duration,
    run: Option<AbortHandle>,
}

/// Why the scheduler has its turn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Turn {
    Shutdown,
    Schedule,
}

type Ended = Result<(Id, (Report, Duration)), JoinError>;

impl Runner {
    pub(crate) fn new(
        shared: Arc<Shared>,
        commands: mpsc::UnboundedReceiver<Command>,
        most_running: usize,
        random: Random,
    ) -> Self {
        Self {
            shared,
            commands,
            schedule: Schedule::new(most_running, random, Instant::now()),
            probes: HashMap::new(),
            tasks: JoinSet::new(),
            runs: HashMap::new(),
            actions: Vec::new(),
        }
    }

    /// Runs the checks until `shutdown` is ready. Each run is a task of the runtime that this is awaited on.
    ///
    /// At the end, and when this future is dropped, all runs are cancelled; results get old from then on.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut alarm = pin!(tokio::time::sleep_until(Instant::now()));
        loop {
            let turn = poll_fn(|context| self.poll(shutdown.as_mut(), alarm.as_mut(), context));
            if turn.await == Turn::Shutdown {
                return;
            }
            let now = Instant::now();
            if now.duration_since(alarm.deadline()) >= STALL {
                self.schedule.forgive(now);
            }
            self.advance();
            alarm.as_mut().reset(self.next_turn());
        }
    }

    /// Waits for something to do. Whatever has ended is put into the books first, so that it is not over its deadline.
    fn poll(
        &mut self,
        shutdown: Pin<&mut impl Future<Output = ()>>,
        alarm: Pin<&mut Sleep>,
        context: &mut Context<'_>,
    ) -> Poll<Turn> {
        if shutdown.poll(context).is_ready() {
            return Poll::Ready(Turn::Shutdown);
        }
        let mut is_due = alarm.poll(context).is_ready();
        while let Poll::Ready(Some(ended)) = self.tasks.poll_join_next_with_id(context) {
            self.ended(ended);
            is_due = true;
        }
        while let Poll::Ready(Some(command)) = self.commands.poll_recv(context) {
            self.obey(command);
            is_due = true;
        }
        if is_due {
            Poll::Ready(Turn::Schedule)
        } else {
            Poll::Pending
        }
    }

    fn advance(&mut self) {
        let now = Instant::now();
        self.shared.heartbeat.beat(now);
        if self.shared.valid_until().is_some_and(|until| now >= until) {
            self.shared.expire();
        }
        let mut actions = std::mem::take(&mut self.actions);
        self.schedule.advance(now, &mut actions);
        for action in actions.drain(..) {
            match action {
                Action::Start(id) => self.start(id),
                Action::Overdue(id) => self.overdue(id),
            }
        }
        self.actions = actions;
    }

    fn next_turn(&mut self) -> Instant {
        let beat = Instant::now() + BEAT;
        let due = self.schedule.next();
        let expiry = self.shared.valid_until();
        due.into_iter().chain(expiry).fold(beat, Instant::min)
    }

    fn start(&mut self, id: u64) {
        let Some(registered) = self.probes.get_mut(&id) else {
            return;
        };
        let probe = Arc::clone(&registered.probe);
        let run = self.tasks.spawn(async move {
            let started = Instant::now();
            let report = probe.check().await;
            (report, started.elapsed())
        });
        self.runs.insert(run.id(), id);
        registered.run = Some(run);
    }

    fn overdue(&mut self, id: u64) {
        let Some(registered) = self.probes.get(&id) else {
            return;
        };
        if let Some(run) = &registered.run {
            run.abort();
        }
        let timeout = registered.timeout;
        self.record(id, Report::down(Cause::Timeout), timeout);
    }

    fn ended(&mut self, ended: Ended) {
        let (run, result) = match ended {
            Ok((run, result)) => (run, Some(result)),
            Err(error) => {
                // The panic's own words may hold anything, and are not kept.
                let panicked = error.is_panic();
                let report = Report::down(Cause::Panicked);
                (error.id(), panicked.then_some((report, Duration::ZERO)))
            }
        };
        let Some(id) = self.runs.remove(&run) else {
            return;
        };
        let in_time = self.schedule.ended(id, Instant::now());
        if let Some((report, duration)) = result
            && in_time
        {
            self.record(id, report, duration);
        }
    }

    fn record(&self, id: u64, report: Report, duration: Duration) {
        if let Some(registered) = self.probes.get(&id) {
            metrics::record_duration(&registered.name, duration);
            self.shared.record(id, report, duration);
        }
    }

    fn obey(&mut self, command: Command) {
        let now = Instant::now();
        match command {
            Command::Add { id, probe, timing } => {
                // It may have been taken out again before the runner ran.
                let Some(name) = self.shared.name(id) else {
                    return;
                };
                let registered = Registered {
                    probe,
                    name,
                    timeout: timing.timeout,
                    run: None,
                };
                self.probes.insert(id, registered);
                self.schedule.add(id, timing, now);
            }
            Command::Remove { id } => {
                self.schedule.remove(id);
                if let Some(run) = self.probes.remove(&id).and_then(|removed| removed.run) {
                    run.abort();
                }
            }
            Command::RunNow { id } => self.schedule.run_now(id, now),
        }
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("checks", &self.probes.len())
            .finish_non_exhaustive()
    }
}
