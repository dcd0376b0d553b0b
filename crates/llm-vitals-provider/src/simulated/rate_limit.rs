//! A rate limit over fixed windows.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::rate_limits::{Limit, RateLimits};

/// How many requests and tokens a provider lets through in each window. The first window begins when the provider is built.
///
/// A request that finds a request and room for its prompt left is let through, and then all of its tokens are taken; any
/// other is refused with the time until the next window. Every answer says what is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateLimit {
    window: Duration,
    requests: Option<u64>,
    tokens: Option<u64>,
}

impl RateLimit {
    /// Creates a limit over windows of this length that lets everything through.
    #[must_use]
    pub const fn per(window: Duration) -> Self {
        Self {
            window,
            requests: None,
            tokens: None,
        }
    }

    /// Sets how many requests a window lets through.
    #[must_use]
    pub const fn with_requests(mut self, requests: u64) -> Self {
        self.requests = Some(requests);
        self
    }

    /// Sets how many tokens of prompts and completions a window lets through.
    #[must_use]
    pub const fn with_tokens(mut self, tokens: u64) -> Self {
        self.tokens = Some(tokens);
        self
    }
}

/// What is used of the window under way.
#[derive(Debug)]
pub(crate) struct Meter {
    limit: RateLimit,
    used: Mutex<Used>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    window: u128,
    requests: u64,
    tokens: u64,
}

impl Meter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            used: Mutex::default(),
        }
    }

    /// Takes a request at `elapsed` since the start, and says what is left. A refusal says how long to wait.
    pub(crate) fn take(&self, elapsed: Duration, prompt: u64, completion: u64) -> RateLimits {
        let window = self.limit.window.as_nanos().max(1);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let current = elapsed.as_nanos() / window;
        if used.window != current {
            *used = Used {
                window: current,
                ..Used::default()
            };
        }
        let fits = |limit: Option<u64>, used: u64, more: u64| {
            limit.is_none_or(|limit| used.saturating_add(more) <= limit)
        };
        let let_through = fits(self.limit.requests, used.requests, 1)
            && fits(self.limit.tokens, used.tokens, prompt);
        if let_through {
            used.requests += 1;
            used.tokens = used
                .tokens
                .saturating_add(prompt)
                .saturating_add(completion);
        }
        let left = window - elapsed.as_nanos() % window;
        let reset = Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX));
        let limit = |limit: Option<u64>, used: u64| {
            limit.map(|limit| Limit::new(limit, limit.saturating_sub(used), reset))
        };
        RateLimits {
            requests: limit(self.limit.requests, used.requests),
            tokens: limit(self.limit.tokens, used.tokens),
            retry_after: (!let_through).then_some(reset),
            ..RateLimits::default()
        }
    }
}
