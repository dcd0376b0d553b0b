//! A check whose runs cost money.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::cause::Cause;
use crate::probe::Probe;
use crate::report::{IntoReport, Report};

/// Runs are never closer than this, whatever is asked for.
const LEAST_INTERVAL: Duration = Duration::from_secs(60);

/// A check whose runs cost money.
///
/// A billed check runs only when all of this holds: its budget has room for the most that one run can cost, the last run is
/// long enough ago, and this replica is the one that runs it. Anything else is a report of `unknown`, which is no evidence:
/// the status before it stays until it is too old, so give the check a `with_max_age` of more than the interval. Prefer what costs nothing; see [`Passive`](crate::Passive) for running a
/// billed check only where real traffic is silent.
///
/// ```
/// use std::time::Duration;
/// use llm_vitals_health::{Billed, Check, Report, Spend};
///
/// // At most one dollar in 24 hours, and at most a tenth of a cent for each run.
/// let spend = Spend::new(1_000_000_000, Duration::from_secs(24 * 3_600));
/// let probe = Billed::new(spend.clone(), 1_000_000, || async {
///     // Ask for one token, and tell what it cost if the answer says so.
///     (Report::up(), Some(150_000))
/// });
/// let check = Check::new("openai", probe).with_max_age(Duration::from_secs(900));
/// # let _ = check;
/// assert_eq!(spend.total_nanousd(), 0);
/// ```
pub struct Billed<F> {
    probe: F,
    spend: Spend,
    most_nanousd: u64,
    min_interval: Duration,
    turn: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    last: Mutex<Option<Instant>>,
}

/// A budget and what was spent of it; clones are the same. Several checks can share one.
#[derive(Clone, Debug)]
pub struct Spend(Arc<Account>);

#[derive(Debug)]
struct Account {
    cap_nanousd: u64,
    per: Duration,
    total_nanousd: AtomicU64,
    /// When how much was spent, for as long as it counts.
    recent: Mutex<VecDeque<(Instant, u64)>>,
}

impl<F> Billed<F> {
    /// Wraps a closure that answers with what it found, and what that cost in nano-dollars if it was told.
    ///
    /// `most_nanousd` is the most that one run can cost. It is what counts until the run tells its cost, and for runs that do
    /// not tell or are cut off by the deadline.
    pub fn new(spend: Spend, most_nanousd: u64, probe: F) -> Self {
        Self {
            probe,
            spend,
            most_nanousd,
            min_interval: Duration::from_secs(300),
            turn: None,
            last: Mutex::new(None),
        }
    }

    /// Sets the least time between two runs; 5 minutes unless set, and never less than one.
    #[must_use]
    pub fn with_min_interval(mut self, interval: Duration) -> Self {
        self.min_interval = interval.max(LEAST_INTERVAL);
        self
    }

    /// Runs only while this says that it is this replica's turn, so that many replicas do not pay for the same answer.
    #[must_use]
    pub fn with_turn(mut self, is_ours: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.turn = Some(Arc::new(is_ours));
        self
    }

    fn is_due(&self, now: Instant) -> bool {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|last| now.duration_since(last) >= self.min_interval)
    }
}

#[async_trait]
impl<F, Fut, R> Probe for Billed<F>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = (R, Option<u64>)> + Send,
    R: IntoReport + Send,
{
    async fn check(&self) -> Report {
        let now = Instant::now();
        if !self.is_due(now) || self.turn.as_ref().is_some_and(|is_ours| !is_ours()) {
            return Report::unknown();
        }
        if !self.spend.reserve(self.most_nanousd, now) {
            return Report::unknown_because(Cause::Budget);
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        let (found, cost) = (self.probe)().await;
        if let Some(cost) = cost {
            self.spend.settle(now, self.most_nanousd, cost);
        }
        found.into_report()
    }

    fn spend(&self) -> Option<Spend> {
        Some(self.spend.clone())
    }
}

impl<F> fmt::Debug for Billed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Billed")
            .field("spend", &self.spend)
            .field("most_nanousd", &self.most_nanousd)
            .finish_non_exhaustive()
    }
}

impl Spend {
    /// Creates a budget of so many nano-dollars (a dollar is 1,000,000,000) in any stretch of time of this length.
    #[must_use]
    pub fn new(cap_nanousd: u64, per: Duration) -> Self {
        Self(Arc::new(Account {
            cap_nanousd,
            per,
            total_nanousd: AtomicU64::new(0),
            recent: Mutex::default(),
        }))
    }

    /// What was spent since the start, in nano-dollars.
    #[must_use]
    pub fn total_nanousd(&self) -> u64 {
        self.0.total_nanousd.load(Ordering::Relaxed)
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Spends it, if the budget has room.
    fn reserve(&self, nanousd: u64, now: Instant) -> bool {
        let account = &*self.0;
        let mut recent = account
            .recent
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        while recent
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) >= account.per)
        {
            recent.pop_front();
        }
        let spent = recent
            .iter()
            .fold(nanousd, |sum, (_, one)| sum.saturating_add(*one));
        if spent > account.cap_nanousd {
            return false;
        }
        recent.push_back((now, nanousd));
        account.total_nanousd.fetch_add(nanousd, Ordering::Relaxed);
        true
    }

    /// Replaces what was reserved at `at` by what it came to.
    fn settle(&self, at: Instant, reserved: u64, cost: u64) {
        let account = &*self.0;
        let mut recent = account
            .recent
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = recent.iter_mut().find(|entry| **entry == (at, reserved)) {
            entry.1 = cost;
        }
        // Adding first: a reader in between sees too much rather than too little.
        account.total_nanousd.fetch_add(cost, Ordering::Relaxed);
        account.total_nanousd.fetch_sub(reserved, Ordering::Relaxed);
    }
}
