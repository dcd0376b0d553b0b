//! One check as it is registered.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Problem};
use crate::group::{Criticality, Group};
use crate::hysteresis::Thresholds;
use crate::passive::Passive;
use crate::probe::Probe;
use crate::pushed::Pusher;

const LONGEST_NAME: usize = 100;
/// Longer ones could not be added to a moment.
const LONGEST_TIME: Duration = Duration::from_secs(365 * 24 * 3_600);

/// One check: what to run, how often, and what its failure means.
///
/// It runs every 10 s with a deadline of 5 s, falls after 3 failures in a row and rises after 2 successes, and degrades
/// [`Group::Overall`] while it is not up, unless set otherwise. The first result decides at once.
///
/// ```
/// use std::time::Duration;
/// use llm_vitals_health::{Check, Criticality, Group};
///
/// let check = Check::new("database", || async { Ok::<_, std::io::Error>(()) })
///     .with_interval(Duration::from_secs(5))
///     .with_timeout(Duration::from_secs(1))
///     .in_group(Group::Ready, Criticality::Critical);
/// # let _ = check;
/// ```
#[must_use = "a check does nothing until it is registered"]
pub struct Check {
    pub(crate) name: Arc<str>,
    pub(crate) source: Source,
    pub(crate) timing: Timing,
    pub(crate) settings: Settings,
}

pub(crate) enum Source {
    Probe(Arc<dyn Probe>),
    Pushed(Pusher),
}

/// When a check runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
    pub(crate) initial_delay: Duration,
    pub(crate) jitter: f64,
}

/// What the results of a check mean.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) thresholds: Thresholds,
    pub(crate) max_age: Option<Duration>,
    pub(crate) criticality: [Option<Criticality>; Group::ALL.len()],
    pub(crate) set: Option<Arc<str>>,
    pub(crate) tags: Vec<(Arc<str>, Arc<str>)>,
    pub(crate) is_shared: bool,
    pub(crate) is_capped: bool,
}

impl Check {
    /// A check that runs a probe, or a closure that returns a future.
    pub fn new(name: impl Into<Arc<str>>, probe: impl Probe + 'static) -> Self {
        Self::of(name.into(), Source::Probe(Arc::new(probe)))
    }

    /// A check whose results are pushed by the application. A result is believed for `max_age`.
    pub fn pushed(name: impl Into<Arc<str>>, max_age: Duration) -> (Self, Pusher) {
        let pusher = Pusher::default();
        let check = Self::of(name.into(), Source::Pushed(pusher.clone())).with_max_age(max_age);
        (check, pusher)
    }

    /// A check that looks every second at what the calls to a target say. A result is believed for three intervals of the
    /// fallback, or for a minute without one.
    pub fn passive(name: impl Into<Arc<str>>, probe: Passive) -> Self {
        let fallback = probe.fallback_interval();
        let mut check = Self::new(name, probe)
            .with_interval(Duration::from_secs(1))
            .with_rise(1)
            .with_fall(1);
        let timeout = check.timing.timeout;
        check.settings.max_age = Some(fallback.map_or(Duration::from_secs(60), |interval| {
            let age = interval.saturating_mul(3).saturating_add(timeout);
            age.min(LONGEST_TIME)
        }));
        check
    }

    /// Sets the time from one run's start to the next one's.
    pub const fn with_interval(mut self, interval: Duration) -> Self {
        self.timing.interval = interval;
        self
    }

