//! Measures plain HTTP traffic to models: what passes by says whose it is, which model, and what it used.

#[cfg(feature = "reqwest")]
mod any_request;
mod body;
mod exchange;
mod future;
#[cfg(feature = "reqwest")]
mod reqwest;
mod service;
mod watch;

use std::sync::Arc;

use metrics::SharedString;
use tower_layer::Layer;

use crate::classify::DefaultClassifier;
use crate::llm_metrics::LlmMetrics;
use crate::metrics::Scope;
use crate::provider::Family;

#[cfg(feature = "reqwest")]
pub use self::any_request::{AnyRequestMetricsLayer, AnyRequestMetricsService};
pub use self::body::Tapped;
pub use self::future::HttpResponseFuture;
pub use self::service::LlmHttpMetricsService;

/// Applies [`LlmHttpMetricsService`] to a service of HTTP requests: a client, a proxy, or a server.
///
/// The provider is told by the host, unless [`with_provider`](Self::with_provider) names it; the operation by the path; the
/// model by the path or the request's body; tokens by the response's body. A host that is not known is the provider
/// `other`. [`LlmMetrics::http_layer`] makes one.
///
/// ```
/// use bytes::Bytes;
/// use http_body_util::{BodyExt, Full};
/// use llm_vitals_tower::LlmMetrics;
/// use tower::{Layer, Service, service_fn};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let metrics = LlmMetrics::new();
/// // Stands for a client: the layer does not care what is inside.
/// let client = service_fn(async |_: http::Request<_>| {
///     let answer = r#"{"model":"gpt-x","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5}}"#;
///     let response = http::Response::builder().header("content-type", "application/json");
///     response.body(Full::new(Bytes::from_static(answer.as_bytes())))
/// });
/// let mut client = metrics.http_layer().layer(client);
///
/// let body = Full::new(Bytes::from_static(br#"{"model":"gpt-x","messages":[]}"#));
/// let request = http::Request::post("https://api.openai.com/v1/chat/completions").body(body)?;
/// client.call(request).await?.into_body().collect().await?;
/// assert_eq!(metrics.snapshot().providers["openai"].token_usage.total, 8);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct LlmHttpMetricsLayer<C = DefaultClassifier> {
    target: Target,
    classifier: C,
}

/// Where the exchanges of a layer are recorded.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    metrics: LlmMetrics,
    provider: Option<Arc<Family>>,
    scope: Scope,
}

impl LlmHttpMetricsLayer {
    pub(crate) fn new(metrics: LlmMetrics) -> Self {
        Self {
            target: Target {
                metrics,
                provider: None,
                scope: Scope::Calls,
            },
            classifier: DefaultClassifier,
        }
    }

    pub(crate) fn of_service(metrics: LlmMetrics, service: Arc<Family>) -> Self {
        Self {
            target: Target {
                metrics,
                provider: Some(service),
                scope: Scope::Service,
            },
            classifier: DefaultClassifier,
        }
    }
}

impl<C> LlmHttpMetricsLayer<C> {
    /// Names the provider, whatever the host is.
    #[must_use]
    pub fn with_provider(mut self, provider: impl Into<SharedString>) -> Self {
        self.target.provider = Some(self.target.metrics.family(provider.into()));
        self
    }

    /// Counts attempts and not calls: for the inside of a retry layer, where it writes no requests, tokens or cost.
    #[must_use]
    pub fn attempts(mut self) -> Self {
        self.target.scope = Scope::Attempts;
        self
    }

    /// Tells errors of the inner service apart by `classifier`. An HTTP status is no error of the service: it is classified
    /// by itself and the body that comes with it.
    pub fn with_classifier<D>(self, classifier: D) -> LlmHttpMetricsLayer<D> {
        LlmHttpMetricsLayer {
            target: self.target,
            classifier,
        }
    }

    /// Measures a service whose requests cannot be looked into, such as async-openai's `HttpRequestFactory`: everything is
    /// told by the `reqwest::Response`. A request without a response counts for the provider that
    /// [`with_provider`](Self::with_provider) named, with the operation `other`.
    #[cfg(feature = "reqwest")]
    #[must_use]
    pub fn any_request(self) -> AnyRequestMetricsLayer<C> {
        AnyRequestMetricsLayer::new(self.target, self.classifier)
    }
}

impl<S, C: Clone> Layer<S> for LlmHttpMetricsLayer<C> {
    type Service = LlmHttpMetricsService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        LlmHttpMetricsService::new(inner, self.target.clone(), self.classifier.clone())
    }
}

impl Target {
    /// The series of a provider that a host stands for.
    fn family(&self, by_host: Option<&'static str>) -> Arc<Family> {
        match (&self.provider, by_host) {
            (Some(provider), _) => Arc::clone(provider),
            (None, Some(name)) => self.metrics.family(SharedString::const_str(name)),
            (None, None) => self
                .metrics
                .family(SharedString::const_str(crate::provider::OTHER)),
        }
    }
}
