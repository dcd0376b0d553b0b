//! Something that can be checked.

use std::future::Future;

use async_trait::async_trait;

use crate::billed::Spend;
use crate::report::{IntoReport, Report};

/// Something that can be checked. A closure that returns a future of anything that is [`IntoReport`] is one.
///
/// The registry gives every run a deadline and drops the future when it has passed, so that a check must be cancellable at
/// any await; a panic is a failure. A probe is never run twice at once. Use connections of the probe's own: one that waits
/// for the application's exhausted pool reports the pool.
///
/// ```
/// use async_trait::async_trait;
/// use llm_vitals_health::{Cause, Probe, Report};
///
/// struct Queue { length: usize }
///
/// #[async_trait]
/// impl Probe for Queue {
///     async fn check(&self) -> Report {
///         if self.length < 1_000 { Report::up() } else { Report::degraded(Cause::Exhausted) }
///     }
/// }
/// ```
#[async_trait]
pub trait Probe: Send + Sync {
    /// Finds out how it is.
    async fn check(&self) -> Report;

    /// What the probe spends, if its runs cost money; see [`Billed`](crate::Billed).
    fn spend(&self) -> Option<Spend> {
        None
    }
}

#[async_trait]
impl<F, Fut> Probe for F
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output: IntoReport> + Send,
{
    async fn check(&self) -> Report {
        self().await.into_report()
    }
}
