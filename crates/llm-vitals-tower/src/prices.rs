//! The rates of the models that a provider answered with lately.

use std::sync::Arc;
use std::time::SystemTime;

use llm_vitals_cost::Rates;

use crate::clock::Tick;
use crate::provider::Core;

/// How many models' rates are kept at hand.
const MOST: usize = 16;

/// Rates as long as they hold, so that most requests ask no book. It is part of a shard of the window, whose lock a request
/// takes anyhow.
#[derive(Debug, Default)]
pub(crate) struct PriceCache(Vec<Priced>);

#[derive(Debug)]
struct Priced {
    model: Box<str>,
    generation: u64,
    found_at: Tick,
    valid_nanos: u64,
    rates: Option<Arc<Rates>>,
}

impl PriceCache {
    /// The rates of `model` at `now`.
    pub(crate) fn rates(
        &mut self,
        core: &Core,
        provider: &str,
        model: &str,
        now: Tick,
    ) -> Option<&Rates> {
        let book = core.prices.as_ref()?;
        let generation = book.generation();
        let holds = |priced: &Priced| {
            *priced.model == *model
                && priced.generation == generation
                && core.clock.nanos_between(priced.found_at, now) < priced.valid_nanos
        };
        let place = match self.0.iter().position(holds) {
            Some(place) => place,
            None => {
                self.0.retain(|priced| *priced.model != *model);
                if self.0.len() == MOST {
                    self.0.remove(0);
                }
                // The wall clock only dates prices.
                let at = SystemTime::now();
                let rates = book.rates(provider, model, at);
                let until = rates.as_ref().and_then(|rates| rates.valid_until());
                let left = until.map(|until| until.duration_since(at).unwrap_or_default());
                let nanos = left.map(|left| u64::try_from(left.as_nanos()).unwrap_or(u64::MAX));
                self.0.push(Priced {
                    model: model.into(),
                    generation,
                    found_at: now,
                    valid_nanos: nanos.unwrap_or(u64::MAX),
                    rates,
                });
                self.0.len() - 1
            }
        };
        self.0[place].rates.as_deref()
    }
}
