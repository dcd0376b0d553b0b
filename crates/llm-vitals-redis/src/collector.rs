//! The collector: what it watches, how often, and its one task.

mod ask;
mod ownership;
mod settings;
mod tick;

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::Instant;

pub(crate) use self::ask::Optional;
use self::ownership::Ownership;
pub(crate) use self::ownership::Standing;
pub(crate) use self::settings::Settings;
use crate::keys::{KeySampling, Sampler};
use crate::lease::{Claim, Lease};
use crate::metrics_handle::RedisMetrics;
use crate::random::Random;
use crate::source::RedisSource;
use crate::state::State;

/// Reads one Redis again and again: a server, a Sentinel's primary with its replicas, or a cluster.
///
/// [`run`](Self::run) is the only task; nothing happens before it is polled. Each tick sends one request to each node, INFO
/// and whatever was asked for beside it, in one round trip. What was read is in [`RedisMetrics`], and reading that waits for
/// no server.
///
/// See the [crate docs](crate) for an example.
pub struct RedisCollector {
    source: Arc<dyn RedisSource>,
    settings: Settings,
    state: Arc<Mutex<State>>,
    random: Random,
    ownership: Ownership,
    sampler: Sampler,
}

impl RedisCollector {
    /// A collector with the defaults: every 5 s, with command statistics, one owner among several processes.
    pub fn new(source: impl RedisSource + 'static) -> Self {
        let settings = Settings::default();
        let mut random = Random::new();
        let claim = Claim::new(&Lease::default(), settings.interval, &mut random);
        Self {
            source: Arc::new(source),
            state: Arc::new(Mutex::new(State::new(&settings))),
            ownership: Ownership::new(Some(claim)),
            sampler: Sampler::default(),
            settings,
            random,
        }
    }

    /// Names what is watched: the label `target`, and the label `node` of a single server. Otherwise, and of several
    /// nodes behind the name, `node` holds the address. Two collectors in one process need two names.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.change(|settings| settings.name = Some(name))
    }

    /// The time from one tick to the next, spread by a tenth. Default: 5 s.
    #[must_use]
    pub fn with_interval(self, interval: Duration) -> Self {
        self.change(|settings| settings.interval = interval.max(Duration::from_millis(1)))
    }

    /// The window of the rates. Default: 5 minutes.
    #[must_use]
    pub fn with_window(self, window: Duration) -> Self {
        self.change(|settings| settings.window = window)
    }

    /// The longest time between two attempts to reach a node that does not answer. Default: 30 s.
    #[must_use]
    pub fn with_max_backoff(self, backoff: Duration) -> Self {
        self.change(|settings| settings.max_backoff = backoff)
    }

    /// Which lease decides who watches.
    #[must_use]
    pub fn with_lease(self, lease: Lease) -> Self {
        self.change(|settings| settings.lease = Some(lease))
    }

    /// Watches whoever else does, and writes nothing to Redis. For one process, or where a sum over processes is not taken.
    #[must_use]
    pub fn without_lease(self) -> Self {
        self.change(|settings| settings.lease = None)
    }

    /// Leaves out what INFO says of each command: a shorter answer for servers with little time.
    #[must_use]
    pub fn without_command_statistics(self) -> Self {
        self.change(|settings| settings.commands = false)
    }

    /// Adds the percentiles of each command's time, of Redis 7.0 and later.
    #[must_use]
    pub fn with_latency_statistics(self) -> Self {
        self.change(|settings| settings.latency_statistics = true)
    }

    /// Adds the length of the slow log and its last entry; the user needs `+slowlog`.
    #[must_use]
    pub fn with_slow_log(self) -> Self {
        self.change(|settings| settings.slow_log = true)
    }

    /// Adds the last latency spike of each event; the user needs `+latency`.
    #[must_use]
    pub fn with_latency_events(self) -> Self {
        self.change(|settings| settings.latency_events = true)
    }

    /// Adds the distribution of keys, by samples.
    #[must_use]
    pub fn with_key_sampling(self, sampling: KeySampling) -> Self {
        self.change(|settings| settings.keys = Some(sampling))
    }

    /// What was read, to be shown. It is empty before the first tick and after the collector is gone.
    #[must_use]
    pub fn metrics(&self) -> RedisMetrics {
        RedisMetrics::new(Arc::clone(&self.state))
    }

    /// Watches until `shutdown` is done, then gives the lease back. Dropping the future ends it at once; the lease then
    /// runs out by itself.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        let mut next = Instant::now();
        loop {
            if let Either::Left(_) = select(shutdown.as_mut(), pin!(self.tick())).await {
                break;
            }
            next += self.random.around(self.settings.interval, 0.1);
            // A tick that took too long moves the ones after it; none is made up for.
            next = next.max(Instant::now());
            let sleep = pin!(tokio::time::sleep_until(next));
            if let Either::Left(_) = select(shutdown.as_mut(), sleep).await {
                break;
            }
        }
        self.release().await;
    }

    /// One tick, for applications that have a schedule of their own. It takes no longer than the source's timeouts.
    pub async fn tick(&mut self) {
        let started = Instant::now();
        self.watch().await;
        self.state().ticked(started);
    }

    fn change(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        let lease = self.settings.lease.as_ref();
        let claim = lease.map(|lease| Claim::new(lease, self.settings.interval, &mut self.random));
        self.ownership = Ownership::new(claim);
        *self.state() = State::new(&self.settings);
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for RedisCollector {
    /// Nobody reads any more: what was read is not shown as if it were true.
    fn drop(&mut self) {
        self.state().stop();
    }
}

impl fmt::Debug for RedisCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCollector")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
