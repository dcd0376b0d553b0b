//! What stands around a provider.

use std::time::Duration;

use llm_vitals_health::Target;
use llm_vitals_tower::{LlmMetrics, LlmMetricsService};
use tower::ServiceBuilder;
use tower::retry::{Retry, RetryLayer};

use crate::call_log::CallLog;
use crate::deadline::{Deadline, DeadlineLayer};
use crate::passive::{Passive, PassiveLayer};
use crate::retry::RetryPolicy;

/// Calls -> retry -> attempts -> timeout -> provider, and outside of that what tells the passive health and the log of errors
/// how each call ended.
pub(crate) type Stack<S> =
    Passive<LlmMetricsService<Retry<RetryPolicy, LlmMetricsService<Deadline<S>>>>>;

/// What the stacks of one provider have in common.
#[derive(Clone, Debug)]
pub(crate) struct StackOptions<'a> {
    pub(crate) name: &'a str,
    pub(crate) metrics: &'a LlmMetrics,
    pub(crate) health: &'a Target,
    pub(crate) log: &'a CallLog,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
}

/// Puts the layers around `inner`.
pub(crate) fn stack<S>(options: &StackOptions<'_>, inner: S) -> Stack<S> {
    let name = options.name.to_owned();
    ServiceBuilder::new()
        .layer(PassiveLayer {
            target: options.health.clone(),
            log: options.log.clone(),
        })
        .layer(options.metrics.layer(name.clone()))
        .layer(RetryLayer::new(options.retry.clone()))
        .layer(options.metrics.layer(name).attempts())
        .layer(DeadlineLayer(options.timeout))
        .service(inner)
}
