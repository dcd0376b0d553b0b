//! What calls cost, and prices that change while the gateway runs.

use std::time::Duration;

use llm_vitals_cost::{Overrides, Prices};

use crate::config::{Config, ConfigError};
use crate::simulated;

/// How often price files are looked at.
const EVERY: Duration = Duration::from_secs(30);

/// The prices of the configuration; those of the simulated providers when they answer.
pub(crate) fn build(config: &mut Config) -> Result<Prices, ConfigError> {
    let mut builder = Prices::builder();
    if config.providers.is_empty() {
        let simulated = Overrides::from_json(simulated::PRICES)
            .map_err(|error| ConfigError::new(format!("the simulated prices: {error}")))?;
        builder = builder.with_overrides(simulated);
    } else if let Some(overrides) = config.overrides.take() {
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

/// SIGHUP, where there are signals.
struct Hangups {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    }
}
