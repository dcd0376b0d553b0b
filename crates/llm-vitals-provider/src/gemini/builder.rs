//! What a [`Gemini`] is built from.

use crate::error::ProviderError;
use crate::gemini::Gemini;
use crate::http::{Auth, Settings, Transport, settings_methods};

/// What a [`Gemini`] is built from.
#[derive(Clone)]
pub struct GeminiBuilder {
    settings: Settings,
}

settings_methods!(GeminiBuilder);

impl GeminiBuilder {
    pub(super) fn new() -> Self {
        Self {
            settings: Settings::new("gemini"),
        }
    }

    /// Creates the client. No connection is opened yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) for a base URL, key or header that cannot be used;
    /// [`ErrorKind::Other`](crate::ErrorKind::Other) when TLS cannot be set up.
    pub fn build(self) -> Result<Gemini, ProviderError> {
        let url = Some("https://generativelanguage.googleapis.com/v1beta");
        let key = Auth::Header("x-goog-api-key");
        Ok(Gemini::new(Transport::new(self.settings, url, key, &[])?))
    }
}
