//! What an [`OpenAi`] is built from.

use crate::error::ProviderError;
use crate::http::{Auth, Settings, Transport, settings_methods};
use crate::openai::{Flavor, OpenAi};

/// The latest stable version of Azure's API that names deployments in its paths.
const API_VERSION: &str = "2024-10-21";

/// What an [`OpenAi`] is built from. It is named after its flavor and asks the flavor's own server, unless told otherwise.
#[derive(Clone)]
pub struct OpenAiBuilder {
    settings: Settings,
    flavor: Flavor,
    api_version: String,
}

settings_methods!(OpenAiBuilder);

impl OpenAiBuilder {
    pub(super) fn new(flavor: Flavor) -> Self {
        Self {
            settings: Settings::new(flavor.as_str()),
            flavor,
            api_version: API_VERSION.to_owned(),
        }
    }

    /// Sets the version of Azure's API; `2024-10-21` when not set. No effect on another flavor.
    #[must_use]
    pub fn with_api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = version.into();
        self
    }

    /// Creates the client. No connection is opened yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a base URL, key or header that cannot be used, or
    /// when the flavor has no default base URL and none is given; [`ErrorKind::Other`](crate::ErrorKind::Other) when TLS
    /// cannot be set up.
    pub fn build(self) -> Result<OpenAi, ProviderError> {
        let azure = self.flavor.quirks().azure;
        let auth = if azure {
            Auth::Header("api-key")
        } else {
            Auth::Bearer
        };
        let default_url = self.flavor.default_base_url();
        let transport = Transport::new(self.settings, default_url, auth, &[])?;
        let version = azure.then_some(self.api_version);
        Ok(OpenAi::new(transport, self.flavor, version))
    }
}
