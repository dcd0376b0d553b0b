//! The one way in which receivers speak HTTP.
//!
//! One call is one attempt. What an answer means for the queue is decided here, once for all receivers:
//!
//! | answer | |
//! |---|---|
//! | 2xx | delivered |
//! | 408, 425, 429, 5xx | temporary, not before what `Retry-After` or `retry_after` in the body says |
//! | other statuses, redirects that are not followed | permanent |
//! | no connection, no name, a reset, a timeout | temporary |
//! | 2xx with a body that breaks off or is over 64 KiB | temporary where the receiver reads it, else delivered |
//! | a certificate that is not accepted | temporary: nothing was sent, and the server's owner can mend it without a change here |

mod answer;
mod redact;
mod retry_after;

use std::error::Error as _;
use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{
    Certificate, Client, Identity, Method, Proxy, Request, RequestBuilder, Response, Url,
};
use serde::Serialize;

pub(crate) use self::answer::HttpAnswer;
use self::redact::Redaction;
use super::config::HttpConfig;
use super::notifier::NotifyError;
use super::secret::Secret;

const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// No receiver has more to say; what is longer is not what was asked.
const MAX_BODY: usize = 64 * 1024;
const MAX_REDIRECTS: usize = 5;

/// A client for one receiver. Its errors show no address, no credentials and nothing that was given to [`hiding`](Self::hiding).
#[derive(Clone)]
pub(crate) struct HttpClient {
    client: Client,
    follows_redirects: bool,
    basic_auth: Option<(String, Secret)>,
    authorization: Option<(String, Secret)>,
    redaction: Redaction,
}

impl HttpClient {
    /// Reads the files that the settings name. Every error is permanent.
    pub(crate) fn new(config: &HttpConfig) -> Result<Self, NotifyError> {
        let timeout = config.timeout.unwrap_or(TIMEOUT);
        let mut builder = Client::builder()
            .user_agent(concat!("llm-vitals/", env!("CARGO_PKG_VERSION")))
            .timeout(timeout)
            .connect_timeout(CONNECT_TIMEOUT.min(timeout))
            // `send` follows them: a policy does not see the method.
            .redirect(Policy::none())
            .referer(false)
            .tls_danger_accept_invalid_certs(config.insecure_skip_verify);
        let mut redaction = Redaction::default();
        if let Some(url) = &config.proxy_url {
            let url = Url::parse(url.expose()).map_err(|_| wrong("proxy_url is not a URL"))?;
            redaction.hide_url(&url);
            let proxy = Proxy::all(url).map_err(|_| wrong("proxy_url is not one of a proxy"))?;
            builder = builder.proxy(proxy);
        }
        if let Some(path) = &config.ca_file {
            let certificates = Certificate::from_pem_bundle(&read(path)?).unwrap_or_default();
            if certificates.is_empty() {
                return Err(wrong(format!(
                    "no certificates in PEM in {}",
                    path.display()
                )));
            }
            builder = builder.tls_certs_merge(certificates);
        }
        if let Some((certificate, key)) = &config.cert_and_key {
            let mut pem = read(certificate)?;
            pem.push(b'\n');
            pem.extend(read(key)?);
            let identity = Identity::from_pem(&pem).map_err(|_| {
                let (certificate, key) = (certificate.display(), key.display());
                wrong(format!(
                    "no certificate with its key in {certificate} and {key}"
                ))
            })?;
            builder = builder.identity(identity);
        }
        for (_, secret) in [&config.basic_auth, &config.authorization]
            .into_iter()
            .flatten()
        {
            redaction.hide(secret.expose());
        }
        let client = builder.build().map_err(|error| {
            wrong(format!(
                "cannot set up TLS: {}",
                redaction.clean(&root(&error))
            ))
        })?;
        Ok(Self {
            client,
            follows_redirects: config.follow_redirects,
            basic_auth: config.basic_auth.clone(),
            authorization: config.authorization.clone(),
            redaction,
        })
    }

    /// Shows this in no error, also where an answer repeats it: keys that are sent in bodies or headers. Addresses are hidden anyway.
    #[must_use]
    pub(crate) fn hiding(mut self, secret: &Secret) -> Self {
        self.redaction.hide(secret.expose());
        self
    }

