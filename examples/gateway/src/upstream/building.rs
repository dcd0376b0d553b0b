//! One provider with the stacks around it.

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_dashboard::RecentErrors;
use llm_vitals_health::Fleet;
use llm_vitals_provider::{HttpOptions, Model, Provider, ProviderService};
use llm_vitals_tower::LlmMetrics;

use super::Upstream;
use super::client::Client;
use crate::call_log::CallLog;
use crate::config::{Config, ConfigError, ProviderConfig};
use crate::credentials;
use crate::first_chunk::FirstChunk;
use crate::gate::Gate;
use crate::proxy::{Proxy, ProxyOptions};
use crate::retry::{RetryOptions, RetryPolicy};
use crate::simulated::Sim;
use crate::stack::{StackOptions, stack};
use crate::text::TextService;

/// What every provider is built with.
#[derive(Clone, Copy)]
pub(super) struct Building<'a> {
    pub(super) config: &'a Config,
    pub(super) metrics: &'a LlmMetrics,
    pub(super) gate: &'a Gate,
    pub(super) fleet: &'a Fleet,
    pub(super) errors: &'a RecentErrors,
}

/// What differs between the providers.
struct Parts<'a> {
    name: &'a str,
    provider: Arc<dyn Provider>,
    text: TextService,
    asks_usage: bool,
    timeout: Duration,
    proxy: Option<Proxy>,
    lists_models: bool,
}

impl Building<'_> {
    /// Builds a provider of the configuration; the models are known when the configuration lists them.
    pub(super) fn configured(
        &self,
        config: &ProviderConfig,
        http: &reqwest::Client,
    ) -> Result<(Upstream, Option<Vec<Model>>), ConfigError> {
        let timeout = config.timeout.unwrap_or(self.config.timeouts.attempt.0);
        let options = HttpOptions::new()
            .with_idle_timeout(self.config.timeouts.idle.0)
            // The layer's deadline comes first, and says which option it is.
            .with_first_byte_timeout(timeout + Duration::from_secs(1))
            .with_http_client(http.clone());
        let client = Client::new(config, options).map_err(|error| {
            ConfigError::new(format!("provider `{}`: {}", config.name, error.message()))
        })?;
        let (Some(client), Some(base)) = (client, &config.base_url) else {
            let sim = Sim::named(&config.name, config.models.as_deref());
            let (upstream, models) = self.simulated(sim, timeout);
            return Ok((upstream, Some(models)));
        };
        let options = ProxyOptions {
            http,
            gate: self.gate,
            metrics: self.metrics,
        };
        let headers = credentials::headers(config)?;
        let proxy = Proxy::new(&options, &config.name, config.kind, base, headers, timeout);
        let named = |names: &Vec<String>| names.iter().map(Model::new).collect::<Vec<_>>();
        let listed = config.models.as_ref().map(named);
        let upstream = self.upstream(Parts {
            name: &config.name,
            provider: client.provider(),
            text: client.text(),
            asks_usage: client.asks_usage(),
            timeout,
            proxy: Some(proxy),
            lists_models: listed.is_none(),
        });
        Ok((upstream, listed))
    }

    /// Builds a simulated provider.
    pub(super) fn simulated(&self, sim: Sim, timeout: Duration) -> (Upstream, Vec<Model>) {
        let provider: Arc<dyn Provider> = Arc::new(sim.provider);
        let upstream = self.upstream(Parts {
            name: &sim.name,
            text: TextService::Chat(Arc::clone(&provider)),
            provider,
            asks_usage: true,
            timeout,
            proxy: None,
            lists_models: false,
        });
        (upstream, sim.models)
    }

    fn upstream(&self, parts: Parts<'_>) -> Upstream {
        let retry = &self.config.retry;
        let health = self.fleet.target(parts.name);
        let options = StackOptions {
            name: parts.name,
            health: &health,
            log: &CallLog::new(parts.name, self.errors.clone()),
            metrics: self.metrics,
            retry: RetryPolicy::new(&RetryOptions {
                attempts: retry.attempts.get(),
                pause: retry.pause.0,
                budget: retry.budget,
                budget_floor: retry.budget_floor,
            }),
            timeout: parts.timeout,
        };
        let provider = parts.provider;
        Upstream {
            name: parts.name.to_owned(),
            chat: stack(
                &options,
                ProviderService::new(FirstChunk(Arc::clone(&provider))),
            ),
            text: stack(&options, parts.text),
            provider,
            proxy: parts.proxy,
            lists_models: parts.lists_models,
            asks_usage: parts.asks_usage,
            health,
        }
    }
}
