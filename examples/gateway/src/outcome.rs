//! What a call to a provider, or a check of it, says about the provider.

use llm_vitals_health::{Cause, Outcome};
use llm_vitals_provider::{ErrorKind, ProviderError};

/// What an error says about the provider that it came from.
pub(crate) fn outcome(error: &ProviderError) -> Outcome {
    match error.kind() {
        ErrorKind::RateLimited => Outcome::Throttled {
            retry_after: error.retry_after(),
        },
        // Busy, and it says until when.
        ErrorKind::Overloaded if error.retry_after().is_some() => Outcome::Throttled {
            retry_after: error.retry_after(),
        },
        ErrorKind::Overloaded => Outcome::Failed(Cause::Overloaded),
        ErrorKind::Auth => Outcome::Refused(Cause::Auth),
        ErrorKind::Quota => Outcome::Refused(Cause::Quota),
        ErrorKind::InvalidRequest | ErrorKind::ContextLength | ErrorKind::ContentFilter => {
            Outcome::Neutral
        }
        ErrorKind::Timeout => Outcome::Failed(Cause::Timeout),
        ErrorKind::Connect => Outcome::Failed(Cause::Connect),
        ErrorKind::Server => Outcome::Failed(Cause::Server),
        ErrorKind::Decode => Outcome::Failed(Cause::BadAnswer),
        ErrorKind::StreamInterrupted => Outcome::Failed(Cause::StreamInterrupted),
        _ => Outcome::Failed(Cause::Failed),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn only_the_providers_own_faults_are_failures() {
        let failed: Vec<&str> = ErrorKind::ALL
            .into_iter()
            .filter(|kind| {
                let found = outcome(&ProviderError::new(*kind, "x"));
                matches!(found, Outcome::Failed(_))
            })
            .map(ErrorKind::as_str)
            .collect();
        assert_eq!(
            failed,
            [
                "timeout",
                "connect",
                "overloaded",
                "server",
                "decode",
                "stream_interrupted",
                "other"
            ]
        );
    }

    #[test]
    fn who_asks_for_a_pause_is_throttled() {
        for kind in [ErrorKind::RateLimited, ErrorKind::Overloaded] {
            let wait = Duration::from_secs(7);
            assert_eq!(
                outcome(&ProviderError::new(kind, "x").with_retry_after(wait)),
                Outcome::Throttled {
                    retry_after: Some(wait)
                }
            );
        }
    }
}
