//! What stands around a provider.

use std::time::Duration;

use llm_vitals_tower::{LlmMetrics, LlmMetricsService};
use tower::ServiceBuilder;
use tower::retry::{Retry, RetryLayer};

use crate::deadline::{Deadline, DeadlineLayer};
use crate::retry::RetryPolicy;
use crate::stream_usage::{StreamUsage, StreamUsageLayer};

/// Calls -> retry -> attempts -> timeout -> provider, and outside of what counts the question for a stream's usage.
pub(crate) type Stack<S> =
    StreamUsage<LlmMetricsService<Retry<RetryPolicy, LlmMetricsService<Deadline<S>>>>>;

/// What the stacks of one provider have in common.
#[derive(Clone, Debug)]
pub(crate) struct StackOptions<'a> {
    pub(crate) name: &'a str,
    pub(crate) metrics: &'a LlmMetrics,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
    /// Whether the provider understands the question for a stream's usage.
    pub(crate) asks_usage: bool,
}

/// Puts the layers around `inner`.
pub(crate) fn stack<S>(options: &StackOptions<'_>, inner: S) -> Stack<S> {
    let name = options.name.to_owned();
    ServiceBuilder::new()
        .layer(StreamUsageLayer {
            asks: options.asks_usage,
        })
        .layer(options.metrics.layer(name.clone()))
        .layer(RetryLayer::new(options.retry.clone()))
        .layer(options.metrics.layer(name).attempts())
        .layer(DeadlineLayer(options.timeout))
        .service(inner)
}
