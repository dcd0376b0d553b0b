//! How a simulated provider is set up.

use std::ops::Range;
use std::time::Duration;

use crate::simulated::fault::Fault;
use crate::simulated::model::SimulatedModel;
use crate::simulated::provider::Simulated;
use crate::simulated::rate_limit::RateLimit;

/// Builds a [`Simulated`] provider; see the [module docs](crate::simulated).
#[derive(Clone, Debug)]
pub struct SimulatedBuilder {
    pub(crate) name: String,
    pub(crate) models: Vec<SimulatedModel>,
    pub(crate) seed: u64,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) outages: Vec<(Range<Duration>, Fault)>,
}

impl SimulatedBuilder {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            models: Vec::new(),
            seed: 0,
            rate_limit: None,
            outages: Vec::new(),
        }
    }

    /// Adds a model, in the place of one of the same name.
    #[must_use]
    pub fn with_model(mut self, model: SimulatedModel) -> Self {
        self.models.retain(|known| known.id != model.id);
        self.models.push(model);
        self
    }

    /// Sets the seed of everything that is drawn; the default is 0.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Limits the rate of requests and tokens, over all models.
    #[must_use]
    pub const fn with_rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Lets everything that arrives in this time since [`build`](Self::build) fail, checks and lists of models included.
    /// Streams that are under way go on.
    #[must_use]
    pub fn with_outage(mut self, during: Range<Duration>, fault: impl Into<Fault>) -> Self {
        self.outages.push((during, fault.into()));
        self
    }

    /// Builds the provider. Its time begins now, on the clock of the tokio runtime that it is built in.
    #[must_use]
    pub fn build(self) -> Simulated {
        Simulated::new(self)
    }
}
