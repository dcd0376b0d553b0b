//! What calls cost, and prices that change while the gateway runs.

use std::time::Duration;

use llm_vitals_cost::{Overrides, Prices};
use llm_vitals_provider::openai::Flavor;

use crate::config::{Config, ConfigError, Kind, ProviderConfig};
use crate::hangups::Hangups;
use crate::simulated;

/// How often price files are looked at.
const EVERY: Duration = Duration::from_secs(30);

/// The prices of the configuration; those of the simulated providers when they answer.
pub(crate) fn build(config: &mut Config) -> Result<Prices, ConfigError> {
    let mut builder = Prices::builder();
    for (name, kind) in aliases(&config.providers) {
        builder = builder.with_alias(name, kind);
    }
    let own = config.overrides.take();
    if config.providers.is_empty() || own.is_none() {
        let simulated = Overrides::from_json(&simulated::prices(&config.providers))
            .map_err(|error| ConfigError::new(format!("the simulated prices: {error}")))?;
        builder = builder.with_overrides(simulated);
    }
    if let Some(overrides) = own.filter(|_| !config.providers.is_empty()) {
        builder = builder.with_overrides(overrides);
    }
    if let Some(file) = &config.prices.litellm_file {
        builder = builder.with_litellm_file(file);
    }
    if config.prices.bundled {
        builder = builder.with_bundled();
    }
    builder
        .build()
        .map_err(|error| ConfigError::new(format!("prices: {error}")))
}

/// The providers that have another name than their kind, which is what lists of prices know. A server that merely speaks
/// OpenAI's language has no list, unless its name is known.
fn aliases(providers: &[ProviderConfig]) -> impl Iterator<Item = (&str, &'static str)> {
    providers
        .iter()
        .filter(|provider| {
            !matches!(
                provider.kind,
                Kind::Simulated | Kind::OpenAi(Flavor::Compatible)
            )
        })
        .map(|provider| (&*provider.name, provider.kind.as_str()))
        .filter(|(name, kind)| name != kind)
}

/// Reads price files again when they change: every 30 seconds, and on SIGHUP.
pub(crate) async fn reload(prices: Prices) {
    let mut hangups = Hangups::new();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = hangups.next() => {}
        }
        let prices = prices.clone();
        match tokio::task::spawn_blocking(move || prices.reload()).await {
            Ok(Ok(true)) => tracing::info!("read the prices again"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::warn!("the prices stay as they are: {error}"),
            Err(error) => tracing::error!("reading the prices failed: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use llm_vitals_provider::Secret;

    use super::*;

    #[test]
    fn a_provider_of_another_name_has_the_prices_of_its_kind() {
        let provider = |name, kind| ProviderConfig::with_key(name, kind, Secret::new("k"));
        let providers = [
            provider("openai-eu", Kind::OpenAi(Flavor::OpenAi)),
            provider("anthropic", Kind::Anthropic),
            provider("groq", Kind::OpenAi(Flavor::Compatible)),
            provider("g", Kind::Gemini),
        ];
        let aliases: Vec<_> = aliases(&providers).collect();
        assert_eq!(aliases, [("openai-eu", "openai"), ("g", "gemini")]);
    }
}
