//! What an [`Anthropic`] is built from.

use crate::anthropic::Anthropic;
use crate::error::ProviderError;
use crate::http::{Auth, Settings, Transport, settings_methods};

/// The limit on completion tokens of a request that has none. Every model allows it.
pub const DEFAULT_MAX_TOKENS: u64 = 4096;

/// What an [`Anthropic`] is built from.
#[derive(Clone)]
pub struct AnthropicBuilder {
    settings: Settings,
    max_tokens: u64,
}

settings_methods!(AnthropicBuilder);

impl AnthropicBuilder {
    pub(super) fn new() -> Self {
        Self {
            settings: Settings::new("anthropic"),
            max_tokens: DEFAULT_MAX_TOKENS,
        }
    }

    /// Sets the limit on completion tokens of a request that has none; [`DEFAULT_MAX_TOKENS`] when not set.
    #[must_use]
    pub const fn with_default_max_tokens(mut self, tokens: u64) -> Self {
        self.max_tokens = tokens;
        self
    }

    /// Creates the client. No connection is opened yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a base URL, key or header that cannot be used;
    /// [`ErrorKind::Other`](crate::ErrorKind::Other) when TLS cannot be set up.
    pub fn build(self) -> Result<Anthropic, ProviderError> {
        let url = Some("https://api.anthropic.com/v1");
        let version = [("anthropic-version", "2023-06-01")];
        let transport = Transport::new(self.settings, url, Auth::Header("x-api-key"), &version)?;
        Ok(Anthropic::new(transport, self.max_tokens))
    }
}
