//! The providers, each with the stacks around it.

mod building;
mod client;
mod http;

use std::sync::Arc;

use llm_vitals_dashboard::RecentErrors;
use llm_vitals_health::{Fleet, Target};
use llm_vitals_provider::{Provider, ProviderService};
use llm_vitals_tower::LlmMetrics;

use self::building::Building;
use crate::config::{Config, ConfigError};
use crate::first_chunk::FirstChunk;
use crate::gate::Gate;
use crate::proxy::Proxy;
use crate::routing::Routing;
use crate::simulated;
use crate::stack::Stack;
use crate::text::TextService;

/// Every provider, and the table of who answers for which model.
pub(crate) struct Upstreams {
    pub(crate) routing: Routing,
    pub(crate) list: Vec<Upstream>,
}

/// One provider.
pub(crate) struct Upstream {
    pub(crate) name: String,
    /// The provider itself, for what is not measured: its models and its check.
    pub(crate) provider: Arc<dyn Provider>,
    /// Chats and embeddings.
    pub(crate) chat: Stack<ProviderService<FirstChunk<Arc<dyn Provider>>>>,
    /// Completions of plain text.
    pub(crate) text: Stack<TextService>,
    /// Everything else; simulated providers have nothing else.
    pub(crate) proxy: Option<Proxy>,
    /// Whether its models come from itself.
    pub(crate) lists_models: bool,
    /// Whether it understands the question for a stream's usage.
    pub(crate) asks_usage: bool,
    /// What the calls to it say.
    pub(crate) health: Target,
}

impl Upstreams {
    /// Creates the providers of `config`, or simulated ones when it has none. Nothing is asked yet.
    pub(crate) fn build(
        config: &Config,
        demo: bool,
        metrics: &LlmMetrics,
        gate: &Gate,
        fleet: &Fleet,
        errors: &RecentErrors,
    ) -> Result<Self, ConfigError> {
        let building = Building {
            config,
            metrics,
            gate,
            fleet,
            errors,
        };
        let mut list = Vec::new();
        let mut models = Vec::new();
        let mut routes = config.routes.clone();
        if config.providers.is_empty() {
            for sim in simulated::providers(demo) {
                let (upstream, all) = building.simulated(sim, config.timeouts.attempt.0);
                models.push((upstream.name.clone(), Some(all)));
                list.push(upstream);
            }
            if demo {
                routes.insert(simulated::ROUTE.to_owned(), simulated::route());
            }
        } else {
            let http = http::client(config)?;
            for provider in &config.providers {
                let (upstream, listed) = building.configured(provider, &http)?;
                models.push((upstream.name.clone(), listed));
                list.push(upstream);
            }
        }
        for (name, models) in &models {
            let ids = models.iter().flatten().map(|model| &*model.id);
            metrics.allow_models(name.clone(), ids);
        }
        for targets in routes.values() {
            for target in targets {
                metrics.allow_models(list[target.provider].name.clone(), [&*target.model]);
            }
        }
        Ok(Self {
            routing: Routing::new(models, routes),
            list,
        })
    }
}
