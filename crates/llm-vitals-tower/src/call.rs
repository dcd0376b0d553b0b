//! The one guard of a request, until there is an answer.

use std::mem;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use llm_vitals_provider::{ErrorKind, Operation, RateLimits, Usage};

use crate::clock::Tick;
use crate::ending::Ending;
use crate::metrics::{Scope, Status};
use crate::provider::{Core, Family, ProviderState};
use crate::series::Series;
use crate::stream_call::StreamCall;

/// A request under way. It is recorded once: by [`succeed`](Self::succeed), [`fail`](Self::fail), or when it is dropped,
/// which means that the caller left.
///
/// It starts before the inner service is called and goes into the response's future; an answer that streams takes it along
/// as a [`StreamCall`]. See the [crate docs](crate) for when a request ends.
#[derive(Debug)]
pub struct Call {
    target: Target,
    start: Tick,
    prompt_chars: u64,
    truncated: bool,
    recorded: bool,
}

/// Where the request is recorded.
#[derive(Debug)]
enum Target {
    /// Its series is known. Holding it is what makes the request count as in flight.
    Series(Arc<Series>),
    /// Its model is not a label yet, or not known yet.
    Pending(Box<Pending>),
}

/// The model that a request's body names, once it has passed.
pub(crate) type ModelToCome = Arc<OnceLock<Box<str>>>;

#[derive(Debug)]
struct Pending {
    family: Arc<Family>,
    scope: Scope,
    operation: Operation,
    model: Option<Box<str>>,
    model_to_come: Option<ModelToCome>,
}

impl Call {
    /// Begins a request with what is known of it.
    pub(crate) fn begin(
        family: &Arc<Family>,
        scope: Scope,
        model: Option<&str>,
        operation: Operation,
    ) -> Self {
        let resolved = match scope {
            // The service's family has no models.
            Scope::Service => Some(family.insert(Scope::Service, "", operation)),
            Scope::Calls | Scope::Attempts => {
                model.and_then(|model| family.find(scope, model, operation))
            }
        };
        match resolved {
            Some(resolved) => Self::known(Arc::clone(&resolved.series)),
            None => Self::pending(family, scope, model, operation),
        }
    }

    /// Begins a request whose series is known.
    #[inline]
    pub(crate) fn known(series: Arc<Series>) -> Self {
        Self {
            start: series.provider.core.clock.now(),
            target: Target::Series(series),
            prompt_chars: 0,
            truncated: false,
            recorded: false,
        }
    }

    /// Begins a request whose model is not known, or not admitted yet.
    pub(crate) fn pending(
        family: &Arc<Family>,
        scope: Scope,
        model: Option<&str>,
        operation: Operation,
    ) -> Self {
        let pending = Pending {
            family: Arc::clone(family),
            scope,
            operation,
            model: model.map(Into::into),
            model_to_come: None,
        };
        pending.set_in_flight(true);
        Self {
            start: family.state.core.clock.now(),
            target: Target::Pending(Box::new(pending)),
            prompt_chars: 0,
            truncated: false,
            recorded: false,
        }
    }

    /// Names the requested model, where it was not known at the start.
    pub fn set_model(&mut self, model: &str) {
        if let Target::Pending(pending) = &mut self.target
            && pending.model.is_none()
        {
            pending.model = Some(model.into());
        }
    }

    /// Takes what the answer, or the refusal, said of the provider's rate limits.
    pub fn set_rate_limits(&mut self, limits: &RateLimits) {
        let state = self.state();
        state.rate_limits.update(limits, state.core.clock.now());
    }

    /// Notes that the answer, or one of several, ended at the limit of tokens. It counts if the request is a success.
    pub fn set_truncated(&mut self) {
        self.truncated = true;
    }

    /// Records a whole answer, with its usage report and the model that answered.
    #[inline]
    pub fn succeed(self, usage: Option<Usage>, model: Option<&str>) {
        let truncated = self.truncated;
        self.end(&Ending {
            usage,
            response_model: model,
            began: true,
            truncated,
            ..Ending::new(Status::Success)
        });
    }

