//! Measures a typed service: anything from a request to an answer of a model.

use std::sync::Arc;

use metrics::SharedString;
use tower_layer::Layer;

use crate::classify::DefaultClassifier;
use crate::llm_metrics::LlmMetrics;
use crate::metrics::Scope;
use crate::provider::Family;
use crate::service::LlmMetricsService;

/// Applies [`LlmMetricsService`] to a service. See the [crate docs](crate) for an example.
#[derive(Clone, Debug)]
pub struct LlmMetricsLayer<C = DefaultClassifier> {
    family: Arc<Family>,
    scope: Scope,
    classifier: C,
}

impl LlmMetricsLayer {
    /// Creates a layer that counts calls to `provider`, with nothing to share: no prices, and no snapshot.
    /// [`LlmMetrics::layer`] makes one that has both.
    pub fn new(provider: impl Into<SharedString>) -> Self {
        LlmMetrics::new().layer(provider)
    }
}

impl<C> LlmMetricsLayer<C> {
    pub(crate) const fn of(family: Arc<Family>, scope: Scope, classifier: C) -> Self {
        Self {
            family,
            scope,
            classifier,
        }
    }

    /// Counts attempts and not calls: for the inside of a retry layer, where it writes no requests, tokens or cost.
    #[must_use]
    pub fn attempts(mut self) -> Self {
        self.scope = Scope::Attempts;
        self
    }

    /// Tells errors apart by `classifier`.
    pub fn with_classifier<D>(self, classifier: D) -> LlmMetricsLayer<D> {
        LlmMetricsLayer {
            family: self.family,
            scope: self.scope,
            classifier,
        }
    }
}

impl<S, C: Clone> Layer<S> for LlmMetricsLayer<C> {
    type Service = LlmMetricsService<S, C>;

    fn layer(&self, inner: S) -> Self::Service {
        LlmMetricsService::new(
            inner,
            Arc::clone(&self.family),
            self.scope,
            self.classifier.clone(),
        )
    }
}
