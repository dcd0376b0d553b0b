//! Every series of this crate: names, help texts, units, buckets and labels stand here and nowhere else.

use llm_vitals_provider::{ErrorKind, Operation};
use metrics::{Counter, Histogram, Label, SharedString, Unit};

/// The histograms of this crate and their buckets, for the exporter's set-up.
///
/// ```
/// let (name, buckets) = llm_vitals_tower::HISTOGRAMS[0];
/// assert_eq!(name, "llm_request_duration_seconds");
/// assert!(buckets.is_sorted());
/// ```
pub const HISTOGRAMS: &[(&str, &[f64])] = &[
    (REQUEST_DURATION, DURATION_BUCKETS),
    (ATTEMPT_DURATION, DURATION_BUCKETS),
    (SERVICE_REQUEST_DURATION, DURATION_BUCKETS),
    (TIME_TO_FIRST_CHUNK, FIRST_BUCKETS),
    (TIME_TO_FIRST_TOKEN, FIRST_BUCKETS),
    (TIME_PER_OUTPUT_TOKEN, PER_TOKEN_BUCKETS),
];

/// Whole requests: from a cached answer in 10 ms to long reasoning in 5 minutes.
const DURATION_BUCKETS: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0,
];

/// First chunks and tokens: finer than whole requests below a second, where people notice.
const FIRST_BUCKETS: &[f64] = &[
    0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0,
];

/// One token: from 1,000 tokens a second down to one in 2.5 s.
const PER_TOKEN_BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.5,
];

/// Every metric that the layers write: name, type, labels, help text. In the exposition of `llm-vitals-prometheus` the
/// counter of nano-dollars is `llm_cost_usd_total`, in dollars.
///
/// ```
/// let (name, kind, labels, _help) = llm_vitals_tower::METRICS[0];
/// assert_eq!((name, kind, labels), ("llm_requests_total", "counter", "provider, model, operation, status"));
/// ```
pub const METRICS: &[(&str, &str, &str, &str)] = &[
    (
        REQUESTS,
        "counter",
        "provider, model, operation, status",
        "Calls to a provider by how they ended.",
    ),
    (
        REQUEST_DURATION,
        "histogram",
        "provider, model, operation, status",
        "Time from the call to the last byte of the answer, or to the drop.",
    ),
    (
        ERRORS,
        "counter",
        "provider, model, error_type",
        "Calls to a provider that failed, by kind of error.",
    ),
    (IN_FLIGHT.0, "gauge", "provider", IN_FLIGHT.1),
    (
        ATTEMPTS,
        "counter",
        "provider, model, status",
        "Attempts of calls, retries included, by how they ended.",
    ),
    (
        ATTEMPT_DURATION,
        "histogram",
        "provider, model, status",
        "Time of one attempt, from its start to its end.",
    ),
    (
        SERVICE_REQUESTS,
        "counter",
        "operation, status",
        "Requests to the whole service by how they ended for the caller.",
    ),
    (
        SERVICE_REQUEST_DURATION,
        "histogram",
        "operation, status",
        "Time of a request to the whole service, retries and fallbacks included.",
    ),
    (
        TIME_TO_FIRST_CHUNK,
        "histogram",
        "provider, model",
        "Time from the call to the first chunk of a streamed answer, whatever it holds.",
    ),
    (
        TIME_TO_FIRST_TOKEN,
        "histogram",
        "provider, model",
        "Time from the call to the first content, reasoning or tool call of a streamed answer.",
    ),
    (
        TIME_PER_OUTPUT_TOKEN,
        "histogram",
        "provider, model",
        "Time for each token after the first of a complete streamed answer.",
    ),
    (
        TOKENS,
        "counter",
        "provider, model, type",
        "Tokens as the provider counted them; prompt and completion are the total.",
    ),
    (
        TOKEN_DETAILS,
        "counter",
        "provider, model, type",
        "Tokens of special kinds; each is part of llm_tokens_total.",
    ),
    (
        USAGE_REPORTS,
        "counter",
        "provider, model, source",
        "Answers by where their token counts came from.",
    ),
    (
        TRUNCATED,
        "counter",
        "provider, model",
        "Answers that ended at the limit of tokens, complete or not.",
    ),
    (
        COST,
        "counter",
        "provider, model",
        "Cost of calls in US dollars, by the price book or as the provider billed it.",
    ),
    (
        COST_UNKNOWN,
        "counter",
        "provider, model, reason",
        "Calls whose cost is not known, by reason.",
    ),
    (
        LABEL_OVERFLOW,
        "counter",
        "label",
        "Calls whose label value was not admitted and became \"other\".",
    ),
    (
        RATE_LIMIT_REMAINING.0,
        "gauge",
        "provider, resource",
        RATE_LIMIT_REMAINING.1,
    ),
    (
        RATE_LIMIT_LIMIT.0,
        "gauge",
        "provider, resource",
        RATE_LIMIT_LIMIT.1,
    ),
    (
        RATE_LIMIT_RESET.0,
        "gauge",
        "provider, resource",
        RATE_LIMIT_RESET.1,
    ),
];