    /// A request with the credentials of the settings.
    pub(crate) fn request(
        &self,
        method: Method,
        url: &Secret,
    ) -> Result<RequestBuilder, NotifyError> {
        let url = Url::parse(url.expose())
            .map_err(|error| wrong(format!("the address is not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong("the address is not one of http or https"));
        }
        let request = self.client.request(method, url);
        if let Some((name, password)) = &self.basic_auth {
            return Ok(request.basic_auth(name, Some(password.expose())));
        }
        let Some((scheme, credentials)) = &self.authorization else {
            return Ok(request);
        };
        let text = format!("{scheme} {}", credentials.expose());
        let mut value = HeaderValue::from_str(text.trim())
            .map_err(|_| wrong("the credentials cannot stand in a header"))?;
        value.set_sensitive(true);
        Ok(request.header(AUTHORIZATION, value))
    }

    /// Posts JSON. An error unless the answer is 2xx.
    pub(crate) async fn post_json(
        &self,
        url: &Secret,
        body: &(impl Serialize + Sync),
    ) -> Result<HttpAnswer, NotifyError> {
        self.send(self.json(url, body)?).await
    }

    /// A post of JSON with the credentials of the settings.
    pub(crate) fn json(
        &self,
        url: &Secret,
        body: &impl Serialize,
    ) -> Result<RequestBuilder, NotifyError> {
        let body = serde_json::to_vec(body)
            .map_err(|error| wrong(format!("cannot write the message as JSON: {error}")))?;
        let request = self.request(Method::POST, url)?;
        Ok(request.header(CONTENT_TYPE, "application/json").body(body))
    }

    /// Sends a request to somebody who says all with the status: 2xx is delivered whatever comes after it. An error unless it is 2xx.
    pub(crate) async fn deliver(&self, request: RequestBuilder) -> Result<(), NotifyError> {
        let (response, redaction) = self.respond(request).await?;
        if response.status().is_success() {
            return Ok(());
        }
        read_answer(response, redaction)
            .await?
            .into_success()
            .map(drop)
    }

    /// Sends a request. An error unless the answer is 2xx.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<HttpAnswer, NotifyError> {
        self.exchange(request).await?.into_success()
    }

    /// Sends a request and gives back the answer whatever its status, for a caller that judges it itself.
    ///
    /// Redirects are followed to the same host and never from https to http; a request with a body only on 307 and 308, which keep it.
    pub(crate) async fn exchange(
        &self,
        request: RequestBuilder,
    ) -> Result<HttpAnswer, NotifyError> {
        let (response, redaction) = self.respond(request).await?;
        read_answer(response, redaction).await
    }

    /// Sends a request up to the beginning of the answer.
    async fn respond(&self, request: RequestBuilder) -> Result<(Response, Redaction), NotifyError> {
        let mut request = request.build().map_err(|error| {
            wrong(format!(
                "cannot make the request: {}",
                root(&error.without_url())
            ))
        })?;
        let mut redaction = self.redaction.clone();
        // Basic authentication as it is sent.
        let sent = request.headers().get(AUTHORIZATION);
        let sent = sent.and_then(|sent| sent.to_str().ok()?.split_once(' '));
        redaction.hide(sent.map_or("", |(_, credentials)| credentials));
        let mut redirects = 0;
        loop {
            redaction.hide_url(request.url());
            let again = request.try_clone();
            let from = request.url().clone();
            let response = self
                .client
                .execute(request)
                .await
                .map_err(|error| failure(&error, &redaction))?;
            match again.and_then(|again| self.redirected(again, &from, &response)) {
                Some(next) if redirects < MAX_REDIRECTS => request = next,
                _ => return Ok((response, redaction)),
            }
            redirects += 1;
        }
    }

    fn redirected(&self, mut again: Request, from: &Url, response: &Response) -> Option<Request> {
        let keeps_body = matches!(response.status().as_u16(), 307 | 308);
        let is_redirect = keeps_body || matches!(response.status().as_u16(), 301..=303);
        let has_no_body = matches!(*again.method(), Method::GET | Method::HEAD);
        if !self.follows_redirects || !is_redirect || !(keeps_body || has_no_body) {
            return None;
        }
        let to = from
            .join(response.headers().get(LOCATION)?.to_str().ok()?)
            .ok()?;
        let is_same = to.origin() == from.origin();
        let is_upgrade = (from.scheme(), to.scheme()) == ("http", "https")
            && to.host() == from.host()
            && (from.port(), to.port()) == (None, None);
        (is_same || is_upgrade).then(|| {
            *again.url_mut() = to;
            again
        })
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A client's own `Debug` may show its proxy.
        f.debug_struct("HttpClient")
            .field("redaction", &self.redaction)
            .finish_non_exhaustive()
    }
}

/// Reads the body. One that is too long or breaks off is an error after 2xx only: else the status says what is to be done.
async fn read_answer(
    mut response: Response,
    redaction: Redaction,
) -> Result<HttpAnswer, NotifyError> {
    let mut body = Vec::new();
    let is_success = response.status().is_success();
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) if is_success => return Err(failure(&error, &redaction)),
            Err(_) => break,
        };
        let room = MAX_BODY - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() <= room {
            continue;
        }
        if is_success {
            let message = "the answer is longer than 64 KiB";
            return Err(NotifyError::temporary("other", message));
        }
        break;
    }
    Ok(HttpAnswer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body,
        redaction,
    })
}

fn failure(error: &reqwest::Error, redaction: &Redaction) -> NotifyError {
    let cause = redaction.clean(&root(error));
    if error.is_timeout() {
        return NotifyError::temporary("timeout", "no answer in time");
    }
    if error.is_connect() {
        return NotifyError::temporary("connect", format!("cannot connect: {cause}"));
    }
    if error.is_builder() {
        return NotifyError::permanent("invalid", format!("cannot make the request: {cause}"));
    }
    NotifyError::temporary("connect", format!("the connection broke: {cause}"))
}

/// The innermost cause, which names no address, unlike what is around it.
fn root(error: &reqwest::Error) -> String {
    let Some(mut cause) = error.source() else {
        return "unknown".to_owned();
    };
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn read(path: &Path) -> Result<Vec<u8>, NotifyError> {
    fs::read(path).map_err(|error| wrong(format!("cannot read {}: {error}", path.display())))
}

fn wrong(message: impl Into<String>) -> NotifyError {
    NotifyError::permanent("invalid", message)
}

#[cfg(test)]
mod tests;
