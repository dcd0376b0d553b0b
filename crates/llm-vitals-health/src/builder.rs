//! How a registry is set up.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::check::Check;
use crate::drain::Drain;
use crate::error::Error;
use crate::flag::Flag;
use crate::group::{Group, GroupPolicy};
use crate::health::Health;
use crate::metrics::describe;
use crate::random::Random;
use crate::runner::Runner;
use crate::shared::{Live, Shared};

/// How many checks run at once unless set.
const MOST_RUNNING: usize = 64;

pub(crate) type WallClock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The options of [`Health`].
#[must_use = "a builder does nothing until it is built"]
pub struct HealthBuilder {
    checks: Vec<Check>,
    policies: [GroupPolicy; Group::ALL.len()],
    live: Live,
    drain: Drain,
    most_running: usize,
    seed: Option<u64>,
    wall: WallClock,
    release: Option<Arc<str>>,
}

impl HealthBuilder {
    pub(crate) fn new() -> Self {
        Self {
            checks: Vec::new(),
            policies: [GroupPolicy::new(); Group::ALL.len()],
            live: Live::default(),
            drain: Drain::default(),
            most_running: MOST_RUNNING,
            seed: None,
            wall: Arc::new(SystemTime::now),
            release: None,
        }
    }

    /// Adds a check.
    pub fn with_check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// Makes the process not live while the flag is not good.
    ///
    /// Liveness depends on such flags and on the heartbeat, and cannot depend on a check: a restart mends neither a database
    /// nor a provider, and restarting every replica while one is down makes two outages of it.
    pub fn with_liveness_flag(mut self, name: impl Into<Arc<str>>, flag: &Flag) -> Self {
        self.live.flags.push((name.into(), flag.clone()));
        self
    }

    /// Makes the process not live when the scheduler had no turn for so long: its runtime is blocked. Be generous, half a minute
    /// or more: a busy process is not a dead one.
    pub const fn with_liveness_heartbeat(mut self, limit: Duration) -> Self {
        self.live.heartbeat_limit = Some(limit);
        self
    }

    /// Sets how a group's status becomes a yes or no.
    pub const fn with_group_policy(mut self, group: Group, policy: GroupPolicy) -> Self {
        self.policies[group.index()] = policy;
        self
    }

    /// Sets what [`Health::drain`] does; readiness fails at once unless set.
    pub const fn with_drain(mut self, drain: Drain) -> Self {
        self.drain = drain;
        self
    }

    /// Sets how many checks may run at once; 64 unless set. What waits for its turn is not late.
    pub const fn with_most_running(mut self, checks: usize) -> Self {
        self.most_running = checks;
        self
    }

    /// Sets the version of the application, shown among the details.
    pub fn with_release(mut self, release: impl Into<Arc<str>>) -> Self {
        self.release = Some(release.into());
        self
    }

    /// Makes the jitter the same each time, for tests.
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Takes another wall clock, for tests.
    pub fn with_wall_clock(
        mut self,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Self {
        self.wall = Arc::new(clock);
        self
    }

    /// Finishes: a registry to read and to change, and the runner of its checks, which the application runs.
    ///
    /// # Errors
    ///
    /// When a check has a bad or taken name, or a setting that makes no sense.
    pub fn build(self) -> Result<(Health, Runner), Error> {
        describe();
        let (commands, receiver) = mpsc::unbounded_channel();
        let shared = Shared::new(
            self.policies,
            self.live,
            self.drain,
            self.wall,
            self.release,
            commands,
            Instant::now(),
        );
        let health = Health::of(Arc::new(shared));
        for check in self.checks {
            health.register(check)?;
        }
        health.complete();
        let runner = Runner::new(
            Arc::clone(health.shared()),
            receiver,
            self.most_running,
            Random::new(self.seed),
        );
        Ok((health, runner))
    }
}

impl fmt::Debug for HealthBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthBuilder")
            .field("checks", &self.checks)
            .finish_non_exhaustive()
    }
}
