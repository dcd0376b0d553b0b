//! What the service looks like now, as JSON for people and small programs.
//!
//! Counts run since the start of the process. Latencies and rates are those of a sliding window, 5 minutes unless
//! [`LlmMetrics::with_window`](crate::LlmMetrics::with_window) says otherwise, and `None` (`null`) while the window holds
//! nothing to compute them from. Latencies are those of successful calls.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::window::{Reading, Totals};

/// The calls of every provider.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// All providers together.
    pub requests: RequestMetrics,
    /// Each provider by its name.
    pub providers: BTreeMap<String, ProviderMetrics>,
}

/// Calls and their latencies.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestMetrics {
    /// Calls that ended since the start: successful, failed and cancelled.
    pub total_requests: u64,
    /// Calls with a complete answer since the start.
    pub successful_requests: u64,
    /// Calls that failed since the start; a cancelled call is not one.
    pub failed_requests: u64,
    /// Mean latency of successful calls in the window, in milliseconds.
    pub average_latency: Option<f64>,
    /// 95th percentile of the latency of successful calls in the window, in milliseconds, to two digits.
    pub p95_latency: Option<f64>,
    /// 99th percentile of the latency of successful calls in the window, in milliseconds, to two digits.
    pub p99_latency: Option<f64>,
}

/// The calls of one provider.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProviderMetrics {
    /// Calls that ended since the start: successful, failed and cancelled.
    pub request_count: u64,
    /// Failed calls among those that failed or succeeded in the window, 0 to 1.
    pub error_rate: Option<f64>,
    /// Mean latency of successful calls in the window, in milliseconds.
    pub average_response_time: Option<f64>,
    /// Tokens since the start, as the provider counted them.
    pub token_usage: TokenUsage,
}

/// Tokens since the start.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenUsage {
    /// Tokens of prompts, cached ones included.
    pub prompt: u64,
    /// Tokens of completions, reasoning included.
    pub completion: u64,
    /// Both together.
    pub total: u64,
}

impl RequestMetrics {
    pub(crate) fn of(reading: &Reading) -> Self {
        Self {
            total_requests: ended(&reading.totals),
            successful_requests: reading.totals.success,
            failed_requests: reading.totals.error,
            average_latency: average_millis(reading),
            p95_latency: quantile_millis(reading, 0.95),
            p99_latency: quantile_millis(reading, 0.99),
        }
    }
}

impl ProviderMetrics {
    pub(crate) fn of(reading: &Reading) -> Self {
        let Totals {
            prompt_tokens,
            completion_tokens,
            ..
        } = reading.totals;
        let answered = reading.recent_success + reading.recent_error;
        Self {
            request_count: ended(&reading.totals),
            error_rate: (answered > 0).then(|| ratio(reading.recent_error, answered)),
            average_response_time: average_millis(reading),
            token_usage: TokenUsage {
                prompt: prompt_tokens,
                completion: completion_tokens,
                total: prompt_tokens.saturating_add(completion_tokens),
            },
        }
    }
}

fn ended(totals: &Totals) -> u64 {
    totals.success + totals.error + totals.cancelled
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a window are far below 2^53"
)]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[expect(clippy::cast_precision_loss, reason = "a mean is not exact")]
fn average_millis(reading: &Reading) -> Option<f64> {
    (reading.recent_success > 0)
        .then(|| reading.latency_nanos as f64 / reading.recent_success as f64 / 1e6)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an hour of microseconds is far below 2^53"
)]
fn quantile_millis(reading: &Reading, quantile: f64) -> Option<f64> {
    (reading.recent_success > 0).then(|| reading.latencies.value_at_quantile(quantile) as f64 / 1e3)
}
