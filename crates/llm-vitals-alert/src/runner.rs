//! Evaluation under tokio, on a fixed grid of time.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use llm_vitals_promql::Store;

use crate::error::Error;
use crate::evaluator::Evaluator;
use crate::state::State;
use crate::transition::Transition;

/// The longest time between two looks at the clock, which may be one that is set.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// Evaluates rules at the points of their grids until it is told to stop.
///
/// Evaluations never overlap; points that pass meanwhile are counted and not made up for. Evaluator and store stay with the
/// application too: both are locked while rules are evaluated, on a thread for blocking work.
pub struct Runner {
    evaluator: Arc<Mutex<Evaluator>>,
    store: Arc<Mutex<Store>>,
    state: Option<(PathBuf, State)>,
    listener: Option<Listener>,
    observer: Option<Observer>,
    clock: Box<dyn Fn() -> i64 + Send + Sync>,
}

type Listener = Arc<Mutex<dyn FnMut(&[Transition]) + Send>>;
type Observer = Arc<Mutex<dyn FnMut(&Evaluator, &Store, &[Transition]) + Send>>;

impl Runner {
    /// A runner of this evaluator over this store.
    #[must_use]
    pub fn new(evaluator: Arc<Mutex<Evaluator>>, store: Arc<Mutex<Store>>) -> Self {
        Self {
            evaluator,
            store,
            state: None,
            listener: None,
            observer: None,
            clock: Box::new(now_ms),
        }
    }

    /// Keeps the state in a file: it is restored at the start, and saved after each evaluation that has alerts.
    ///
    /// An error if there is a file that cannot be read: see [`State::set_aside_damaged`]. A failed save is counted, and the file stays as it
    /// was.
    pub fn with_state_file(mut self, path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let state = State::load(&path)?;
        self.state = Some((path, state));
        Ok(self)
    }

    /// Called with the changes of each evaluation that has any, after the state was saved. It may block.
    #[must_use]
    pub fn on_transitions(mut self, listener: impl FnMut(&[Transition]) + Send + 'static) -> Self {
        self.listener = Some(Arc::new(Mutex::new(listener)));
        self
    }

    /// Called after each evaluation with all there is, also where nothing has changed, before the state is saved. Evaluator and store are
    /// locked meanwhile: it should be brief.
    #[must_use]
    pub fn on_evaluation(
        mut self,
        observer: impl FnMut(&Evaluator, &Store, &[Transition]) + Send + 'static,
    ) -> Self {
        self.observer = Some(Arc::new(Mutex::new(observer)));
        self
    }

    /// Another clock than [`now_ms`], in milliseconds since 1970.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Runs until `shutdown` is ready, and then to the end of an evaluation that has begun.
    ///
    /// Dropping it instead lets an evaluation end by itself on its thread.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut file = None;
        if let Some((path, state)) = self.state.take() {
            let now = (self.clock)();
            let mut store = lock(&self.store);
            lock(&self.evaluator).restore(&state, now, &mut store);
            file = Some((path, !state.is_empty()));
        }
        loop {
            let now = (self.clock)();
            let next = lock(&self.evaluator).next_evaluation(now);
            let wait = next.map_or(LONGEST_SLEEP, |next| {
                Duration::from_millis((next - now).max(0).unsigned_abs()).min(LONGEST_SLEEP)
            });
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = tokio::time::sleep(wait) => {}
            }
            let now = (self.clock)();
            if next.is_none_or(|next| next > now) {
                continue;
            }
            let (evaluator, store) = (Arc::clone(&self.evaluator), Arc::clone(&self.store));
            let (listener, observer) = (self.listener.clone(), self.observer.clone());
            let saved = file.clone();
            let work = move || evaluate(&evaluator, &store, now, saved, listener, observer);
            // A panic of the listener ends no evaluation: the next one comes at its time.
            if let Ok(after) = tokio::task::spawn_blocking(work).await {
                file = after;
            }
        }
    }
}

/// The file of the state, and whether there are alerts in it.
type StateFile = Option<(PathBuf, bool)>;

fn evaluate(
    evaluator: &Mutex<Evaluator>,
    store: &Mutex<Store>,
    now: i64,
    file: StateFile,
    listener: Option<Listener>,
    observer: Option<Observer>,
) -> StateFile {
    let (changes, state) = {
        let mut store = lock(store);
        let mut evaluator = lock(evaluator);
        let changes = evaluator.evaluate(&mut store, now);
        if let Some(observer) = observer {
            let mut observer = observer.lock().unwrap_or_else(PoisonError::into_inner);
            observer(&evaluator, &store, &changes);
        }
        (changes, file.is_some().then(|| evaluator.state()))
    };
    let file = file.zip(state).map(|((path, has_alerts), state)| {
        if !has_alerts && state.is_empty() {
            return (path, false);
        }
        match state.save(&path) {
            Ok(()) => (path, !state.is_empty()),
            Err(_) => {
                lock(evaluator).count_save_failure();
                (path, true)
            }
        }
    });
    if let Some(listener) = listener
        && !changes.is_empty()
    {
        let mut listener = listener.lock().unwrap_or_else(PoisonError::into_inner);
        listener(&changes);
    }
    file
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere must not end the alerting.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds since 1970 as the system's clock had them when this was first called, and the time that has passed since then.
///
/// It never goes back. A system clock that is set back would else keep rules and samples waiting until it has caught up. Take
/// the times of samples from here too, so that both agree.
#[must_use]
pub fn now_ms() -> i64 {
    static BEGAN: LazyLock<(Duration, quanta::Instant)> = LazyLock::new(|| {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        (since_1970.unwrap_or_default(), quanta::Instant::now())
    });
    let (began, at) = &*BEGAN;
    i64::try_from((*began + at.elapsed()).as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner")
            .field("state", &self.state.as_ref().map(|(path, _)| path))
            .finish_non_exhaustive()
    }
}
