//! The providers, each with the stacks around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use llm_vitals_provider::anthropic::Anthropic;
use llm_vitals_provider::gemini::Gemini;
use llm_vitals_provider::openai::{Flavor, OpenAi};
use llm_vitals_provider::{HttpOptions, Model, Provider, ProviderError, ProviderService};
use llm_vitals_tower::LlmMetrics;
use reqwest::Url;

use crate::config::{Config, ConfigError, Kind, ProviderConfig};
use crate::credentials;
use crate::first_chunk::FirstChunk;
use crate::proxy::Proxy;
use crate::retry::{RetryOptions, RetryPolicy};
use crate::routing::Routing;
use crate::simulated::{self, Sim};
use crate::stack::{Stack, StackOptions, stack};
use crate::text::{RawText, TextService};

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
    healthy: AtomicBool,
}

impl Upstreams {
    /// Creates the providers of `config`, or simulated ones when it has none. Nothing is asked yet.
    pub(crate) fn build(
        config: &Config,
        demo: bool,
        metrics: &LlmMetrics,
    ) -> Result<Self, ConfigError> {
        let mut list = Vec::new();
        let mut models = Vec::new();
        let mut routes = config.routes.clone();
        if config.providers.is_empty() {
            for sim in simulated::providers(demo) {
                let building = Building {
                    config,
                    metrics,
                    name: &sim.name,
                    timeout: None,
                };
                list.push(building.upstream(
                    Arc::new(sim.provider),
                    TextKind::Chat,
                    true,
                    None,
                    false,
                ));
                models.push((sim.name, Some(sim.models)));
            }
            if demo {
                routes.insert(simulated::ROUTE.to_owned(), simulated::route());
            }
        } else {
            let http = client(config)?;
            for provider in &config.providers {
                let building = Building {
                    config,
                    metrics,
                    name: &provider.name,
                    timeout: provider.timeout,
                };
                let (upstream, named) = building.real(provider, &http)?;
                models.push((provider.name.clone(), named));
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

impl Upstream {
    /// Whether the last check found that it would answer; false before the first one.
    pub(crate) fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Relaxed)
    }

    /// Notes what a check found; returns what the last one had found.
    pub(crate) fn set_healthy(&self, healthy: bool) -> bool {
        self.healthy.swap(healthy, Ordering::Relaxed)
    }
}

/// How completions of text are asked for.
enum TextKind {
    Raw(Arc<RawText>),
    Chat,
}

/// What is needed to build one provider.
struct Building<'a> {
    config: &'a Config,
    metrics: &'a LlmMetrics,
    name: &'a str,
    timeout: Option<Duration>,
}

impl Building<'_> {
    fn real(
        &self,
        config: &ProviderConfig,
        http: &reqwest::Client,
    ) -> Result<(Upstream, Option<Vec<Model>>), ConfigError> {
        let named = |names: &Vec<String>| names.iter().map(Model::new).collect::<Vec<_>>();
        let listed = config.models.as_ref().map(named);
        let (Some(base), false) = (&config.base_url, config.kind == Kind::Simulated) else {
            let sim = Sim::named(self.name, config.models.as_deref());
            let upstream = self.upstream(Arc::new(sim.provider), TextKind::Chat, true, None, false);
            return Ok((upstream, Some(sim.models)));
        };
        let options = HttpOptions::new()
            .with_idle_timeout(self.config.timeouts.idle.0)
            // The layer's deadline comes first, and says which option it is.
            .with_first_byte_timeout(self.attempt() + Duration::from_secs(1))
            .with_http_client(http.clone());
        let provider = provider(config, base, options).map_err(|error| {
            ConfigError::new(format!("provider `{}`: {}", self.name, error.message()))
        })?;
        let headers = credentials::headers(config)?;
        let (text, asks) = match config.kind {
            // The deployments of Azure have paths of their own.
            Kind::OpenAi(Flavor::Azure) | Kind::Anthropic | Kind::Gemini | Kind::Simulated => {
                (TextKind::Chat, true)
            }
            Kind::OpenAi(flavor) => {
                let raw = RawText::new(http.clone(), base, headers.clone(), config.key.clone());
                (
                    TextKind::Raw(Arc::new(raw)),
                    flavor.reports_stream_usage_when_asked(),
                )
            }
        };
        let proxy = Proxy::new(
            http.clone(),
            config.kind,
            base,
            headers,
            self.metrics,
            self.name,
            self.attempt(),
        );
        let upstream = self.upstream(provider, text, asks, Some(proxy), listed.is_none());
        Ok((upstream, listed))
    }

    fn upstream(
        &self,
        provider: Arc<dyn Provider>,
        text: TextKind,
        asks_usage: bool,
        proxy: Option<Proxy>,
        lists_models: bool,
    ) -> Upstream {
        let retry = &self.config.retry;
        let options = StackOptions {
            name: self.name,
            metrics: self.metrics,
            retry: RetryPolicy::new(&RetryOptions {
                attempts: retry.attempts.get(),
                pause: retry.pause.0,
                budget: retry.budget,
                budget_floor: retry.budget_floor,
            }),
            timeout: self.attempt(),
            asks_usage,
        };
        let text = match text {
            TextKind::Raw(raw) => TextService::Raw(raw),
            TextKind::Chat => TextService::Chat(Arc::clone(&provider)),
        };
        Upstream {
            name: self.name.to_owned(),
            chat: stack(
                &options,
                ProviderService::new(FirstChunk(Arc::clone(&provider))),
            ),
            text: stack(&options, text),
            provider,
            proxy,
            lists_models,
            healthy: AtomicBool::new(false),
        }
    }

    fn attempt(&self) -> Duration {
        self.timeout.unwrap_or(self.config.timeouts.attempt.0)
    }
}

fn provider(
    config: &ProviderConfig,
    base: &Url,
    http: HttpOptions,
) -> Result<Arc<dyn Provider>, ProviderError> {
    // The builders share their methods by name alone.
    macro_rules! build {
        ($builder:expr) => {{
            let mut builder = $builder
                .with_name(&config.name)
                .with_base_url(base.as_str())
                .with_http(http);
            if let Some(key) = &config.key {
                builder = builder.with_key(key.clone());
            }
            for (name, value) in &config.headers {
                builder = builder.with_header(name, value);
            }
            Ok(Arc::new(builder.build()?))
        }};
    }
    match config.kind {
        Kind::Anthropic => build!(Anthropic::builder()),
        Kind::Gemini => build!(Gemini::builder()),
        Kind::OpenAi(flavor) => match &config.api_version {
            Some(version) => build!(OpenAi::builder(flavor).with_api_version(version)),
            None => build!(OpenAi::builder(flavor)),
        },
        Kind::Simulated => Ok(Arc::new(
            Sim::named(&config.name, config.models.as_deref()).provider,
        )),
    }
}

/// One client for all providers, so that they share its connections and its certificates.
fn client(config: &Config) -> Result<reqwest::Client, ConfigError> {
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
