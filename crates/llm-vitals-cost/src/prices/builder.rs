//! What an application says of its prices.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use super::source::{Format, Source};
use super::{Prices, Shared};
use crate::error::Error;
use crate::overrides::Overrides;

/// The sources of prices. See [`Prices`].
#[derive(Debug, Default)]
pub struct PricesBuilder {
    overrides: Vec<Source>,
    override_files: Vec<PathBuf>,
    files: Vec<(Format, PathBuf)>,
    bundled: bool,
    aliases: HashMap<String, String>,
}

impl PricesBuilder {
    /// Adds prices that win over all lists. Of several, the first that knows a model counts.
    #[must_use]
    pub fn with_overrides(mut self, overrides: Overrides) -> Self {
        self.overrides.push(Source::fixed(Arc::new(overrides)));
        self
    }

    /// Adds prices that win over all lists from a JSON file, which [`Prices::reload`] reads again. They come after those of
    /// [`with_overrides`](Self::with_overrides).
    #[must_use]
    pub fn with_overrides_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.override_files.push(path.into());
        self
    }

    /// Adds a LiteLLM price file, which [`Prices::reload`] reads again. See [`LiteLlmPrices`](crate::LiteLlmPrices).
    #[must_use]
    pub fn with_litellm_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push((Format::LiteLlm, path.into()));
        self
    }

    /// Adds a file with a newer list of genai-prices (`prices/new_data/v2/data.json` in its repository), which
    /// [`Prices::reload`] reads again.
    #[cfg(feature = "bundled")]
    #[must_use]
    pub fn with_genai_prices_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push((Format::GenAi, path.into()));
        self
    }

    /// Adds the bundled list, after all others. See [`BundledPrices`](crate::BundledPrices).
    #[cfg(feature = "bundled")]
    #[must_use]
    pub fn with_bundled(mut self) -> Self {
        self.bundled = true;
        self
    }

    /// Says that `provider`, a name of the application's own, has the prices of `whose`. Overrides under the name itself
    /// count first.
    #[must_use]
    pub fn with_alias(mut self, provider: impl Into<String>, whose: impl Into<String>) -> Self {
        self.aliases.insert(provider.into(), whose.into());
        self
    }

    /// Reads the files.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read or used: there are no old prices to go on with.
    pub fn build(self) -> Result<Prices, Error> {
        let mut sources = self.overrides;
        for path in self.override_files {
            sources.push(Source::file(Format::Overrides, path)?);
        }
        for (format, path) in self.files {
            sources.push(Source::file(format, path)?);
        }
        if self.bundled {
            #[cfg(feature = "bundled")]
            sources.push(Source::fixed(Arc::new(crate::genai::BundledPrices::new())));
        }
        Ok(Prices {
            shared: Arc::new(Shared {
                sources,
                aliases: self.aliases,
                generation: 0.into(),
                reloading: Mutex::new(()),
            }),
        })
    }
}
