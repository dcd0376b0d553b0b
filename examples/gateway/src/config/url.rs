//! Where a provider's API begins.

use reqwest::Url;
use serde::de::{self, Deserialize, Deserializer};

use super::env::EnvText;

/// An URL of scheme `http` or `https`, with a host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct BaseUrl(pub(crate) Url);

impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = EnvText::deserialize(deserializer)?;
        // The text itself may hold a password.
        let wrong = || de::Error::custom("is no URL of an API: it must look like https://host/v1");
        let url = Url::parse(&text.0).map_err(|_| wrong())?;
        let is_http = matches!(url.scheme(), "http" | "https") && url.host().is_some();
        if is_http { Ok(Self(url)) } else { Err(wrong()) }
    }
}
