//! The HTTP client of the providers.

use crate::config::{Config, ConfigError};

/// One client for all providers, so that they share its connections and its certificates.
pub(super) fn client(config: &Config) -> Result<reqwest::Client, ConfigError> {
    let timeouts = &config.timeouts;
    let attempts = config
        .providers
        .iter()
        .filter_map(|provider| provider.timeout);
    // A whole answer may have its head at the very end.
    let silence = attempts.chain([timeouts.attempt.0, timeouts.idle.0]).max();
    let mut builder = reqwest::Client::builder()
        .connect_timeout(timeouts.connect.0)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("llm-vitals-gateway/", env!("CARGO_PKG_VERSION")));
    if let Some(silence) = silence {
        builder = builder.read_timeout(silence);
    }
    builder
        .build()
        .map_err(|error| ConfigError::new(format!("cannot set up TLS: {error}")))
}
