//! One provider of the configuration.

use std::collections::BTreeMap;
use std::time::Duration;

use llm_vitals_provider::Secret;
use reqwest::Url;
use serde::Deserialize;

use super::checked;
use super::env::{EnvSecret, EnvText};
use super::kind::Kind;
use super::units::Span;
use super::url::BaseUrl;

/// A provider as it is written in the file, under its name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderFile {
    kind: Kind,
    base_url: Option<BaseUrl>,
    key: Option<EnvSecret>,
    /// Instead of the list that the provider itself gives.
    models: Option<Vec<String>>,
    #[serde(default)]
    headers: BTreeMap<String, EnvText>,
    #[serde(default, deserialize_with = "checked::maybe_some_time")]
    timeout: Option<Span>,
    api_version: Option<String>,
}

/// A provider of the gateway.
#[derive(Clone)]
pub(crate) struct ProviderConfig {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Where its API begins; simulated providers have none.
    pub(crate) base_url: Option<Url>,
    pub(crate) key: Option<Secret>,
    pub(crate) models: Option<Vec<String>>,
    pub(crate) headers: Vec<(String, String)>,
    /// The time of an attempt, where it is not that of all providers.
    pub(crate) timeout: Option<Duration>,
    pub(crate) api_version: Option<String>,
}

impl ProviderConfig {
    /// Checks what is written under `name`.
    pub(crate) fn new(name: String, file: ProviderFile) -> Result<Self, String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
            let name: String = name.chars().take(64).collect();
            return Err(format!(
                "`{name}` is no name of a provider: write 1 to 64 letters, digits, `-`, `_` or `.`"
            ));
        }
        let base_url = file
            .base_url
            .map(|url| url.0)
            .or_else(|| default_url(file.kind))
            .filter(|_| file.kind != Kind::Simulated);
        if base_url.is_none() && file.kind != Kind::Simulated {
            let kind = file.kind.as_str();
            return Err(format!(
                "a provider of kind `{kind}` needs a base_url: there is no default"
            ));
        }
        Ok(Self {
            name,
            kind: file.kind,
            base_url,
            key: file.key.map(|key| key.0),
            models: file.models,
            headers: file
                .headers
                .into_iter()
                .map(|(name, value)| (name, value.0))
                .collect(),
            timeout: file.timeout.map(|timeout| timeout.0),
            api_version: file.api_version,
        })
    }

    /// A provider at its usual address.
    pub(crate) fn with_key(name: &str, kind: Kind, key: Secret) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            base_url: default_url(kind),
            key: Some(key),
            models: None,
            headers: Vec::new(),
            timeout: None,
            api_version: None,
        }
    }

    /// Whether requests to it may cost somebody money: a key is there, or headers that may hold one.
    pub(crate) fn has_secret(&self) -> bool {
        self.kind != Kind::Simulated && (self.key.is_some() || !self.headers.is_empty())
    }
}

fn default_url(kind: Kind) -> Option<Url> {
    kind.default_base_url().and_then(|url| Url::parse(url).ok())
}

impl std::fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("name", &self.name)
            .field("kind", &self.kind)
            // URL and headers may hold secrets of their own.
            .finish_non_exhaustive()
    }
}
