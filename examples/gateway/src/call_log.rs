//! The last errors of the calls to providers.

use std::sync::Arc;

use llm_vitals_alert::now_ms;
use llm_vitals_dashboard::{RecentError, RecentErrors};
use llm_vitals_provider::{ChatRequest, EmbedRequest, ProviderError};

use crate::text::TextRequest;
use crate::trace::{self, TraceId};

/// Where the errors of one provider's calls are kept.
#[derive(Clone, Debug)]
pub(crate) struct CallLog {
    provider: Arc<str>,
    errors: RecentErrors,
}

/// What is told of a call if it fails.
#[derive(Debug)]
pub(crate) struct LoggedCall {
    log: CallLog,
    model: Box<str>,
    operation: &'static str,
    trace: Option<TraceId>,
}

/// A request to a model.
pub(crate) trait Asks {
    /// As `operation` is in the metrics.
    const OPERATION: &'static str;

    fn model(&self) -> &str;
}

impl Asks for ChatRequest {
    const OPERATION: &'static str = "chat";

    fn model(&self) -> &str {
        &self.model
    }
}

impl Asks for TextRequest {
    const OPERATION: &'static str = "text_completion";

    fn model(&self) -> &str {
        &self.model
    }
}

impl Asks for EmbedRequest {
    const OPERATION: &'static str = "embeddings";

    fn model(&self) -> &str {
        &self.model
    }
}

impl CallLog {
    pub(crate) fn new(provider: &str, errors: RecentErrors) -> Self {
        Self {
            provider: provider.into(),
            errors,
        }
    }

    /// A call begins, within the trace of its request.
    pub(crate) fn begin<R: Asks>(&self, request: &R) -> LoggedCall {
        LoggedCall {
            log: self.clone(),
            model: request.model().into(),
            operation: R::OPERATION,
            trace: trace::current(),
        }
    }
}

impl LoggedCall {
    /// It has failed. The message is the error's own, which has no body of the provider in it.
    pub(crate) fn failed(&self, error: &ProviderError) {
        self.push(error.kind().as_str(), |shown| {
            let shown = shown.with_message(error.message());
            let shown = match error.status() {
                Some(status) => shown.with_status(status),
                None => shown,
            };
            match error.request_id() {
                Some(id) => shown.with_request_id(id),
                None => shown,
            }
        });
    }

    /// Its stream ended in the middle of an answer.
    pub(crate) fn broke_off(&self) {
        self.push("stream_interrupted", |shown| {
            shown.with_message("the stream ended in the middle of the answer")
        });
    }

    fn push(&self, kind: &str, more: impl FnOnce(RecentError) -> RecentError) {
        let mut shown = RecentError::new(now_ms(), kind)
            .with_provider(&self.log.provider)
            .with_model(&self.model)
            .with_operation(self.operation);
        if let Some(trace) = &self.trace {
            shown = shown.with_trace_id(trace);
        }
        self.log.errors.push(more(shown));
    }
}
