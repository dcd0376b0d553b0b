//! Options, and what is made of them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use super::core::Core;
use super::journal::Journal;
use super::maker::Maker;
use super::observed::Observed;
use super::runner::NotificationsRunner;
use super::{Notifications, Shared};
use crate::error::Error;
use crate::notify::config::Config;
use crate::notify::delivery::QueueLimits;
use crate::notify::dispatcher::Dispatcher;
use crate::notify::notifier::Notifier;
use crate::notify::state::NotifyState;
use crate::runner::now_ms;

/// How [`Notifications`] are to be.
pub struct NotificationsBuilder {
    config: Arc<Config>,
    external_url: String,
    state: Option<(PathBuf, NotifyState)>,
    maker: Maker,
    clock: Box<dyn Fn() -> i64 + Send + Sync>,
    evaluation_timeout: Duration,
    drain: Duration,
}

impl NotificationsBuilder {
    pub(super) fn new(config: Arc<Config>) -> Self {
        Self {
            config,
            external_url: String::new(),
            state: None,
            maker: Maker::default(),
            clock: Box::new(now_ms),
            evaluation_timeout: Duration::from_secs(120),
            drain: Duration::from_secs(5),
        }
    }

    /// Keeps in a file what was told, what waits, and the silences: taken up at the start, saved after changes, about once a second.
    ///
    /// An error if there is a file that cannot be read: see [`set_aside_damaged`](Self::set_aside_damaged). A failed save is counted and
    /// logged, and the file stays as it was.
    pub fn with_state_file(mut self, path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let state = NotifyState::load(&path)?;
        self.state = Some((path, state));
        Ok(self)
    }

    /// Puts a state file out of the way that is damaged or of another version, so that an application can start without it: it is renamed
    /// to `<file>.damaged`, in place of an older one of that name. To be called before [`with_state_file`](Self::with_state_file).
    ///
    /// Gives what is wrong with the file, to be logged; `None` where nothing is. An error if it can be neither read nor renamed.
    pub fn set_aside_damaged(path: &Path) -> Result<Option<Error>, Error> {
        NotifyState::set_aside_damaged(path)
    }

    /// Where this process can be seen, for links in messages.
    #[must_use]
    pub fn with_external_url(mut self, url: impl Into<String>) -> Self {
        self.external_url = url.into();
        self
    }

    /// Sends what one integration of a receiver is to be told by a notifier of the application.
    #[must_use]
    pub fn with_notifier(
        mut self,
        receiver: impl Into<String>,
        index: usize,
        notifier: Box<dyn Notifier>,
    ) -> Self {
        let own = (receiver.into(), index);
        self.maker.own.insert(own, Arc::from(notifier));
        self
    }

    /// How many notifications, and how many bytes of them, may wait for one integration; 1000 and 8 MiB by default.
    #[must_use]
    pub fn with_queue_limits(mut self, notifications: usize, bytes: usize) -> Self {
        self.maker.limits = QueueLimits {
            notifications,
            bytes,
        };
        self
    }

    /// How long evaluation may take no breath until heartbeats stop; 2 minutes by default. Longer than the interval of all rules.
    #[must_use]
    pub fn with_evaluation_timeout(mut self, timeout: Duration) -> Self {
        self.evaluation_timeout = timeout;
        self
    }

    /// How long the runner goes on sending when it is told to stop; 5 seconds by default.
    #[must_use]
    pub fn with_drain_time(mut self, time: Duration) -> Self {
        self.drain = time;
        self
    }

    /// Another clock than [`now_ms`], in milliseconds since 1970. One that goes back while it runs makes waiting messages wait for longer.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Makes all receivers. An error if one cannot be made; nobody is called yet.
    pub fn build(mut self) -> Result<(Notifications, NotificationsRunner), Error> {
        let now = (self.clock)();
        let (lanes, hearts) = self.maker.make(&self.config)?;
        let dispatcher = Dispatcher::new(self.config).with_external_url(self.external_url.clone());
        let milliseconds = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let mut core = Core {
            dispatcher,
            lanes,
            hearts,
            retired: Default::default(),
            alarms: Vec::new(),
            observed: Observed::default(),
            journal: Journal::default(),
            is_dirty: false,
            save_failures: 0,
            last_beat: None,
            external_url: self.external_url,
            maker: self.maker,
            began: now,
            evaluation_timeout_ms: milliseconds(self.evaluation_timeout),
            held_until: None,
        };
        let path = self.state.map(|(path, state)| {
            core.restore(state, now);
            path
        });
        let shared = Arc::new(Shared {
            core: Mutex::new(core),
            wake: Notify::new(),
            clock: self.clock,
        });
        let runner = NotificationsRunner::new(Arc::clone(&shared), path, self.drain);
        Ok((Notifications { shared }, runner))
    }
}

impl fmt::Debug for NotificationsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationsBuilder")
            .field("state", &self.state.as_ref().map(|(path, _)| path))
            .finish_non_exhaustive()
    }
}
