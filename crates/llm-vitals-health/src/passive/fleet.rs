//! Those who can stand in for each other.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use tokio::time::Instant;

use crate::passive::hold::Hold;
use crate::passive::rules::Rules;
use crate::passive::state::{Decision, State};
use crate::passive::target::{Inner, Target};
use crate::random::Random;
use crate::render::Family;
use crate::{metrics, status::Status};

/// No rule lasts longer, so that adding one to a moment cannot overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);
/// More than this are one, `other`: names may come from outside.
const MOST_TARGETS: usize = 1_000;

/// Those who can stand in for each other, and what the calls to them say. Clones are the same.
///
/// A target that fails is held: [`admit`](Target::admit) sends calls elsewhere, for twice as long each time. When its time is
/// over one call at a time goes there until enough of them have succeeded. When none would be left, none is held.
///
/// ```
/// use llm_vitals_health::{Admission, Cause, Fleet, Outcome, Status};
/// use tokio::time::Instant;
///
/// let fleet = Fleet::new();
/// let (first, second) = (fleet.target("first"), fleet.target("second"));
/// let now = Instant::now();
/// for _ in 0..5 {
///     first.record(Outcome::Failed(Cause::Connect), now);
/// }
/// second.record(Outcome::Success, now);
/// assert_eq!(first.status(now), Status::Down);
/// assert!(matches!(first.admit(now), Admission::Held { .. }));
/// assert!(matches!(second.admit(now), Admission::Available));
/// ```
#[derive(Clone)]
pub struct Fleet(Arc<Shared>);

/// The options of [`Fleet`].
#[derive(Clone, Debug, Default)]
pub struct FleetBuilder {
    rules: Rules,
    seed: Option<u64>,
}

pub(crate) struct Shared {
    pub(crate) rules: Rules,
    seed: Option<u64>,
    targets: RwLock<BTreeMap<Arc<str>, Arc<Inner>>>,
}

impl Fleet {
    /// Creates an empty fleet with the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Begins with the defaults.
    #[must_use]
    pub fn builder() -> FleetBuilder {
        FleetBuilder::default()
    }

    /// The target of this name, made when it is not there yet. At most 1,000; more are one, `other`.
    #[must_use]
    pub fn target(&self, name: &str) -> Target {
        if let Some(inner) = self.0.read().get(name) {
            return Target::new(Arc::clone(inner), Arc::clone(&self.0));
        }
        let mut targets = self
            .0
            .targets
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let name = if targets.len() < MOST_TARGETS {
            name
        } else {
            "other"
        };
        // Each target has its own sequence, or those that fail together would come back together.
        let seed = self
            .0
            .seed
            .map(|seed| seed.wrapping_add(targets.len() as u64));
        let name: Arc<str> = name.into();
        let inner = targets.entry(Arc::clone(&name)).or_insert_with(|| {
            let state = State::new(&self.0.rules, Instant::now());
            Arc::new(Inner::new(name, state, Random::new(seed)))
        });
        Target::new(Arc::clone(inner), Arc::clone(&self.0))
    }

    /// Takes a target out. Handles that are still about go on by themselves.
    pub fn remove(&self, name: &str) {
        let mut targets = self
            .0
            .targets
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        targets.remove(name);
    }

    /// Whether every target is down, and there are at least two: what they share is to blame more likely than all of them.
    #[must_use]
    pub fn has_shared_cause(&self, now: Instant) -> bool {
        let targets = self.0.read();
        let down = |inner: &Arc<Inner>| inner.lock().0.status(now, &self.0.rules).0 == Status::Down;
        targets.len() >= 2 && targets.values().all(down)
    }

    /// Appends in Prometheus' text format which targets are held, and how often they were.
    pub fn render(&self, out: &mut String) {
        let now = Instant::now();
        let targets = self.0.read();
        let states: Vec<_> = targets
            .values()
            .map(|inner| {
                let state = &inner.lock().0;
                (&*inner.name, state.would_admit(now), state.holds)
            })
            .collect();
        let mut held = Family::new(out, metrics::TARGET_HELD);
        for (name, decision, _) in &states {
            for hold in Hold::ALL {
                let is = matches!(decision, Decision::Held { hold: held, .. } if *held == hold);
                held.sample(
                    &[("target", name), ("reason", hold.as_str())],
                    f64::from(u8::from(is)),
                );
            }
        }
        let mut holds = Family::new(out, metrics::TARGET_HOLDS);
        for (name, _, counts) in &states {
            for (hold, count) in Hold::ALL.into_iter().zip(counts) {
                holds.sample(&[("target", name), ("reason", hold.as_str())], *count);
            }
        }
    }
}

