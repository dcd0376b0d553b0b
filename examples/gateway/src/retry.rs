//! When a call to a provider is tried again, and after how long.

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_provider::ProviderError;
use tokio::time::Sleep;
use tower::retry::Policy;
use tower::retry::budget::{Budget as _, TpsBudget};

use crate::jitter::between;

/// The longest pause between two attempts. Who asks for more is left to the next provider.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Tries again what failed for a reason that may be gone the next time, until the attempts or the budget are used up.
///
/// A `Retry-After` is honoured up to ten seconds; without one the pause doubles each time, give or take, so that many
/// clients do not come back at once. Only calls that are answered add to the budget, which keeps a provider that is down from
/// being asked several times as often.
#[derive(Clone, Debug)]
pub(crate) struct RetryPolicy {
    left: u32,
    pause: Duration,
    budget: Arc<TpsBudget>,
}

/// The options of [`RetryPolicy`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryOptions {
    /// Attempts in all, the first one included; 1 is no retry.
    pub(crate) attempts: u32,
    /// The first pause.
    pub(crate) pause: Duration,
    /// How many retries there may be for each call that was answered in the last ten seconds.
    pub(crate) budget: f32,
    /// How many retries a second there may be besides.
    pub(crate) budget_floor: u32,
}

impl RetryPolicy {
    /// Creates the policy of one provider; its clones share the budget.
    pub(crate) fn new(options: &RetryOptions) -> Self {
        let budget = TpsBudget::new(
            Duration::from_secs(10),
            options.budget_floor,
            options.budget.clamp(0.0, 1_000.0),
        );
        Self {
            left: options.attempts.saturating_sub(1),
            pause: options.pause,
            budget: Arc::new(budget),
        }
    }

    /// How long to wait before the next attempt; `None` when there is none.
    fn next_pause(&mut self, error: &ProviderError) -> Option<Duration> {
        if self.left == 0 || !error.kind().is_retryable() {
            return None;
        }
        let asked = error.retry_after().unwrap_or_default();
        if asked > LONGEST_PAUSE || !self.budget.withdraw() {
            return None;
        }
        self.left -= 1;
        let pause = self.pause.min(LONGEST_PAUSE);
        self.pause = pause.saturating_mul(2);
        Some(asked.max(between(pause / 2, pause)))
    }
}

impl<Req: Clone, Res> Policy<Req, Res, ProviderError> for RetryPolicy {
    type Future = Sleep;

    fn retry(&mut self, _: &mut Req, result: &mut Result<Res, ProviderError>) -> Option<Sleep> {
        match result {
            Ok(_) => {
                self.budget.deposit();
                None
            }
            Err(error) => self.next_pause(error).map(tokio::time::sleep),
        }
    }

    fn clone_request(&mut self, request: &Req) -> Option<Req> {
        (self.left > 0).then(|| request.clone())
    }
}

#[cfg(test)]
mod tests {
    use llm_vitals_provider::ErrorKind;

    use super::*;

    fn policy(budget_floor: u32) -> RetryPolicy {
        RetryPolicy::new(&RetryOptions {
            attempts: 3,
            pause: Duration::from_millis(200),
            budget: 0.0,
            budget_floor,
        })
    }

    fn error(kind: ErrorKind) -> ProviderError {
        ProviderError::new(kind, "x")
    }

    #[tokio::test]
    async fn pauses_double_until_the_attempts_are_used_up() {
        let mut policy = policy(100);
        let server = error(ErrorKind::Server);
        let first = policy.next_pause(&server).unwrap().as_millis();
        let second = policy.next_pause(&server).unwrap().as_millis();
        assert!((100..=200).contains(&first), "{first}");
        assert!((200..=400).contains(&second), "{second}");
        assert_eq!(policy.next_pause(&server), None);
    }

    #[tokio::test]
    async fn a_callers_own_mistake_is_not_repeated() {
        for kind in [
            ErrorKind::InvalidRequest,
            ErrorKind::ContextLength,
            ErrorKind::ContentFilter,
            ErrorKind::Auth,
        ] {
            assert_eq!(policy(100).next_pause(&error(kind)), None, "{kind}");
        }
    }

    #[tokio::test]
    async fn a_provider_says_how_long_to_wait() {
        let limited =
            |seconds| error(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(seconds));
        assert_eq!(
            policy(100).next_pause(&limited(3)),
            Some(Duration::from_secs(3))
        );
        assert_eq!(policy(100).next_pause(&limited(11)), None);
    }

    #[tokio::test]
    async fn without_budget_there_is_no_retry() {
        assert_eq!(policy(0).next_pause(&error(ErrorKind::Server)), None);
    }

    #[tokio::test]
    async fn calls_that_are_answered_earn_retries_and_others_do_not() {
        let mut policy = RetryPolicy::new(&RetryOptions {
            attempts: 9,
            pause: Duration::ZERO,
            budget: 0.5,
            budget_floor: 0,
        });
        let mut retried = |result: Result<(), ProviderError>| {
            let mut result = result;
            policy.retry(&mut (), &mut result).is_some()
        };
        let failed = || Err(error(ErrorKind::Server));
        for _ in 0..10 {
            assert!(!retried(failed()));
        }
        for _ in 0..4 {
            assert!(!retried(Ok(())));
        }
        assert!(retried(failed()));
        assert!(retried(failed()));
        assert!(!retried(failed()));
    }
}
