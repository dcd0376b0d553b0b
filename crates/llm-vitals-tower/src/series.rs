//! The series of one provider, model and operation, resolved once.

use std::sync::{Arc, OnceLock};

use llm_vitals_provider::{ErrorKind, Operation};
use metrics::{Counter, Histogram};

use crate::clock::seconds;
use crate::metrics::{CostUnknown, Labels, Scope, Status, TokenDetail, UsageSource};
use crate::provider::ProviderState;

/// Handles of one provider, model and operation. Those that every call writes, and that of truncated answers, exist from the
/// start, so that "no errors yet" reads 0; the others appear when there is something to say.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) provider: Arc<ProviderState>,
    pub(crate) scope: Scope,
    /// The value of the label, which is `other` for many.
    pub(crate) model: Box<str>,
    /// Whether a recorder was there when the handles were made.
    pub(crate) live: bool,
    labels: Labels,
    outcomes: [(Counter, Histogram); 3],
    prompt_tokens: OnceLock<Counter>,
    completion_tokens: OnceLock<Counter>,
    truncated: OnceLock<Counter>,
    cost: OnceLock<Counter>,
    first_chunk: OnceLock<Histogram>,
    first_token: OnceLock<Histogram>,
    per_token: OnceLock<Histogram>,
    errors: [OnceLock<Counter>; ErrorKind::ALL.len()],
    details: [OnceLock<Counter>; TokenDetail::ALL.len()],
    usage_reports: [OnceLock<Counter>; UsageSource::ALL.len()],
    cost_unknown: [OnceLock<Counter>; CostUnknown::ALL.len()],
}

impl Series {
    pub(crate) fn new(
        provider: Arc<ProviderState>,
        scope: Scope,
        model: &str,
        labels: Labels,
        live: bool,
    ) -> Self {
        let truncated = OnceLock::new();
        if scope == Scope::Calls && labels.operation.writes_tokens() {
            truncated.get_or_init(|| labels.truncated());
        }
        Self {
            outcomes: Status::ALL.map(|status| {
                (
                    labels.requests(scope, status),
                    labels.duration(scope, status),
                )
            }),
            provider,
            scope,
            model: model.into(),
            live,
            labels,
            prompt_tokens: OnceLock::new(),
            completion_tokens: OnceLock::new(),
            truncated,
            cost: OnceLock::new(),
            first_chunk: OnceLock::new(),
            first_token: OnceLock::new(),
            per_token: OnceLock::new(),
            errors: Default::default(),
            details: Default::default(),
            usage_reports: Default::default(),
            cost_unknown: Default::default(),
        }
    }

    /// Whether this is the series of `scope` and `operation`.
    pub(crate) fn is(&self, scope: Scope, operation: Operation) -> bool {
        self.scope == scope && self.labels.operation == operation
    }

    /// Whether an answer is expected to report tokens.
    pub(crate) fn bills_tokens(&self) -> bool {
        self.labels.operation.bills_tokens()
    }

    pub(crate) fn outcome(&self, status: Status, nanos: u64) {
        let (requests, duration) = &self.outcomes[status as usize];
        requests.increment(1);
        duration.record(seconds(nanos));
    }

    pub(crate) fn error(&self, kind: ErrorKind) {
        self.errors[kind as usize]
            .get_or_init(|| self.labels.errors(kind))
            .increment(1);
    }

    pub(crate) fn tokens(&self, prompt: u64, completion: Option<u64>) {
        self.prompt_tokens
            .get_or_init(|| self.labels.prompt_tokens())
            .increment(prompt);
        if let Some(completion) = completion {
            self.completion_tokens
                .get_or_init(|| self.labels.completion_tokens())
                .increment(completion);
        }
    }

    pub(crate) fn token_detail(&self, detail: TokenDetail, count: u64) {
        if count > 0 {
            self.details[detail as usize]
                .get_or_init(|| self.labels.token_details(detail))
                .increment(count);
        }
    }

    pub(crate) fn usage_report(&self, source: UsageSource) {
        self.usage_reports[source as usize]
            .get_or_init(|| self.labels.usage_reports(source))
            .increment(1);
    }

    pub(crate) fn truncated(&self) {
        self.truncated
            .get_or_init(|| self.labels.truncated())
            .increment(1);
    }

    pub(crate) fn cost(&self, nanousd: u64) {
        self.cost
            .get_or_init(|| self.labels.cost())
            .increment(nanousd);
    }

    pub(crate) fn cost_unknown(&self, reason: CostUnknown) {
        self.cost_unknown[reason as usize]
            .get_or_init(|| self.labels.cost_unknown(reason))
            .increment(1);
    }

    pub(crate) fn first_chunk(&self, nanos: u64) {
        self.first_chunk
            .get_or_init(|| self.labels.time_to_first_chunk())
            .record(seconds(nanos));
    }

    pub(crate) fn first_token(&self, nanos: u64) {
        self.first_token
            .get_or_init(|| self.labels.time_to_first_token())
            .record(seconds(nanos));
    }

    pub(crate) fn per_token(&self, seconds: f64) {
        self.per_token
            .get_or_init(|| self.labels.time_per_output_token())
            .record(seconds);
    }
}