impl Default for Fleet {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet")
            .field("targets", &self.0.read().keys())
            .finish_non_exhaustive()
    }
}

impl FleetBuilder {
    /// Sets the length of the sliding window, its least number of calls and the share of failures from which a target is
    /// held; 60 s, 20 and 0.5 unless set.
    #[must_use]
    pub const fn with_window(mut self, length: Duration, min_volume: u64, share: f64) -> Self {
        self.rules.window = length;
        self.rules.min_volume = min_volume;
        self.rules.failed_share = share;
        self
    }

    /// Sets the share of failures in the window from which a target is degraded; 0.1 unless set. It is up again at half of
    /// that.
    #[must_use]
    pub const fn with_degraded_share(mut self, share: f64) -> Self {
        self.rules.degraded_share = share;
        self
    }

    /// Sets how many failures in a row hold a target, however few its calls are; 5 unless set. As many refusals, and as many
    /// throttled calls without `Retry-After`, do the same.
    #[must_use]
    pub fn with_failures_in_a_row(mut self, failures: u32) -> Self {
        self.rules.in_a_row = failures.max(1);
        self
    }

    /// Sets how many calls in a row must succeed before a held target is available again; 2 unless set.
    #[must_use]
    pub fn with_rise(mut self, successes: u32) -> Self {
        self.rules.rise = successes.max(1);
        self
    }

    /// Sets the first hold, which doubles each time, and the longest; 5 s and 5 minutes unless set.
    #[must_use]
    pub const fn with_hold(mut self, first: Duration, longest: Duration) -> Self {
        self.rules.hold = first;
        self.rules.longest_hold = longest;
        self
    }

    /// Sets the longest wait that a target may ask for; an hour unless set.
    #[must_use]
    pub const fn with_longest_retry_after(mut self, longest: Duration) -> Self {
        self.rules.longest_retry_after = longest;
        self
    }

    /// Sets how long one trial call keeps others away; a minute unless set.
    #[must_use]
    pub const fn with_trial(mut self, limit: Duration) -> Self {
        self.rules.trial = limit;
        self
    }

    /// Sets after how long without a call a target is silent, so that its status is unknown and a check has to ask; a minute
    /// unless set.
    #[must_use]
    pub const fn with_silence(mut self, silence: Duration) -> Self {
        self.rules.silence = silence;
        self
    }

    /// Sets how many targets must stay available; with fewer, held ones are tried as a last resort. 1 unless set.
    #[must_use]
    pub const fn with_min_available(mut self, targets: usize) -> Self {
        self.rules.min_available = targets;
        self
    }

    /// Makes the jitter the same each time, for tests.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Finishes.
    #[must_use]
    pub fn build(mut self) -> Fleet {
        let rules = &mut self.rules;
        for duration in [
            &mut rules.window,
            &mut rules.hold,
            &mut rules.longest_hold,
            &mut rules.longest_retry_after,
            &mut rules.trial,
            &mut rules.silence,
        ] {
            *duration = LONGEST.min(*duration);
        }
        Fleet(Arc::new(Shared {
            rules: self.rules,
            seed: self.seed,
            targets: RwLock::default(),
        }))
    }
}

impl Shared {
    /// Whether so many targets take calls that a held one can be spared.
    pub(crate) fn has_enough(&self, now: Instant) -> bool {
        let available =
            |inner: &&Arc<Inner>| !matches!(inner.lock().0.would_admit(now), Decision::Held { .. });
        let needed = self.rules.min_available;
        self.read().values().filter(available).take(needed).count() >= needed
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<Arc<str>, Arc<Inner>>> {
        self.targets.read().unwrap_or_else(PoisonError::into_inner)
    }
}
