//! The price list of genai-prices.
//!
//! The list is a JSON array of providers. Models have rules for the names that are theirs, prices for a million tokens that
//! may begin at a date or hold for hours of the day, and variants of them for the tier of service. See `data/README.md`.

mod compile;
mod data;
mod prices;
mod rule;

use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use self::data::{Model, Provider};
use crate::book::PriceBook;
use crate::error::Error;
use crate::moment::Moment;
use crate::name::Name;
use crate::providers;
use crate::rates::Rates;

static BUNDLED: LazyLock<GenAiList> = LazyLock::new(|| {
    // A test reads every model of it, so this holds for any build that passed.
    GenAiList::from_json(include_str!("../data/genai-prices.json")).unwrap_or_default()
});

/// The prices that are in the binary: genai-prices' list.
///
/// The list is read when the first of these is made, and once: that takes some milliseconds, so make it at the start. Its
/// names of providers are mapped to ours, and a provider of another name is found by the list's own id (`novita`). A model
/// is known by the list's rules, dates in its name and models of the cloud's guests included.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use llm_vitals_cost::{BundledPrices, PriceBook, ServiceTier, Tokens};
///
/// let prices = BundledPrices::new();
/// let rates = prices.rates("openai", "gpt-4o-2024-08-06", SystemTime::now()).expect("a known model");
/// let cost = rates.cost(&Tokens::new(1_000, 100), ServiceTier::Standard, Duration::ZERO);
/// assert_eq!(cost.to_string(), "0.0035 USD");
///
/// assert!(prices.rates("openai", "gpt-of-my-own", SystemTime::now()).is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BundledPrices(&'static GenAiList);

impl BundledPrices {
    /// Reads the list, unless that was done before.
    #[must_use]
    pub fn new() -> Self {
        Self(&BUNDLED)
    }
}

impl Default for BundledPrices {
    fn default() -> Self {
        Self::new()
    }
}

impl PriceBook for BundledPrices {
    fn rates(&self, provider: &str, model: &str, at: SystemTime) -> Option<Arc<Rates>> {
        self.0.rates(provider, model, at)
    }

    fn knows(&self, provider: &str, model: &str) -> bool {
        self.0.knows(provider, model)
    }
}

/// A list in the format of genai-prices' `data.json`, version 2.
#[derive(Debug, Default)]
pub(crate) struct GenAiList {
    providers: Vec<Provider>,
}

/// What is wrong with such a list, in errors.
const WHAT: &str = "the genai-prices list";

impl GenAiList {
    pub(crate) fn from_json(json: &str) -> Result<Self, Error> {
        let providers = data::read(json).map_err(|source| Error::parse(WHAT, source))?;
        if providers.iter().all(|provider| provider.models.is_empty()) {
            return Err(Error::Empty { what: WHAT.into() });
        }
        Ok(Self { providers })
    }

    fn provider(&self, name: &str) -> Option<&Provider> {
        let id = match providers::find(name) {
            Some(known) => known.genai?,
            None => name,
        };
        self.providers.iter().find(|provider| *provider.id == *id)
    }

    /// The first model whose rule fits, of the provider or else of those whose models it also sells.
    fn find<'a>(&'a self, provider: &'a Provider, name: &str) -> Option<Found<'a>> {
        let first = |provider: &'a Provider| {
            let mut models = provider.models.iter();
            models.find(|model| model.rule.fits(name))
        };
        if let Some(model) = first(provider) {
            return Some(Found { model, own: true });
        }
        let guests = provider.guests.iter().filter_map(|id| {
            let guest = self.providers.iter().find(|guest| guest.id == *id)?;
            first(guest)
        });
        guests.map(|model| Found { model, own: false }).next()
    }
}

struct Found<'a> {
    model: &'a Model,
    /// Whether it is of the provider that was asked: only then do its variants count.
    own: bool,
}

impl PriceBook for GenAiList {
    fn rates(&self, provider: &str, model: &str, at: SystemTime) -> Option<Arc<Rates>> {
        let provider = self.provider(provider)?;
        let name = Name::new(model)?;
        let name = name.as_str();
        let dashed = || self.find(provider, Name::with_dashed_dates(name)?.as_str());
        // Gemini's OpenAI-compatible API answers with `models/` before the name.
        let bare = || self.find(provider, name.strip_prefix("models/")?);
        let found = self.find(provider, name).or_else(dashed).or_else(bare)?;
        found.model.rates(found.own, Moment::of(at))
    }

    fn knows(&self, provider: &str, model: &str) -> bool {
        let (Some(provider), Some(name)) = (self.provider(provider), Name::new(model)) else {
            return false;
        };
        let found = self.find(provider, name.as_str());
        found.is_some_and(|found| {
            found.model.rule.spells(name.as_str()) || found.model.id.eq_ignore_ascii_case(model)
        })
    }
}
