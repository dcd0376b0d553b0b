//! The headers with which a provider knows the gateway.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use llm_vitals_provider::openai::Flavor;

use crate::config::{ConfigError, Kind, ProviderConfig};

/// The key in the provider's own way, and the headers of the configuration.
pub(crate) fn headers(config: &ProviderConfig) -> Result<HeaderMap, ConfigError> {
    let name = &config.name;
    let mut headers = HeaderMap::new();
    if let Some(key) = &config.key {
        let key = key.expose();
        let (header, value) = match config.kind {
            Kind::OpenAi(Flavor::Azure) => (HeaderName::from_static("api-key"), key.to_owned()),
            Kind::Anthropic => (HeaderName::from_static("x-api-key"), key.to_owned()),
            Kind::Gemini => (HeaderName::from_static("x-goog-api-key"), key.to_owned()),
            Kind::OpenAi(_) | Kind::Simulated => (AUTHORIZATION, format!("Bearer {key}")),
        };
        let value = secret(&value).ok_or_else(|| {
            ConfigError::new(format!(
                "the key of provider `{name}` cannot be sent: is there a line end in it?"
            ))
        })?;
        headers.insert(header, value);
    }
    for (header, value) in &config.headers {
        let pair = HeaderName::try_from(header.as_str())
            .ok()
            .zip(secret(value));
        let (header, value) = pair.ok_or_else(|| {
            ConfigError::new(format!("the header `{header}` of provider `{name}` cannot be sent: check its name and value"))
        })?;
        headers.insert(header, value);
    }
    Ok(headers)
}

/// A value that no `Debug` shows.
fn secret(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}
