//! What a call says about the one who was called.

use std::time::Duration;

use crate::cause::Cause;
use crate::report::{IntoReport, Report};

/// What a call says about the one who was called.
///
/// | the call | outcome |
/// |---|---|
/// | a complete answer | `Success` |
/// | no connection, a timeout, 5xx, an answer that breaks off or makes no sense | `Failed` |
/// | 429, or 503 with `Retry-After` | `Throttled` |
/// | 401, 402, 403: the key or the account is refused | `Refused` |
/// | the caller's own mistake (400, 404, 413, 422), or a caller who left | `Neutral` |
///
/// Only `Failed` is evidence that the one who was called is down.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// It answered, to the end.
    Success,
    /// It did not, and that is its own fault.
    Failed(Cause),
    /// It is there, and asks for fewer requests.
    Throttled {
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// It is there, and refuses this key or account.
    Refused(Cause),
    /// The call says nothing about it.
    Neutral,
}

/// Found out by a check: what was throttled or refused is degraded, and a neutral outcome found nothing out.
impl IntoReport for Outcome {
    fn into_report(self) -> Report {
        match self {
            Self::Success => Report::up(),
            Self::Failed(cause) => Report::down(cause),
            Self::Throttled { .. } => Report::degraded(Cause::RateLimited),
            Self::Refused(cause) => Report::degraded(cause),
            Self::Neutral => Report::unknown(),
        }
    }
}
