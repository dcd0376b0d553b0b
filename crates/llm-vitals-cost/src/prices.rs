//! The prices of an application: its own first, then those of files, then the bundled ones.

mod builder;
mod source;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

pub use self::builder::PricesBuilder;
use self::source::Source;
use crate::book::PriceBook;
use crate::error::Error;
use crate::rates::Rates;

/// Prices from several sources, of which the first that knows a model counts: [`Overrides`](crate::Overrides), price files
/// in the order in which they were added, and the bundled list.
///
/// Cheap to clone; clones share the prices, and a [`reload`](Self::reload) is seen by all.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use llm_vitals_cost::{Overrides, PriceBook, Prices, ServiceTier, Tokens};
///
/// let prices = Prices::builder()
///     .with_overrides(Overrides::from_json(r#"{"openai": {"gpt-5": {"prompt": 1, "completion": 8}}}"#)?)
///     // Another name for the same provider: its prices are those of `openai`.
///     .with_alias("our-openai", "openai")
///     .build()?;
/// let rates = prices.rates("our-openai", "gpt-5-2025-08-07", SystemTime::now()).expect("a known model");
/// let cost = rates.cost(&Tokens::new(1_000, 100), ServiceTier::Standard, Duration::ZERO);
/// assert_eq!(cost.as_nanos(), 1_800_000);
/// # Ok::<(), llm_vitals_cost::Error>(())
/// ```
#[derive(Clone)]
pub struct Prices {
    shared: Arc<Shared>,
}

struct Shared {
    sources: Vec<Source>,
    aliases: HashMap<String, String>,
    generation: AtomicU64,
    /// Held while files are read, so that an older text does not replace a newer one.
    reloading: Mutex<()>,
}

impl Prices {
    /// Begins with no prices at all.
    #[must_use]
    pub fn builder() -> PricesBuilder {
        PricesBuilder::default()
    }

    /// Reads the price files again, and says whether prices changed. Requests go on with the old prices until the new ones
    /// are there.
    ///
    /// It reads files and parses them, which takes some tens of milliseconds for a large list: call it off the threads that
    /// serve requests, as often as prices may change.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read or used. Its old prices stay; the other files are read nevertheless, and the first
    /// error is returned.
    pub fn reload(&self) -> Result<bool, Error> {
        // A panic while reading leaves nothing half done: prices are replaced whole.
        let _one = self
            .shared
            .reloading
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut changed = false;
        let mut failed = None;
        for source in &self.shared.sources {
            match source.reload() {
                Ok(new) => changed |= new,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if changed {
            self.shared.generation.fetch_add(1, Ordering::Release);
        }
        failed.map_or(Ok(changed), Err)
    }

    /// What was left out of the files: which file and model, and why.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.shared
            .sources
            .iter()
            .flat_map(Source::warnings)
            .collect()
    }

    /// The name itself, and the one whose prices count, too.
    fn names<'a>(&'a self, provider: &'a str) -> impl Iterator<Item = &'a str> {
        let alias = self.shared.aliases.get(provider);
        [provider].into_iter().chain(alias.map(String::as_str))
    }
}

impl PriceBook for Prices {
    fn rates(&self, provider: &str, model: &str, at: SystemTime) -> Option<Arc<Rates>> {
        self.shared.sources.iter().find_map(|source| {
            let mut names = self.names(provider);
            names.find_map(|provider| source.rates(provider, model, at))
        })
    }

    fn knows(&self, provider: &str, model: &str) -> bool {
        self.shared.sources.iter().any(|source| {
            let mut names = self.names(provider);
            names.any(|provider| source.knows(provider, model))
        })
    }

    fn generation(&self) -> u64 {
        self.shared.generation.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prices")
            .field("sources", &self.shared.sources)
            .field("aliases", &self.shared.aliases)
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}
