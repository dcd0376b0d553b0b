//! Where a provider's API begins.

use reqwest::Url;
use serde::de::{self, Deserialize, Deserializer};

use super::env::EnvText;

/// An URL of scheme `http` or `https`, with a host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct BaseUrl(pub(crate) Url);

/// Whether a parameter of this name holds a key.
fn is_key(name: &str) -> bool {
    ["key", "token", "secret", "password"]
        .iter()
        .any(|word| name.contains(word))
}

impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = EnvText::deserialize(deserializer)?;
        // The text itself may hold a password.
        let wrong = || de::Error::custom("is no URL of an API: it must look like https://host/v1");
        let url = Url::parse(&text.0).map_err(|_| wrong())?;
        let is_http = matches!(url.scheme(), "http" | "https") && url.host().is_some();
        if !is_http {
            return Err(wrong());
        }
        let has_user = !url.username().is_empty() || url.password().is_some();
        let has_key = url
            .query_pairs()
            .any(|(name, _)| is_key(&name.to_ascii_lowercase()));
        if has_user || has_key {
            return Err(de::Error::custom(
                "holds a key or a password: put the key under `key`, and leave it out of base_url",
            ));
        }
        Ok(Self(url))
    }
}
