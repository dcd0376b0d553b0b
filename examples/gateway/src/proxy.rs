//! Any other path of a provider, passed on as it is: `/proxy/PROVIDER/PATH`.
//!
//! Method, path, query and body go out as they came in, and the answer comes back byte for byte. The client's key is
//! replaced by the gateway's own. Nothing is tried again: the body is not kept.

mod body;
mod client;
mod reply;
mod url;

use std::time::Duration;

use http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use llm_vitals_provider::wire::{self, Route};
use llm_vitals_provider::{ErrorKind, Operation, ProviderError};
use llm_vitals_tower::{LlmHttpMetricsService, LlmMetrics, LlmRequest};
use reqwest::{Client, Url};
use tower::{Service as _, ServiceBuilder};

use crate::access::KEY_HEADERS;
use crate::body::pieces;
use crate::config::Kind;

use self::client::ProxyClient;

pub(crate) use self::reply::ProxyReply;

/// Headers that are between two neighbours, and not between the client and the provider.
const HOP_BY_HOP: [&str; 9] = [
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Passes requests on to one provider.
#[derive(Clone)]
pub(crate) struct Proxy {
    service: LlmHttpMetricsService<LlmHttpMetricsService<ProxyClient>>,
    kind: Kind,
    base: Url,
    headers: HeaderMap,
}

/// A request to be passed on.
pub(crate) struct ProxyRequest {
    pub(crate) provider: usize,
    pub(crate) method: Method,
    /// The path after the provider's name and its query, as they were sent.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: axum::body::Body,
    /// The longest body.
    pub(crate) limit: usize,
}

impl LlmRequest for ProxyRequest {
    fn model(&self) -> &str {
        ""
    }

    fn operation(&self) -> Operation {
        self.route().operation
    }
}

impl ProxyRequest {
    fn route(&self) -> Route<'_> {
        wire::route(None, &self.path)
    }
}

impl Proxy {
    /// Creates the way to the API that begins at `base`; `headers` go with each request.
    pub(crate) fn new(
        http: Client,
        kind: Kind,
        base: &Url,
        headers: HeaderMap,
        metrics: &LlmMetrics,
        name: &str,
        timeout: Duration,
    ) -> Self {
        let layer = metrics.http_layer().with_provider(name.to_owned());
        let service = ServiceBuilder::new()
            .layer(layer.clone())
            .layer(layer.attempts())
            .service(ProxyClient::new(http, timeout));
        Self {
            service,
            kind,
            base: base.clone(),
            headers,
        }
    }

    /// Sends the request and waits for the head of its answer.
    pub(crate) async fn pass(&self, request: ProxyRequest) -> Result<ProxyReply, ProviderError> {
        let route = request.route();
        let (dialect, operation) = (route.dialect, route.operation);
        let url =
            url::join(&self.base, &request.path, self.kind == Kind::Gemini).ok_or_else(|| {
                ProviderError::new(
                    ErrorKind::InvalidRequest,
                    "the path cannot be passed on: it must not hold `.` or `..`",
                )
            })?;
        let has_body = request.headers.contains_key(CONTENT_LENGTH)
            || request
                .headers
                .contains_key(http::header::TRANSFER_ENCODING);
        let mut sent = reqwest::Request::new(request.method, url);
        *sent.headers_mut() = self.headers_out(request.headers);
        if has_body {
            *sent.body_mut() = Some(reqwest::Body::wrap_stream(pieces(
                request.body,
                request.limit,
            )));
        }
        let response = self.service.clone().call(sent).await?;
        let mut response: http::Response<reqwest::Body> = response.into();
        without_hops(response.headers_mut());
        Ok(ProxyReply::new(response, dialect, operation))
    }

    /// The client's headers, with the gateway's key in place of its own.
    fn headers_out(&self, mut headers: HeaderMap) -> HeaderMap {
        without_hops(&mut headers);
        for name in [HOST, AUTHORIZATION, COOKIE] {
            headers.remove(name);
        }
        for name in KEY_HEADERS {
            headers.remove(name);
        }
        if self.kind == Kind::Anthropic {
            headers
                .entry(HeaderName::from_static("anthropic-version"))
                .or_insert(HeaderValue::from_static("2023-06-01"));
        }
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        headers
    }
}

/// Removes what is between two neighbours only.
fn without_hops(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    headers.remove(CONNECTION);
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_headers_stay_between_neighbours() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Mine"),
            ("x-mine", "1"),
            ("transfer-encoding", "chunked"),
            ("te", "trailers"),
            ("openai-beta", "x"),
            ("content-type", "application/json"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        without_hops(&mut headers);
        let left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        assert_eq!(left, ["openai-beta", "content-type"]);
    }
}