    /// Sets the deadline of a run. When it has passed, the run is cancelled and counts as a failure.
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timing.timeout = timeout;
        self
    }

    /// Sets how long to wait before the first run.
    pub const fn with_initial_delay(mut self, delay: Duration) -> Self {
        self.timing.initial_delay = delay;
        self
    }

    /// Sets by which share of itself an interval is longer or shorter by chance, 0 to 0.5; 0.1 unless set.
    pub const fn with_jitter(mut self, share: f64) -> Self {
        self.timing.jitter = share;
        self
    }

    /// Sets how many runs in a row must be better before the status is.
    pub const fn with_rise(mut self, runs: u32) -> Self {
        self.settings.thresholds.rise = runs;
        self
    }

    /// Sets how many runs in a row must be worse before the status is.
    pub const fn with_fall(mut self, runs: u32) -> Self {
        self.settings.thresholds.fall = runs;
        self
    }

    /// Also falls when so many of the last so many runs (64 at most) were worse.
    pub const fn with_fall_of(mut self, runs: u32, of: u32) -> Self {
        self.settings.thresholds.window = Some((runs, of));
        self
    }

    /// Sets how long a bad status is kept at least. Bad news is never held back.
    pub const fn with_min_hold(mut self, hold: Duration) -> Self {
        self.settings.thresholds.min_hold = hold;
        self
    }

    /// Sets for how long a result is believed; three intervals and the timeout unless set. After that the check is unknown.
    pub const fn with_max_age(mut self, age: Duration) -> Self {
        self.settings.max_age = Some(age);
        self
    }

    /// Gives it a say in a group.
    pub const fn in_group(mut self, group: Group, criticality: Criticality) -> Self {
        self.settings.criticality[group.index()] = Some(criticality);
        self
    }

    /// Puts it into a set of checks that can stand in for each other. A set degrades a group while some of it is not up, and
    /// counts with the highest criticality among its checks only when none of it serves.
    pub fn with_set(mut self, set: impl Into<Arc<str>>) -> Self {
        self.settings.set = Some(set.into());
        self
    }

    /// Says that every replica of this process depends on the same thing. When it is down, [`Group::Ready`] is at most
    /// degraded: taking all replicas out of service at once would help nobody.
    pub const fn shared(mut self) -> Self {
        self.settings.is_shared = true;
        self
    }

    /// Makes its results degraded at worst: for hints such as a provider's status page.
    pub const fn degraded_at_worst(mut self) -> Self {
        self.settings.is_capped = true;
        self
    }

    /// Adds a tag, shown among the details.
    pub fn with_tag(mut self, key: impl Into<Arc<str>>, value: impl Into<Arc<str>>) -> Self {
        self.settings.tags.push((key.into(), value.into()));
        self
    }

    fn of(name: Arc<str>, source: Source) -> Self {
        let mut criticality = [None; Group::ALL.len()];
        criticality[Group::Overall.index()] = Some(Criticality::Degrading);
        Self {
            name,
            source,
            timing: Timing {
                interval: Duration::from_secs(10),
                timeout: Duration::from_secs(5),
                initial_delay: Duration::ZERO,
                jitter: 0.1,
            },
            settings: Settings {
                thresholds: Thresholds {
                    rise: 2,
                    fall: 3,
                    window: None,
                    min_hold: Duration::ZERO,
                },
                max_age: None,
                criticality,
                set: None,
                tags: Vec::new(),
                is_shared: false,
                is_capped: false,
            },
        }
    }

    pub(crate) fn validate(&self) -> Result<(), Error> {
        let names = std::iter::once(&self.name).chain(&self.settings.set);
        let problem = if !names.map(|name| &**name).all(is_name) {
            Problem::Name
        } else if let Some(setting) = self.wrong_setting() {
            Problem::Setting(setting)
        } else {
            return Ok(());
        };
        Err(Error::new(&self.name, problem))
    }

    fn wrong_setting(&self) -> Option<&'static str> {
        let (timing, settings) = (&self.timing, &self.settings);
        let wrong = [
            (
                timing.interval < Duration::from_millis(1),
                "the interval must be at least 1 ms",
            ),
            (timing.timeout.is_zero(), "the timeout must not be zero"),
            (
                [timing.interval, timing.timeout, timing.initial_delay]
                    .into_iter()
                    .chain(settings.max_age)
                    .any(|time| time > LONGEST_TIME),
                "no time may be longer than a year",
            ),
            (
                !(0.0..=0.5).contains(&timing.jitter),
                "the jitter must be from 0 to 0.5",
            ),
            (
                settings.thresholds.rise == 0 || settings.thresholds.fall == 0,
                "rise and fall must be at least 1",
            ),
            (
                settings
                    .thresholds
                    .window
                    .is_some_and(|(runs, of)| runs == 0 || runs > of || of > 64),
                "of so many runs, at most 64, so many must fail: at least 1, and not more than there are",
            ),
            (
                settings.max_age.is_some_and(|age| {
                    let is_probe = matches!(self.source, Source::Probe(_));
                    age.is_zero() || is_probe && age < timing.interval
                }),
                "results must be believed for at least one interval",
            ),
        ];
        wrong
            .into_iter()
            .find_map(|(is, problem)| is.then_some(problem))
    }
}

impl Timing {
    /// For how long a result is believed unless the check says otherwise.
    pub(crate) fn usual_age(&self) -> Duration {
        self.interval.saturating_mul(3).saturating_add(self.timeout)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("name", &self.name)
            .field("timing", &self.timing)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !name.contains(char::is_control)
        && !matches!(name, "status" | "checks" | "release")
}
