//! LiteLLM's price files.
//!
//! A file is an object of models, each with its provider (`litellm_provider`) and prices in dollars for one token, in fields
//! whose names say what, above which length, and for which tier.

mod compile;
mod fields;
mod off_peak;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use self::compile::compile;
use self::off_peak::OffPeak;
use crate::book::PriceBook;
use crate::error::Error;
use crate::file;
use crate::moment::Moment;
use crate::name::{Name, undated};
use crate::providers;
use crate::rates::Rates;
use crate::slot::Slot;

/// What is wrong with such a file, in errors.
pub(crate) const WHAT: &str = "the LiteLLM prices";

/// The prices of a LiteLLM price file (`model_prices_and_context_window.json`).
///
/// Prices of tokens count: cached, written to the cache for 5 minutes and 1 hour, reasoning, audio; for prompts above a
/// length (the whole request at the higher rate), for flex, priority and batch, and off peak. What is paid by the picture,
/// second or search is not counted, and a model that has no other price is unknown; so is one whose prices are all 0, by
/// which such a file also says that it does not know. LiteLLM guesses half the price for a batch where none is written;
/// here a batch then costs the standard price.
///
/// A model is found by its key alone (`gpt-4o`) if the entry is of the provider, by the provider's key (`azure/gpt-4o`), and
/// then by both without the date at the end of its name.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use llm_vitals_cost::{LiteLlmPrices, PriceBook, ServiceTier, Tokens};
///
/// let prices = LiteLlmPrices::from_json(
///     r#"{"gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05}}"#,
/// )?;
/// let rates = prices.rates("openai", "gpt-4o-2024-08-06", SystemTime::now()).expect("a known model");
/// let cost = rates.cost(&Tokens::new(1_000, 100), ServiceTier::Standard, Duration::ZERO);
/// assert_eq!(cost.to_string(), "0.0035 USD");
/// # Ok::<(), llm_vitals_cost::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct LiteLlmPrices {
    models: HashMap<Box<str>, Entry>,
    skipped: Vec<String>,
}

#[derive(Debug)]
struct Entry {
    provider: Arc<str>,
    rates: EntryRates,
}

#[derive(Debug)]
enum EntryRates {
    Always(Arc<Rates>),
    OffPeak(Box<OffPeak>, Slot),
}

impl LiteLlmPrices {
    /// Reads the text of a price file.
    ///
    /// # Errors
    ///
    /// Fails if it is not an object of models, or has not one price of tokens. A model with a price that is none (negative,
    /// not a number, more than a dollar for a token) is [skipped](Self::skipped), and the others count.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let read = deserializer.deserialize_map(Models);
        let prices = read.and_then(|prices| deserializer.end().map(|()| prices));
        let prices = prices.map_err(|source| Error::parse(WHAT, source))?;
        if prices.models.is_empty() {
            return Err(Error::Empty { what: WHAT.into() });
        }
        Ok(prices)
    }

    /// Reads a price file.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read, and as [`from_json`](Self::from_json) does.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::from_json(&file::read(path)?).map_err(|error| error.in_file(path))
    }

    /// The models with a price that is none: which, in which field, and what was expected. They are unknown.
    pub fn skipped(&self) -> impl Iterator<Item = &str> {
        self.skipped.iter().map(String::as_str)
    }

    /// How many models have a price of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.models.len()
    }

    /// Whether there is no price at all, which only those that were made by `default()` have.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    fn find(&self, provider: &str, name: &str) -> Option<&Entry> {
        // A provider that the table does not have goes by LiteLLM's own name.
        let own = [provider];
        let names = match providers::find(provider) {
            Some(known) => known.litellm,
            None => &own,
        };
        let is_of = |entry: &&Entry| {
            let of = |name: &&str| {
                let rest = entry.provider.strip_prefix(*name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            };
            names.iter().any(of)
        };
        let alone = self.models.get(name).filter(is_of);
        alone.or_else(|| {
            let mut keys = names
                .iter()
                .filter_map(|provider| Name::joined(provider, name));
            keys.find_map(|key| self.models.get(key.as_str()).filter(is_of))
        })
    }
}

impl PriceBook for LiteLlmPrices {
    fn rates(&self, provider: &str, model: &str, at: SystemTime) -> Option<Arc<Rates>> {
        let name = Name::new(model)?;
        // Gemini answers with `models/` before the name.
        let name = name.as_str();
        let name = name.strip_prefix("models/").unwrap_or(name);
        let found = self.find(provider, name);
        let entry = found.or_else(|| self.find(provider, undated(name)?))?;
        match &entry.rates {
            EntryRates::Always(rates) => Some(Arc::clone(rates)),
            EntryRates::OffPeak(off_peak, slot) => {
                let now = Moment::of(at);
                slot.get(now, || Some(off_peak.rates(now)))
            }
        }
    }

    fn knows(&self, provider: &str, model: &str) -> bool {
        Name::new(model).is_some_and(|name| self.find(provider, name.as_str()).is_some())
    }
}

/// Reads model by model, so that only one is in memory as JSON.
struct Models;

impl<'de> Visitor<'de> for Models {
    type Value = LiteLlmPrices;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of models")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LiteLlmPrices, A::Error> {
        let mut prices = LiteLlmPrices::default();
        // Hundreds of models share a price, and thousands a provider.
        let mut shared = HashSet::new();
        let mut providers = HashSet::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            // The format says so: neither is a model.
            if matches!(&*key, "sample_spec" | "fallback_generalizations") {
                continue;
            }
            let Value::Object(fields) = value else {
                prices
                    .skipped
                    .push(format!("model `{key}`: expected an object of fields"));
                continue;
            };
            let Some(Value::String(provider)) = fields.get("litellm_provider") else {
                continue;
            };
            match entry(&key, provider, &fields) {
                Ok(Some(rates)) => {
                    let rates = match rates {
                        EntryRates::Always(rates) => EntryRates::Always(share(&mut shared, rates)),
                        off_peak @ EntryRates::OffPeak(..) => off_peak,
                    };
                    let provider = share(&mut providers, Arc::from(&**provider));
                    let entry = Entry { provider, rates };
                    prices.models.insert(key.to_ascii_lowercase().into(), entry);
                }
                Ok(None) => {}
                Err(problem) => prices.skipped.push(format!("model `{key}`: {problem}")),
            }
        }
        prices.models.shrink_to_fit();
        Ok(prices)
    }
}

fn share<T: ?Sized + Eq + std::hash::Hash>(known: &mut HashSet<Arc<T>>, new: Arc<T>) -> Arc<T> {
    if let Some(known) = known.get(&*new) {
        return Arc::clone(known);
    }
    known.insert(Arc::clone(&new));
    new
}

/// `None` if tokens have no price.
fn entry(
    key: &str,
    provider: &str,
    fields: &Map<String, Value>,
) -> Result<Option<EntryRates>, String> {
    let Some(rates) = compile(key, provider, fields)? else {
        return Ok(None);
    };
    Ok(Some(match OffPeak::read(fields, &rates)? {
        Some(off_peak) => EntryRates::OffPeak(Box::new(off_peak), Slot::default()),
        None => EntryRates::Always(Arc::new(rates)),
    }))
}