const REQUESTS: &str = "llm_requests_total";
const REQUEST_DURATION: &str = "llm_request_duration_seconds";
const ERRORS: &str = "llm_errors_total";
const ATTEMPTS: &str = "llm_attempts_total";
const ATTEMPT_DURATION: &str = "llm_attempt_duration_seconds";
const SERVICE_REQUESTS: &str = "llm_service_requests_total";
const SERVICE_REQUEST_DURATION: &str = "llm_service_request_duration_seconds";
const TIME_TO_FIRST_CHUNK: &str = "llm_time_to_first_chunk_seconds";
const TIME_TO_FIRST_TOKEN: &str = "llm_time_to_first_token_seconds";
const TIME_PER_OUTPUT_TOKEN: &str = "llm_time_per_output_token_seconds";
const TOKENS: &str = "llm_tokens_total";
const TOKEN_DETAILS: &str = "llm_token_details_total";
const USAGE_REPORTS: &str = "llm_usage_reports_total";
const TRUNCATED: &str = "llm_truncated_answers_total";
const COST: &str = "llm_cost_nanousd_total";
const COST_UNKNOWN: &str = "llm_cost_unknown_requests_total";
const LABEL_OVERFLOW: &str = "llm_label_overflow_total";

/// The gauges that are rendered and not recorded: name, help text.
pub(crate) const IN_FLIGHT: (&str, &str) = (
    "llm_requests_in_flight",
    "Calls to a provider that have not ended.",
);
pub(crate) const RATE_LIMIT_REMAINING: (&str, &str) = (
    "llm_rate_limit_remaining",
    "What is left of a provider's rate limit, as its last answer said; gone after the reset.",
);
pub(crate) const RATE_LIMIT_LIMIT: (&str, &str) = (
    "llm_rate_limit_limit",
    "A provider's rate limit, as its last answer said.",
);
pub(crate) const RATE_LIMIT_RESET: (&str, &str) = (
    "llm_rate_limit_reset_seconds",
    "Seconds until a provider's rate limit is whole again; gone after the reset.",
);

/// Tells the recorder the help text and unit of every series. Recorders keep one text for each name, so that calling it
/// again does no harm.
pub fn describe() {
    for (name, kind, _, help) in METRICS {
        match *kind {
            "counter" => metrics::describe_counter!(*name, *help),
            "histogram" => metrics::describe_histogram!(*name, Unit::Seconds, *help),
            // The gauges are rendered, and bring their own text.
            _ => {}
        }
    }
}

/// How a request ended.
#[expect(
    clippy::exhaustive_enums,
    reason = "a request ends in one of these ways"
)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// The answer was complete.
    Success,
    /// The provider, or the way to it, failed.
    Error,
    /// The caller dropped the request before it ended.
    Cancelled,
}

impl Status {
    pub(crate) const ALL: [Self; 3] = [Self::Success, Self::Error, Self::Cancelled];

    /// The value of the label `status`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Where the token counts of an answer came from: the label `source`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum UsageSource {
    Reported,
    Estimated,
    Missing,
}

impl UsageSource {
    pub(crate) const ALL: [Self; 3] = [Self::Reported, Self::Estimated, Self::Missing];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Estimated => "estimated",
            Self::Missing => "missing",
        }
    }
}

/// Why a cost is not known: the label `reason`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CostUnknown {
    NoPrice,
    NoUsage,
}

impl CostUnknown {
    pub(crate) const ALL: [Self; 2] = [Self::NoPrice, Self::NoUsage];

    const fn as_str(self) -> &'static str {
        match self {
            Self::NoPrice => "no_price",
            Self::NoUsage => "no_usage",
        }
    }
}

/// A kind of token that is part of the prompt or completion: the label `type` of the details.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TokenDetail {
    CachedPrompt,
    CacheWrite,
    Reasoning,
    AudioPrompt,
    AudioCompletion,
}

impl TokenDetail {
    pub(crate) const ALL: [Self; 5] = [
        Self::CachedPrompt,
        Self::CacheWrite,
        Self::Reasoning,
        Self::AudioPrompt,
        Self::AudioCompletion,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::CachedPrompt => "cached_prompt",
            Self::CacheWrite => "cache_write",
            Self::Reasoning => "reasoning",
            Self::AudioPrompt => "audio_prompt",
            Self::AudioCompletion => "audio_completion",
        }
    }
}

