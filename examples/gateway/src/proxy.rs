//! Any other path of a provider, passed on as it is: `/proxy/PROVIDER/PATH`.
//!
//! Method, path, query and body go out as they came in, and the answer comes back byte for byte. The client's key is
//! replaced by the gateway's own, and answers are not asked for compressed. Nothing is tried again: the body is not kept.

mod body;
mod error;
mod mask;
mod place;
mod url;

use std::time::Duration;

use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::BodyExt as _;
use llm_vitals_provider::{ErrorKind, ProviderError};
use llm_vitals_tower::LlmMetrics;
use reqwest::{Client, Request, Response, Url};
use tower::util::BoxCloneSyncService;
use tower::{ServiceBuilder, ServiceExt as _};

use crate::access::KEY_HEADERS;
use crate::config::Kind;
use crate::deadline::DeadlineLayer;
use crate::gate::Gate;
use crate::upload::Upload;

use self::error::broken;
use self::place::PlaceLayer;

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
    /// Service metrics -> gate -> calls -> attempts -> timeout -> client.
    service: BoxCloneSyncService<Request, Response, ProviderError>,
    kind: Kind,
    base: Url,
    headers: HeaderMap,
    /// What refusals must not repeat.
    secrets: Vec<Vec<u8>>,
}

/// What the ways to all providers have in common.
#[derive(Clone)]
pub(crate) struct ProxyOptions<'a> {
    pub(crate) http: &'a Client,
    pub(crate) gate: &'a Gate,
    pub(crate) metrics: &'a LlmMetrics,
}

impl Proxy {
    /// Creates the way to the API that begins at `base`; `headers` go with each request.
    pub(crate) fn new(
        options: &ProxyOptions<'_>,
        name: &str,
        kind: Kind,
        base: &Url,
        headers: HeaderMap,
        timeout: Duration,
    ) -> Self {
        let metrics = options.metrics;
        let calls = metrics.http_layer().with_provider(name.to_owned());
        let provider = name.to_owned();
        let service = ServiceBuilder::new()
            .layer(metrics.http_service_layer())
            .layer(PlaceLayer(options.gate.clone()))
            .layer(calls.clone())
            .layer(calls.attempts())
            .map_err(move |error: ProviderError| error.with_provider(&*provider))
            .layer(DeadlineLayer(timeout))
            .map_err(broken)
            .service(options.http.clone());
        Self {
            service: BoxCloneSyncService::new(service),
            kind,
            base: base.clone(),
            secrets: mask::secrets(&headers),
            headers,
        }
    }

    /// The request as it goes out: `path` is what the client sent after the provider's name, with its query.
    pub(crate) fn request(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        upload: Upload,
    ) -> Result<Request, ProviderError> {
        let url = url::join(&self.base, path, self.kind == Kind::Gemini).ok_or_else(|| {
            ProviderError::new(
                ErrorKind::InvalidRequest,
                "the path cannot be passed on: it must not hold `.`, `..` or a backslash, quoted or not",
            )
        })?;
        let has_body =
            headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
        let mut request = Request::new(method, url);
        *request.headers_mut() = self.headers_out(headers);
        if has_body {
            let pieces = upload.into_data_stream();
            *request.body_mut() = Some(reqwest::Body::wrap_stream(pieces));
        }
        Ok(request)
    }

    /// Sends the request and waits for the head of its answer, and for all of a short refusal, in which the provider's key is
    /// masked.
    pub(crate) async fn pass(
        &self,
        request: Request,
    ) -> Result<http::Response<reqwest::Body>, ProviderError> {
        let response = self.service.clone().oneshot(request).await?;
        let mut response: http::Response<reqwest::Body> = response.into();
        let headers = response.headers_mut();
        // Of two lengths, the one that is not there in advance counts.
        if headers.contains_key(TRANSFER_ENCODING) {
            headers.remove(CONTENT_LENGTH);
        }
        without_hops(headers);
        Ok(mask::masked(response, &self.secrets).await)
    }

    /// The client's headers, with the gateway's key in place of its own.
    fn headers_out(&self, mut headers: HeaderMap) -> HeaderMap {
        without_hops(&mut headers);
        // What is compressed could not be read on the way: its tokens and its cost would be lost.
        for name in [HOST, AUTHORIZATION, COOKIE, ACCEPT_ENCODING] {
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
