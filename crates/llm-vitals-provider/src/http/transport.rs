//! Sends requests and waits for the response's head.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;

use crate::error::ProviderError;
use crate::http::answer::Answer;
use crate::http::peer::Peer;
use crate::http::{HttpOptions, Settings};
use crate::kind::ErrorKind;
use crate::secret::Secret;

/// How the key is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Auth {
    /// `Authorization: Bearer KEY`.
    #[cfg_attr(
        not(feature = "openai"),
        expect(dead_code, reason = "only OpenAI's way")
    )]
    Bearer,
    /// The key alone in a header of this name.
    Header(&'static str),
}

/// Sends requests to one server and waits for the heads of its responses.
#[derive(Clone)]
pub(crate) struct Transport {
    peer: Arc<Peer>,
    http: reqwest::Client,
    base: Url,
    headers: HeaderMap,
    options: HttpOptions,
}

impl Transport {
    /// Checks `settings` and opens no connection yet. `headers` come before those of the settings, which win.
    pub(crate) fn new(
        settings: Settings,
        default_url: Option<&str>,
        auth: Auth,
        headers: &[(&'static str, &'static str)],
    ) -> Result<Self, ProviderError> {
        let mut peer = Peer::new(settings.name);
        if let Some(key) = &settings.key {
            peer.hide(key.expose());
        }
        for (name, value) in &settings.headers {
            // `Bearer KEY` holds a key after a word; what is shorter is a switch and no key.
            let parts = [value.as_str(), value.rsplit(' ').next().unwrap_or_default()];
            for part in parts
                .iter()
                .filter(|part| is_secret(name) && part.len() >= 6)
            {
                peer.hide(part);
            }
        }
        let invalid = |message: &str| peer.error(ErrorKind::InvalidRequest, message);
        let Some(base) = settings.base_url.as_deref().or(default_url) else {
            return Err(invalid(
                "has no base URL: give one, there is no default for this server",
            ));
        };
        let base = Url::parse(base)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
            .ok_or_else(|| invalid("the base URL is none: it must look like https://host/v1"))?;
        let mut all = HeaderMap::new();
        for &(name, value) in headers {
            all.insert(name, HeaderValue::from_static(value));
        }
        if let Some(key) = &settings.key {
            let (name, value) = auth.header(key);
            let value = value.ok_or_else(|| {
                invalid("the key holds what no header can carry: is there a line end in it?")
            })?;
            all.insert(name, value);
        }
        for (name, value) in &settings.headers {
            let header = HeaderName::try_from(name.as_str())
                .ok()
                .zip(sensitive(value));
            let (name, value) = header.ok_or_else(|| {
                invalid(&format!(
                    "the header {name} cannot be sent: check its name and its value"
                ))
            })?;
            all.insert(name, value);
        }
        let http = settings.http.http_client()?;
        let options = settings.http;
        Ok(Self {
            peer: Arc::new(peer),
            http,
            base,
            headers: all,
            options,
        })
    }

    /// The provider's name.
    pub(crate) fn name(&self) -> &str {
        &self.peer.name
    }

    /// Creates an error that names the provider.
    pub(crate) fn error(&self, kind: ErrorKind, message: &str) -> ProviderError {
        self.peer.error(kind, message)
    }

    /// The base URL with `path` added, each element of it quoted.
    pub(crate) fn url<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.base.clone();
        // Only an URL without a host has no path, and those are refused.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Asks for `url`.
    pub(crate) async fn get(&self, url: Url) -> Result<Answer, ProviderError> {
        self.send(self.http.get(url)).await
    }

    /// Sends `body` as JSON to `url`.
    pub(crate) async fn post(
        &self,
        url: Url,
        body: &(impl Serialize + Sync),
    ) -> Result<Answer, ProviderError> {
        let body = serde_json::to_vec(body).map_err(|error| {
            let message = format!("the request cannot be written as JSON: {error}");
            self.error(ErrorKind::InvalidRequest, &message)
        })?;
        let json = HeaderValue::from_static("application/json");
        self.send(self.http.post(url).header(CONTENT_TYPE, json).body(body))
            .await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, ProviderError> {
        let sent = request.headers(self.headers.clone()).send();
        let wait = self.options.first_byte_timeout();
        let response = match tokio::time::timeout(wait, sent).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.peer.broken(error, "no answer")),
            Err(elapsed) => {
                let message =
                    format!("no answer within {wait:?}: see HttpOptions::with_first_byte_timeout");
                return Err(self
                    .error(ErrorKind::Timeout, &message)
                    .with_source(elapsed));
            }
        };
        Answer::new(response, Arc::clone(&self.peer), self.options.clone())
            .succeeded()
            .await
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("name", &self.peer.name)
            // User, password and query of the URL may be secrets.
            .field("origin", &self.base.origin().ascii_serialization())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Auth {
    /// The header that carries `key`; no value when no header can.
    fn header(self, key: &Secret) -> (HeaderName, Option<HeaderValue>) {
        match self {
            Self::Bearer => (
                reqwest::header::AUTHORIZATION,
                sensitive(&format!("Bearer {}", key.expose())),
            ),
            Self::Header(name) => (HeaderName::from_static(name), sensitive(key.expose())),
        }
    }
}

/// Whether a header of this name carries a key.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["auth", "key", "token", "secret", "cookie", "password"]
        .iter()
        .any(|word| name.contains(word))
}

/// A header's value that no `Debug` shows.
fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}