/// The labels of a series, and the labels that the application adds to all of them.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    pub(crate) provider: SharedString,
    pub(crate) model: SharedString,
    pub(crate) operation: Operation,
    pub(crate) extra: Vec<Label>,
}

impl Labels {
    fn with(&self, own: impl IntoIterator<Item = Label>) -> Vec<Label> {
        own.into_iter().chain(self.extra.iter().cloned()).collect()
    }

    fn provider(&self) -> Label {
        Label::new("provider", self.provider.clone())
    }

    fn model(&self) -> Label {
        Label::new("model", self.model.clone())
    }

    fn call(&self, key: &'static str, value: &'static str) -> Vec<Label> {
        self.with([
            self.provider(),
            self.model(),
            Label::from_static_parts(key, value),
        ])
    }

    fn outcome(&self, scope: Scope, status: Status) -> Vec<Label> {
        let operation = Label::from_static_parts("operation", self.operation.as_str());
        let status = Label::from_static_parts("status", status.as_str());
        match scope {
            Scope::Calls => self.with([self.provider(), self.model(), operation, status]),
            Scope::Attempts => self.with([self.provider(), self.model(), status]),
            Scope::Service => self.with([operation, status]),
        }
    }

    pub(crate) fn requests(&self, scope: Scope, status: Status) -> Counter {
        let name = match scope {
            Scope::Calls => REQUESTS,
            Scope::Attempts => ATTEMPTS,
            Scope::Service => SERVICE_REQUESTS,
        };
        metrics::counter!(name, self.outcome(scope, status))
    }

    pub(crate) fn duration(&self, scope: Scope, status: Status) -> Histogram {
        let name = match scope {
            Scope::Calls => REQUEST_DURATION,
            Scope::Attempts => ATTEMPT_DURATION,
            Scope::Service => SERVICE_REQUEST_DURATION,
        };
        metrics::histogram!(name, self.outcome(scope, status))
    }

    pub(crate) fn errors(&self, kind: ErrorKind) -> Counter {
        metrics::counter!(ERRORS, self.call("error_type", kind.as_str()))
    }

    pub(crate) fn prompt_tokens(&self) -> Counter {
        metrics::counter!(TOKENS, self.call("type", "prompt"))
    }

    pub(crate) fn completion_tokens(&self) -> Counter {
        metrics::counter!(TOKENS, self.call("type", "completion"))
    }

    pub(crate) fn token_details(&self, detail: TokenDetail) -> Counter {
        metrics::counter!(TOKEN_DETAILS, self.call("type", detail.as_str()))
    }

    pub(crate) fn usage_reports(&self, source: UsageSource) -> Counter {
        metrics::counter!(USAGE_REPORTS, self.call("source", source.as_str()))
    }

    pub(crate) fn truncated(&self) -> Counter {
        metrics::counter!(TRUNCATED, self.with([self.provider(), self.model()]))
    }

    pub(crate) fn cost(&self) -> Counter {
        metrics::counter!(COST, self.with([self.provider(), self.model()]))
    }

    pub(crate) fn cost_unknown(&self, reason: CostUnknown) -> Counter {
        metrics::counter!(COST_UNKNOWN, self.call("reason", reason.as_str()))
    }

    pub(crate) fn time_to_first_chunk(&self) -> Histogram {
        metrics::histogram!(
            TIME_TO_FIRST_CHUNK,
            self.with([self.provider(), self.model()])
        )
    }

    pub(crate) fn time_to_first_token(&self) -> Histogram {
        metrics::histogram!(
            TIME_TO_FIRST_TOKEN,
            self.with([self.provider(), self.model()])
        )
    }

    pub(crate) fn time_per_output_token(&self) -> Histogram {
        metrics::histogram!(
            TIME_PER_OUTPUT_TOKEN,
            self.with([self.provider(), self.model()])
        )
    }
}

/// The counter of values that were not admitted to the label `label`.
pub(crate) fn label_overflow(label: &'static str, extra: &[Label]) -> Counter {
    let own = Label::from_static_parts("label", label);
    let labels: Vec<Label> = std::iter::once(own).chain(extra.iter().cloned()).collect();
    metrics::counter!(LABEL_OVERFLOW, labels)
}

/// Which family a layer writes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scope {
    /// Calls to a provider, with tokens and cost.
    Calls,
    /// Attempts of a call, inside a retry layer.
    Attempts,
    /// Requests to the whole service, outside retries and fallbacks.
    Service,
}
