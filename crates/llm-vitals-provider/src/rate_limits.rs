//! How much a provider still lets through.

use std::time::Duration;

/// What an answer said of the provider's rate limits.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct RateLimits {
    /// Requests.
    pub requests: Option<Limit>,
    /// Tokens of prompt and completion together.
    pub tokens: Option<Limit>,
    /// Tokens of prompts.
    pub input_tokens: Option<Limit>,
    /// Tokens of completions.
    pub output_tokens: Option<Limit>,
    /// How long to wait before the next request.
    pub retry_after: Option<Duration>,
}

/// One limit. What the provider did not say is `None`.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Limit {
    /// How much is let through in a period.
    pub limit: Option<u64>,
    /// What is left of it.
    pub remaining: Option<u64>,
    /// Time until it is whole again.
    pub reset: Option<Duration>,
}

impl RateLimits {
    /// Whether the answer said nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Limit {
    /// Creates a limit of which `remaining` is left, whole again after `reset`.
    #[must_use]
    pub const fn new(limit: u64, remaining: u64, reset: Duration) -> Self {
        Self {
            limit: Some(limit),
            remaining: Some(remaining),
            reset: Some(reset),
        }
    }
}
