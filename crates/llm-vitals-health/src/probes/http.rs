//! Whether a URL answers.

use std::fmt;
use std::ops::RangeInclusive;

use async_trait::async_trait;
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use crate::cause::Cause;
use crate::passive::Outcome;
use crate::probe::Probe;
use crate::report::{IntoReport as _, Report};

/// Whether a URL answers with a status that is fine, over connections of the probe's own. The body is not read, and redirects
/// are not followed.
///
/// 200 to 399 is up, as Kubernetes has it, unless set otherwise. Of the rest, 401, 402, 403 and 429 are degraded: it is there
/// and does not want us; anything else is down.
#[derive(Clone)]
pub struct HttpProbe {
    client: Client,
    url: Url,
    method: Method,
    headers: HeaderMap,
    fine: RangeInclusive<u16>,
}

/// Why there is no such probe.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum HttpProbeError {
    /// The URL is none, or neither http nor https.
    #[error("cannot check a URL that is not http or https: write http://HOST/PATH")]
    Url,
    /// A header's name or value has bytes that none may have. The value is not told: it may be a secret.
    #[error("cannot send the header {0:?} with a check: its name or value has forbidden bytes")]
    Header(String),
    /// TLS could not be set up.
    #[error("cannot set up an HTTP client for a check")]
    Client,
}

impl HttpProbe {
    /// Asks a URL with `GET`.
    ///
    /// # Errors
    ///
    /// When the URL is none, or TLS cannot be set up.
    pub fn new(url: &str) -> Result<Self, HttpProbeError> {
        let url = Url::parse(url).map_err(|_| HttpProbeError::Url)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(HttpProbeError::Url);
        }
        let client = Client::builder()
            .redirect(Policy::none())
            .build()
            .map_err(|_| HttpProbeError::Client)?;
        Ok(Self {
            client,
            url,
            method: Method::GET,
            headers: HeaderMap::new(),
            fine: 200..=399,
        })
    }

    /// Asks with `HEAD`.
    #[must_use]
    pub fn with_head(mut self) -> Self {
        self.method = Method::HEAD;
        self
    }

    /// Sends a header, such as `Authorization`.
    ///
    /// # Errors
    ///
    /// When its name or value has bytes that none may have.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, HttpProbeError> {
        let bad = || HttpProbeError::Header(name.to_owned());
        let key = HeaderName::try_from(name).map_err(|_| bad())?;
        let mut value = HeaderValue::try_from(value).map_err(|_| bad())?;
        value.set_sensitive(true);
        self.headers.insert(key, value);
        Ok(self)
    }

    /// Sets which statuses are fine.
    #[must_use]
    pub const fn with_fine_statuses(mut self, statuses: RangeInclusive<u16>) -> Self {
        self.fine = statuses;
        self
    }
}

#[async_trait]
impl Probe for HttpProbe {
    async fn check(&self) -> Report {
        let request = self
            .client
            .request(self.method.clone(), self.url.clone())
            .headers(self.headers.clone());
        match request.send().await {
            Ok(response) if self.fine.contains(&response.status().as_u16()) => Report::up(),
            Ok(response) => judge(response.status(), response.headers()).into_report(),
            Err(error) if error.is_timeout() => Report::down(Cause::Timeout),
            Err(error) if error.is_connect() => Report::down(Cause::Connect),
            Err(_) => Report::down(Cause::BadAnswer),
        }
    }
}

impl fmt::Debug for HttpProbe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a key.
        f.debug_struct("HttpProbe")
            .field("host", &self.url.host_str())
            .finish_non_exhaustive()
    }
}

fn judge(status: StatusCode, headers: &HeaderMap) -> Outcome {
    match status.as_u16() {
        401 | 403 => Outcome::Refused(Cause::Auth),
        402 => Outcome::Refused(Cause::Quota),
        429 => Outcome::Throttled { retry_after: None },
        503 if headers.contains_key(RETRY_AFTER) => Outcome::Throttled { retry_after: None },
        503 | 529 => Outcome::Failed(Cause::Overloaded),
        408 | 504 => Outcome::Failed(Cause::Timeout),
        500..=599 => Outcome::Failed(Cause::Server),
        _ => Outcome::Failed(Cause::BadAnswer),
    }
}
