//! Where prices come from.

use std::sync::Arc;
use std::time::SystemTime;

use crate::rates::Rates;

/// A source of prices.
///
/// Implement it for prices that are kept elsewhere. Requests ask it: it must not block, and an unknown name, which may be
/// anything that a client made up, must not make it grow.
///
/// ```
/// use std::{sync::Arc, time::SystemTime};
/// use llm_vitals_cost::{Overrides, PriceBook, Rates};
///
/// /// Everything costs what one contract says.
/// struct Flat(Overrides);
///
/// impl PriceBook for Flat {
///     fn rates(&self, _provider: &str, _model: &str, at: SystemTime) -> Option<Arc<Rates>> {
///         self.0.rates("any", "any", at)
///     }
///     fn knows(&self, _provider: &str, _model: &str) -> bool {
///         false
///     }
/// }
/// ```
pub trait PriceBook: Send + Sync {
    /// The prices of `model` at `provider` at a time, or `None` if they are not known. Unknown is never 0.
    ///
    /// `model` is the model that answered: prices go by its name, not by that of the request.
    fn rates(&self, provider: &str, model: &str, at: SystemTime) -> Option<Arc<Rates>>;

    /// Whether `model` is spelled out for `provider`, so that it may be trusted to be a model's name. A rule that fits many
    /// names does not count.
    fn knows(&self, provider: &str, model: &str) -> bool;

    /// A number that changes when the prices changed, so that rates found before are looked up again.
    fn generation(&self) -> u64 {
        0
    }
}

impl<T: PriceBook + ?Sized> PriceBook for Arc<T> {
    fn rates(&self, provider: &str, model: &str, at: SystemTime) -> Option<Arc<Rates>> {
        (**self).rates(provider, model, at)
    }

    fn knows(&self, provider: &str, model: &str) -> bool {
        (**self).knows(provider, model)
    }

    fn generation(&self) -> u64 {
        (**self).generation()
    }
}
