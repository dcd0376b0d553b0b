//! What is known of one provider: its models' series, its recent calls and its rate limits.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use llm_vitals_cost::PriceBook;
use llm_vitals_provider::Operation;
use metrics::{Label, SharedString};

use crate::clock::{Clock, Tick};
use crate::metrics::{Labels, Scope, label_overflow};
use crate::rate_limits::RateLimitStatus;
use crate::series::Series;
use crate::window::Window;

/// The model label of everything that was not admitted.
pub(crate) const OTHER: &str = "other";
/// Longer names are nobody's model.
const LONGEST_MODEL: usize = 128;

/// What all layers of one application share.
pub(crate) struct Core {
    pub(crate) clock: Clock,
    pub(crate) start: Tick,
    pub(crate) prices: Option<Arc<dyn PriceBook>>,
    pub(crate) extra: Vec<Label>,
    pub(crate) window: Duration,
    pub(crate) most_models: usize,
    pub(crate) estimate: Option<f64>,
}

impl Core {
    /// Counts a value that was not admitted to the label `label`.
    pub(crate) fn label_overflow(&self, label: &'static str) {
        label_overflow(label, &self.extra).increment(1);
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("clock", &self.clock)
            .field("prices", &self.prices.is_some())
            .finish_non_exhaustive()
    }
}

/// One provider's state, apart from its series.
#[derive(Debug)]
pub(crate) struct ProviderState {
    pub(crate) name: SharedString,
    pub(crate) core: Arc<Core>,
    pub(crate) window: Window,
    pub(crate) rate_limits: RateLimitStatus,
    /// Calls in flight whose series is not known yet.
    pub(crate) pending: AtomicU64,
}

/// One provider's series, found by model.
///
/// A model becomes a label when it is in the provider's list or the price book, or was answered with success, until
/// there are as many as the limit; every other model is [`OTHER`].
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) state: Arc<ProviderState>,
    series: ArcSwap<Known>,
    adding: Mutex<()>,
    allowed: Mutex<HashSet<Box<str>>>,
}

/// A series as it is handed out to services. Requests under way hold the series itself, so that as many are in flight as
/// its count says beyond this one.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) series: Arc<Series>,
}

type Known = HashMap<Box<str>, Vec<Arc<Resolved>>, foldhash::fast::RandomState>;

impl Family {
    pub(crate) fn new(name: SharedString, core: Arc<Core>) -> Self {
        let window = Window::new(core.window);
        Self {
            state: Arc::new(ProviderState {
                name,
                core,
                window,
                rate_limits: RateLimitStatus::default(),
                pending: AtomicU64::new(0),
            }),
            series: ArcSwap::default(),
            adding: Mutex::default(),
            allowed: Mutex::default(),
        }
    }

