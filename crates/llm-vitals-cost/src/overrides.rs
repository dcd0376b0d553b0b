//! Prices of the application's own.

mod entry;

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use serde::de::{self, DeserializeSeed, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use self::entry::Entry;
use crate::book::PriceBook;
use crate::error::Error;
use crate::name::{Name, undated};
use crate::rates::Rates;

/// What is wrong with them, in errors.
const WHAT: &str = "the price overrides";

/// Prices that win: those of a contract, and of machines of one's own.
///
/// For each provider, by the name that is its label, and each of its models: prices in US dollars for a million tokens. A
/// part that has no price is charged as what it is a part of: cached and cache-written tokens and audio as prompt, those
/// written for an hour as those written for 5 minutes, reasoning and audio of the answer as completion.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use llm_vitals_cost::{Overrides, PriceBook, ServiceTier, Tokens};
///
/// let overrides = Overrides::from_json(
///     r#"{
///         "openai": {
///             "gpt-5": {
///                 "prompt": 1.0, "cached_prompt": 0.1, "completion": 8.0,
///                 "tiers": [{"above": 200000, "prompt": 2.0, "completion": 12.0}],
///                 "batch": {"prompt": 0.5, "completion": 4.0, "tiers": []}
///             }
///         },
///         "vllm": {"*": {"per_hour": 7.2, "concurrency": 4}}
///     }"#,
/// )?;
/// let now = SystemTime::now();
/// let rates = overrides.rates("openai", "gpt-5", now).expect("the contract has it");
/// let cost = rates.cost(&Tokens::new(1_000_000, 1), ServiceTier::Standard, Duration::ZERO);
/// assert_eq!(cost.to_string(), "2.000012 USD");
///
/// let machine = overrides.rates("vllm", "anything", now).expect("a machine of our own");
/// let cost = machine.cost(&Tokens::new(1_000, 100), ServiceTier::Standard, Duration::from_secs(10));
/// assert_eq!(cost.to_string(), "0.005 USD");
/// # Ok::<(), llm_vitals_cost::Error>(())
/// ```
///
/// # Fields of a model
///
/// - `prompt` and `completion`, which belong together: what is free is 0, and what is left out is a mistake. `cached_prompt`,
///   `cache_write`, `cache_write_1h`, `reasoning`, `audio_prompt`, `audio_completion`; `per_request`, dollars for each request.
/// - `tiers`: for prompts of more tokens than `above`, prices of the whole request. What a tier does not name stays.
/// - `batch`, `flex`, `priority`: prices of these tiers of service. What they do not name is as usual; where the model has
///   `tiers`, each says its own, and may say `[]`.
/// - `per_hour`: dollars for an hour of the machine that serves it, and `concurrency`: how many requests it serves at once,
///   usually (1 if left out). A request is charged `duration * per_hour / concurrency`: when the machine is as busy as that,
///   the requests of an hour add up to its price. Idle hours are nobody's request, and not counted.
///
/// # Names of models
///
/// The price is that of the model that answered, whose name often has a date. A name is looked up as it is, then without a
/// date at its end, then among names that end in `*`, the longest first; `*` alone is every model of the provider.
#[derive(Debug, Default)]
pub struct Overrides {
    providers: HashMap<Box<str>, Models>,
}

#[derive(Debug, Default)]
struct Models {
    named: HashMap<Box<str>, Arc<Rates>>,
    /// Beginnings of names, the longest first.
    begun: Vec<(Box<str>, Arc<Rates>)>,
}

impl Overrides {
    /// Reads overrides from JSON. They implement [`Deserialize`], too, to be part of another file.
    ///
    /// # Errors
    ///
    /// Fails if the text is not JSON, has a field that is unknown, or a price that is none: negative, not a number, or more
    /// than a million dollars. The error says which provider, model and field, and what was expected.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json).map_err(|source| Error::parse(WHAT, source))
    }

    /// Whether there is no price.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.providers.is_empty()
    }

    fn named(&self, provider: &str, name: &str) -> Option<&Arc<Rates>> {
        let models = self.providers.get(provider)?;
        let named = models.named.get(name);
        named.or_else(|| models.named.get(undated(name)?))
    }
}

impl PriceBook for Overrides {
    fn rates(&self, provider: &str, model: &str, _at: SystemTime) -> Option<Arc<Rates>> {
        let models = self.providers.get(provider)?;
        let name = Name::new(model);
        // A name that no list could have is still of the provider whose every model has a price.
        let name = name.as_ref().map_or("", Name::as_str);
        let rates = self.named(provider, name).or_else(|| {
            let mut begun = models.begun.iter();
            let found = begun.find(|(start, _)| name.starts_with(&**start));
            found.map(|(_, rates)| rates)
        });
        rates.map(Arc::clone)
    }

    fn knows(&self, provider: &str, model: &str) -> bool {
        Name::new(model).is_some_and(|name| {
            let models = self.providers.get(provider);
            models.is_some_and(|models| models.named.contains_key(name.as_str()))
        })
    }
}

impl<'de> Deserialize<'de> for Overrides {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Providers)
    }
}

struct Providers;

impl<'de> Visitor<'de> for Providers {
    type Value = Overrides;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of providers")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Overrides, A::Error> {
        let mut providers = HashMap::new();
        while let Some(provider) = map.next_key::<Box<str>>()? {
            let models = map.next_value_seed(OfProvider(&provider))?;
            match providers.entry(provider) {
                Slot::Vacant(slot) => slot.insert(models),
                Slot::Occupied(slot) => {
                    let provider = slot.key();
                    let problem = "expected one entry, found two";
                    return Err(de::Error::custom(format!(
                        "provider `{provider}`: {problem}"
                    )));
                }
            };
        }
        Ok(Overrides { providers })
    }
}

struct OfProvider<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for OfProvider<'_> {
    type Value = Models;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Models, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OfProvider<'_> {
    type Value = Models;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of models for provider `{}`", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Models, A::Error> {
        let mut models = Models::default();
        while let Some(model) = map.next_key::<String>()? {
            let place = Place {
                provider: self.0,
                model: &model,
            };
            let rates = Arc::new(map.next_value_seed(place)?);
            let name = model.to_ascii_lowercase();
            let first = if let Some(start) = name.strip_suffix('*') {
                let known = models.begun.iter().any(|(begun, _)| **begun == *start);
                models.begun.push((start.into(), rates));
                !known
            } else {
                models.named.insert(name.into(), rates).is_none()
            };
            if !first {
                return Err(place.error("expected one entry, found two"));
            }
        }
        models
            .begun
            .sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
        Ok(models)
    }
}

/// Where an error is.
#[derive(Clone, Copy)]
struct Place<'a> {
    provider: &'a str,
    model: &'a str,
}

impl Place<'_> {
    fn error<E: de::Error>(&self, problem: impl fmt::Display) -> E {
        let Self { provider, model } = self;
        E::custom(format!("provider `{provider}`, model `{model}`: {problem}"))
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Rates;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Rates, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Rates;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, model } = self;
        write!(
            f,
            "an object of prices for provider `{provider}`, model `{model}`"
        )
    }

    /// Checks the prices, too: an error found here is still at the line of the model.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rates, A::Error> {
        let entry = Entry::deserialize(de::value::MapAccessDeserializer::new(map));
        let entry = entry.map_err(|error| self.error(error))?;
        entry.rates().map_err(|error| self.error(error))
    }
}
