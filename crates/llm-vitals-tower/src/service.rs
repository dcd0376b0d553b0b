use std::sync::Arc;
use std::task::{Context, Poll};

use tower_service::Service;

use crate::call::Call;
use crate::classify::{ClassifyError, DefaultClassifier};
use crate::future::ResponseFuture;
use crate::metrics::Scope;
use crate::observe::{LlmRequest, LlmResponse};
use crate::provider::{Family, Resolved, recorder_is_there};

/// Records every request to the inner service. See the [crate docs](crate) for when a request ends.
///
/// Readiness, responses and errors are the inner service's own. An error of `poll_ready` is not recorded: there is no
/// request yet.
#[derive(Clone, Debug)]
pub struct LlmMetricsService<S, C = DefaultClassifier> {
    inner: S,
    family: Arc<Family>,
    scope: Scope,
    classifier: C,
    /// The series of the last request, which is most often that of the next.
    last: Option<Arc<Resolved>>,
}

impl<S, C> LlmMetricsService<S, C> {
    pub(crate) const fn new(inner: S, family: Arc<Family>, scope: Scope, classifier: C) -> Self {
        Self {
            inner,
            family,
            scope,
            classifier,
            last: None,
        }
    }

    /// The inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to change it.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the inner service back.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn begin<R: LlmRequest>(&mut self, request: &R) -> Call {
        // The service's family has no model.
        let model = if self.scope == Scope::Service {
            ""
        } else {
            request.model()
        };
        let operation = request.operation();
        if let Some(Resolved { series }) = self.last.as_deref() {
            let known = *series.model == *model && series.is(self.scope, operation);
            if known && (series.live || !recorder_is_there()) {
                return Call::known(Arc::clone(series));
            }
        }
        let resolved = match self.scope {
            Scope::Service => Some(self.family.insert(Scope::Service, "", operation)),
            scope => self.family.find(scope, model, operation),
        };
        let Some(resolved) = resolved else {
            return Call::pending(&self.family, self.scope, Some(model), operation);
        };
        let call = Call::known(Arc::clone(&resolved.series));
        self.last = Some(resolved);
        call
    }
}

impl<S, C, R> Service<R> for LlmMetricsService<S, C>
where
    S: Service<R>,
    R: LlmRequest,
    S::Response: LlmResponse,
    C: ClassifyError<S::Error> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, C>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        // The clock starts before the inner call: building the future can be slow too.
        let mut call = self.begin(&request);
        if call.estimates() {
            call.set_prompt_chars(request.prompt_chars());
        }
        ResponseFuture::new(self.inner.call(request), call, self.classifier.clone())
    }
}