    /// Records a failure.
    pub fn fail(self, kind: ErrorKind) {
        self.end(&Ending {
            // These say that an answer was under way.
            began: matches!(kind, ErrorKind::Decode | ErrorKind::StreamInterrupted),
            error: Some(kind),
            ..Ending::new(Status::Error)
        });
    }

    /// Goes on as the guard of an answer that streams.
    #[must_use]
    pub fn into_stream(self) -> StreamCall {
        StreamCall::new(self)
    }

    /// Records the request.
    #[inline]
    pub(crate) fn end(mut self, ending: &Ending<'_>) {
        self.record(ending);
    }

    /// Where the body of the request can name the model as it passes by.
    pub(crate) fn model_to_come(&mut self) -> ModelToCome {
        match &mut self.target {
            Target::Series(_) => ModelToCome::default(),
            Target::Pending(pending) => Arc::clone(pending.model_to_come.get_or_insert_default()),
        }
    }

    /// Names provider and operation, which were not known at the start.
    #[cfg(feature = "reqwest")]
    pub(crate) fn relabel(&mut self, family: &Arc<Family>, operation: Operation) {
        if let Target::Pending(pending) = &mut self.target {
            pending.operation = operation;
            pending.set_in_flight(false);
            pending.family = Arc::clone(family);
            pending.set_in_flight(true);
        }
    }

    /// Whether the answer is expected to say how many tokens it used.
    pub(crate) fn bills_tokens(&self) -> bool {
        match &self.target {
            Target::Series(series) => series.bills_tokens(),
            Target::Pending(pending) => pending.operation.bills_tokens(),
        }
    }

    /// Takes the characters from which a missing count of prompt tokens is estimated.
    pub(crate) fn set_prompt_chars(&mut self, chars: u64) {
        self.prompt_chars = chars;
    }

    /// Whether the answer ended at the limit of tokens.
    pub(crate) const fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Whether missing token counts are estimated.
    #[inline]
    pub(crate) fn estimates(&self) -> bool {
        self.core().estimate.is_some()
    }

    pub(crate) fn now(&self) -> Tick {
        self.core().clock.now()
    }

    #[inline]
    fn state(&self) -> &ProviderState {
        match &self.target {
            Target::Series(series) => &series.provider,
            Target::Pending(pending) => &pending.family.state,
        }
    }

    #[inline]
    fn core(&self) -> &Core {
        &self.state().core
    }

    pub(crate) fn record(&mut self, ending: &Ending<'_>) {
        if mem::replace(&mut self.recorded, true) {
            return;
        }
        match &self.target {
            Target::Series(series) => {
                ending.record(series, &series.model, self.start, self.prompt_chars);
            }
            Target::Pending(pending) => {
                pending.set_in_flight(false);
                let model = pending.model(ending);
                let success = ending.status == Status::Success;
                let resolved =
                    pending
                        .family
                        .settle(pending.scope, model, pending.operation, success);
                ending.record(&resolved.series, model, self.start, self.prompt_chars);
            }
        }
    }
}

impl Pending {
    /// The model that was asked; a request that never named one is known by the one that answered.
    fn model<'a>(&'a self, ending: &Ending<'a>) -> &'a str {
        let to_come = self.model_to_come.as_ref().and_then(|model| model.get());
        let named = self.model.as_deref().or(to_come.map(|model| &**model));
        named.or(ending.response_model).unwrap_or_default()
    }

    fn set_in_flight(&self, in_flight: bool) {
        if self.scope == Scope::Calls {
            let pending = &self.family.state.pending;
            if in_flight {
                pending.fetch_add(1, Ordering::Relaxed);
            } else {
                pending.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

impl Drop for Call {
    #[inline]
    fn drop(&mut self) {
        if !self.recorded {
            self.record(&Ending::new(Status::Cancelled));
        }
    }
}