    /// Admits models, whether they were asked for or not.
    pub(crate) fn allow<'a>(&self, models: impl IntoIterator<Item = &'a str>) {
        let mut allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        for model in models {
            // The list of a provider may be longer than what can become a label.
            if allowed.len() < 100 * self.state.core.most_models && is_plausible(model) {
                allowed.insert(model.into());
            }
        }
    }

    /// The series of a model that is a label already, or may become one before its answer is known.
    pub(crate) fn find(
        &self,
        scope: Scope,
        model: &str,
        operation: Operation,
    ) -> Option<Arc<Resolved>> {
        let known = self.series.load();
        let Some(models) = known.get(model) else {
            drop(known);
            return self
                .is_expected(model)
                .then(|| self.admit(scope, model, operation))?;
        };
        // A name that is a label already needs no room.
        Some(current_of(models, scope, operation).unwrap_or_else(|| {
            let mut adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
            self.add(&mut adding, scope, model, operation)
        }))
    }

    /// The series of a model whose request has ended; `success` admits it.
    pub(crate) fn settle(
        &self,
        scope: Scope,
        model: &str,
        operation: Operation,
        success: bool,
    ) -> Arc<Resolved> {
        let found = self.find(scope, model, operation).or_else(|| {
            (success && is_plausible(model)).then(|| self.admit(scope, model, operation))?
        });
        found.unwrap_or_else(|| {
            // A request that names no model, such as one for the list of models, leaves none out.
            if scope == Scope::Calls && !model.is_empty() {
                self.state.core.label_overflow("model");
            }
            self.insert(scope, OTHER, operation)
        })
    }

    /// How many calls have not ended.
    pub(crate) fn in_flight(&self) -> u64 {
        let known = self.series.load();
        let held = |resolved: &Arc<Resolved>| match resolved.series.scope {
            Scope::Calls => Arc::strong_count(&resolved.series) as u64 - 1,
            Scope::Attempts | Scope::Service => 0,
        };
        let held: u64 = known.values().flatten().map(held).sum();
        held + self.state.pending.load(Ordering::Relaxed)
    }

    fn is_expected(&self, model: &str) -> bool {
        is_plausible(model) && {
            let allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
            allowed.contains(model)
        } || self.is_priced(model)
    }

    /// Whether the price book has the model. Books care little for case, and each model is one label.
    fn is_priced(&self, model: &str) -> bool {
        let Some(prices) = self.state.core.prices.as_ref() else {
            return false;
        };
        is_plausible(model)
            && prices.knows(&self.state.name, model)
            && !self
                .series
                .load()
                .keys()
                .any(|known| known.eq_ignore_ascii_case(model))
    }

    /// Makes `model` a label, unless there are too many.
    fn admit(&self, scope: Scope, model: &str, operation: Operation) -> Option<Arc<Resolved>> {
        let mut adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.series.load();
        let fits = known.len() < self.state.core.most_models || known.contains_key(model);
        drop(known);
        fits.then(|| self.add(&mut adding, scope, model, operation))
    }

    /// The series of a name that needs no admission.
    pub(crate) fn insert(&self, scope: Scope, name: &str, operation: Operation) -> Arc<Resolved> {
        current(&self.series.load(), scope, name, operation).unwrap_or_else(|| {
            let mut adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
            self.add(&mut adding, scope, name, operation)
        })
    }

    /// Makes the series of `model`, unless somebody else just did. One at a time, so that there are never more than fit.
    fn add(
        &self,
        _one: &mut MutexGuard<'_, ()>,
        scope: Scope,
        model: &str,
        operation: Operation,
    ) -> Arc<Resolved> {
        let mut known = Known::clone(&self.series.load());
        if let Some(resolved) = current(&known, scope, model, operation) {
            return resolved;
        }
        let labels = self.labels(model, operation);
        let live = recorder_is_there();
        let series = Series::new(Arc::clone(&self.state), scope, model, labels, live);
        let resolved = Arc::new(Resolved {
            series: Arc::new(series),
        });
        let models = known.entry(model.into()).or_default();
        // One from before there was a recorder; calls that still hold it are no longer seen in flight.
        models.retain(|resolved| !resolved.series.is(scope, operation));
        models.push(Arc::clone(&resolved));
        self.series.store(Arc::new(known));
        resolved
    }

    fn labels(&self, model: &str, operation: Operation) -> Labels {
        Labels {
            provider: self.state.name.clone(),
            model: SharedString::from_owned(model.to_owned()),
            operation,
            extra: self.state.core.extra.clone(),
        }
    }
}

impl ProviderState {
    /// Nanoseconds from the start of the clock to `now`.
    pub(crate) fn elapsed(&self, now: Tick) -> u64 {
        self.core.clock.nanos_between(self.core.start, now)
    }
}

/// The series in `known`, unless it was made before there was a recorder and there is one now.
fn current(
    known: &Known,
    scope: Scope,
    model: &str,
    operation: Operation,
) -> Option<Arc<Resolved>> {
    current_of(known.get(model)?, scope, operation)
}

fn current_of(
    models: &[Arc<Resolved>],
    scope: Scope,
    operation: Operation,
) -> Option<Arc<Resolved>> {
    let found = models
        .iter()
        .find(|resolved| resolved.series.is(scope, operation))?;
    (found.series.live || !recorder_is_there()).then(|| Arc::clone(found))
}

/// Whether a recorder is installed. The facade does not say; but what it hands out until then holds nothing.
pub(crate) fn recorder_is_there() -> bool {
    metrics::with_recorder(|recorder| size_of_val(recorder) > 0)
}

fn is_plausible(model: &str) -> bool {
    !model.is_empty() && model.len() <= LONGEST_MODEL && !model.chars().any(char::is_control)
}
