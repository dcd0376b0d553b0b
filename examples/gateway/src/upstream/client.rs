//! The client of one provider.

use std::sync::Arc;

use llm_vitals_provider::anthropic::Anthropic;
use llm_vitals_provider::gemini::Gemini;
use llm_vitals_provider::openai::OpenAi;
use llm_vitals_provider::{HttpOptions, Provider, ProviderError};

use crate::config::{Kind, ProviderConfig};
use crate::text::TextService;

/// A client of a provider.
pub(super) enum Client {
    OpenAi(Arc<OpenAi>),
    Other(Arc<dyn Provider>),
}

impl Client {
    /// Creates the client that `config` names; `None` for a simulated provider.
    pub(super) fn new(
        config: &ProviderConfig,
        http: HttpOptions,
    ) -> Result<Option<Self>, ProviderError> {
        // The builders share their methods by name alone.
        macro_rules! build {
            ($builder:expr) => {{
                let mut builder = $builder.with_name(&config.name).with_http(http);
                if let Some(base) = &config.base_url {
                    builder = builder.with_base_url(base.as_str());
                }
                if let Some(key) = &config.key {
                    builder = builder.with_key(key.clone());
                }
                for (name, value) in &config.headers {
                    builder = builder.with_header(name, value);
                }
                builder.build()?
            }};
        }
        Ok(Some(match config.kind {
            Kind::Simulated => return Ok(None),
            Kind::Anthropic => Self::Other(Arc::new(build!(Anthropic::builder()))),
            Kind::Gemini => Self::Other(Arc::new(build!(Gemini::builder()))),
            Kind::OpenAi(flavor) => {
                let mut openai = OpenAi::builder(flavor);
                if let Some(version) = &config.api_version {
                    openai = openai.with_api_version(version);
                }
                Self::OpenAi(Arc::new(build!(openai)))
            }
        }))
    }

    /// As any provider.
    pub(super) fn provider(&self) -> Arc<dyn Provider> {
        match self {
            Self::OpenAi(openai) => openai.clone(),
            Self::Other(provider) => Arc::clone(provider),
        }
    }

    /// How completions of text are asked for.
    pub(super) fn text(&self) -> TextService {
        match self {
            Self::OpenAi(openai) => TextService::Own(Arc::clone(openai)),
            Self::Other(provider) => TextService::Chat(Arc::clone(provider)),
        }
    }

    /// Whether the usage of streams may be asked for.
    pub(super) fn asks_usage(&self) -> bool {
        match self {
            Self::OpenAi(openai) => openai.flavor().reports_stream_usage_when_asked(),
            Self::Other(_) => true,
        }
    }
}
