//! What a model call costs.
//!
//! A [`PriceBook`] finds the [`Rates`] of a provider's model, and the rates say what the [`Tokens`] of a request cost. Rates are
//! integers, summed exactly and rounded once for each request to a nano-dollar. [`Prices`] is the book that an application
//! uses: its own [`Overrides`] win, price files follow, and the bundled list is last.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use llm_vitals_cost::{Overrides, PriceBook, Prices, ServiceTier, Tokens};
//!
//! let contract = r#"{"openai": {"gpt-5": {"prompt": 1.25, "cached_prompt": 0.125, "completion": 10}}}"#;
//! let prices = Prices::builder().with_overrides(Overrides::from_json(contract)?).build()?;
//!
//! let rates = prices.rates("openai", "gpt-5-2025-08-07", SystemTime::now()).expect("a known model");
//! let mut tokens = Tokens::new(1_000, 200);
//! tokens.cached_prompt = 800;
//! let cost = rates.cost(&tokens, ServiceTier::Standard, Duration::ZERO);
//! assert_eq!(cost.to_string(), "0.00235 USD");
//!
//! // Unknown is not free.
//! assert!(prices.rates("openai", "gpt-of-my-own", SystemTime::now()).is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Sources
//!
//! - [`Overrides`]: contract prices, and machines that are paid by the hour.
//! - [`LiteLlmPrices`]: a price file of LiteLLM.
//! - `BundledPrices` (feature `bundled`): the list of genai-prices. It costs 0.5 MB of the binary, 3 MiB of resident memory,
//!   and 2 to 4 ms when it is first used.
//!
//! # What it does not do
//!
//! It counts tokens, and fees for a request. Searches, pictures, pages and seconds of audio, which providers also charge, are
//! not in the usage reports that reach it, and not in its sums. It fetches nothing: a newer list comes as a file.

mod book;
mod error;
mod file;
#[cfg(feature = "bundled")]
mod genai;
mod litellm;
mod moment;
mod name;
mod nano_usd;
mod overrides;
mod prices;
mod providers;
mod rate;
mod rates;
mod slot;
mod tokens;

pub use self::book::PriceBook;
pub use self::error::Error;
#[cfg(feature = "bundled")]
pub use self::genai::BundledPrices;
pub use self::litellm::LiteLlmPrices;
pub use self::nano_usd::NanoUsd;
pub use self::overrides::Overrides;
pub use self::prices::{Prices, PricesBuilder};
pub use self::rates::Rates;
pub use self::tokens::{ServiceTier, Tokens};
