//! What the layers of one application share.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use llm_vitals_cost::PriceBook;
use metrics::{Label, SharedString};

use crate::classify::DefaultClassifier;
use crate::clock::Clock;
use crate::gauge_text::GaugeText;
use crate::http_layer::LlmHttpMetricsLayer;
use crate::layer::LlmMetricsLayer;
use crate::metrics::{IN_FLIGHT, METRICS, Scope, describe};
use crate::provider::{Core, Family, OTHER};
use crate::rate_limits;
use crate::snapshot::{ProviderMetrics, RequestMetrics, Snapshot};
use crate::window::Reading;

/// How many models of one provider become labels.
const MOST_MODELS: usize = 200;
/// How many providers become labels; more than that are one, `other`.
const MOST_PROVIDERS: usize = 100;

/// The measurements of one application: prices, admitted models, and what the snapshots show.
///
/// Cloning it is cheap, and every clone is the same. See the [crate docs](crate) for an example.
#[derive(Clone)]
pub struct LlmMetrics {
    core: Arc<Core>,
    providers: Arc<RwLock<BTreeMap<SharedString, Arc<Family>>>>,
    service: Arc<Family>,
}

/// The options of [`LlmMetrics`].
#[derive(Default)]
pub struct LlmMetricsBuilder {
    clock: Option<Clock>,
    prices: Option<Arc<dyn PriceBook>>,
    labels: Vec<Label>,
    window: Option<Duration>,
    most_models: Option<usize>,
    estimate: Option<f64>,
}

impl LlmMetrics {
    /// Creates measurements without prices: every cost is unknown.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Begins with the defaults.
    #[must_use]
    pub fn builder() -> LlmMetricsBuilder {
        LlmMetricsBuilder::default()
    }

    /// A layer that counts calls to `provider`.
    pub fn layer(&self, provider: impl Into<SharedString>) -> LlmMetricsLayer {
        LlmMetricsLayer::of(
            self.family(provider.into()),
            Scope::Calls,
            DefaultClassifier,
        )
    }

    /// A layer that counts HTTP exchanges with providers, told apart by their hosts.
    #[must_use]
    pub fn http_layer(&self) -> LlmHttpMetricsLayer {
        LlmHttpMetricsLayer::new(self.clone())
    }

    /// A layer that counts HTTP requests to the whole service, as [`service_layer`](Self::service_layer) counts typed ones.
    #[must_use]
    pub fn http_service_layer(&self) -> LlmHttpMetricsLayer {
        LlmHttpMetricsLayer::of_service(self.clone(), Arc::clone(&self.service))
    }

    /// A layer that counts requests to the whole service, for the outside of retries and fallbacks.
    #[must_use]
    pub fn service_layer(&self) -> LlmMetricsLayer {
        LlmMetricsLayer::of(Arc::clone(&self.service), Scope::Service, DefaultClassifier)
    }

    /// Admits the models of a provider's own list as labels.
    pub fn allow_models<'a>(
        &self,
        provider: impl Into<SharedString>,
        models: impl IntoIterator<Item = &'a str>,
    ) {
        self.family(provider.into()).allow(models);
    }

    /// The calls of every provider as they are now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let now = self
            .core
            .clock
            .nanos_between(self.core.start, self.core.clock.now());
        let mut all = Reading::new();
        let mut providers = BTreeMap::new();
        for (name, family) in &*self.read() {
            let mut one = Reading::new();
            family.state.window.read(now, &mut one);
            providers.insert(name.to_string(), ProviderMetrics::of(&one));
            all.merge(&one);
        }
        Snapshot {
            requests: RequestMetrics::of(&all),
            providers,
        }
    }

    /// Appends the calls in flight and the providers' rate limits in Prometheus' text format, for an exposition: gauges that
    /// belong to the layers and that no recorder is told of.
    pub fn render(&self, out: &mut String) {
        let providers = self.read();
        let mut out = GaugeText::new(out, &self.core.extra);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        let in_flight = providers
            .iter()
            .map(|(name, family)| ([("provider", &**name)], family.in_flight() as f64));
        out.family(IN_FLIGHT, in_flight);
        let states = providers
            .iter()
            .map(|(name, family)| (&**name, &family.state.rate_limits));
        rate_limits::render(states, &self.core.clock, &mut out);
    }

    pub(crate) fn family(&self, provider: SharedString) -> Arc<Family> {
        if let Some(family) = self.read().get(&provider) {
            return Arc::clone(family);
        }
        let mut providers = self
            .providers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let provider = if providers.len() < MOST_PROVIDERS || providers.contains_key(&provider) {
            provider
        } else {
            self.core.label_overflow("provider");
            SharedString::const_str(OTHER)
        };
        let family = providers
            .entry(provider.clone())
            .or_insert_with(|| Arc::new(Family::new(provider, Arc::clone(&self.core))));
        Arc::clone(family)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<SharedString, Arc<Family>>> {
        self.providers
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for LlmMetrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for LlmMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmMetrics")
            .field("core", &self.core)
            .field("providers", &self.read().keys())
            .finish_non_exhaustive()
    }
}

impl LlmMetricsBuilder {
    /// Takes the prices of calls.
    #[must_use]
    pub fn with_prices(mut self, prices: Arc<dyn PriceBook>) -> Self {
        self.prices = Some(prices);
        self
    }

    /// Takes another clock, for tests.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets the window of the snapshots' latencies and rates; 5 minutes unless set.
    #[must_use]
    pub fn with_window(mut self, window: Duration) -> Self {
        self.window = Some(window);
        self
    }

    /// Adds a constant label, such as `app` or `team`, to every series.
    ///
    /// Characters that no label's name may have become `_`; a name that the layers have themselves gets `exported_` before it,
    /// as Prometheus does.
    #[must_use]
    pub fn with_label(
        mut self,
        key: impl Into<SharedString>,
        value: impl Into<SharedString>,
    ) -> Self {
        self.labels.push(Label::new(label_name(&key.into()), value));
        self
    }

    /// Sets how many models of one provider become labels; 200 unless set.
    #[must_use]
    pub fn with_most_models(mut self, most: usize) -> Self {
        self.most_models = Some(most);
        self
    }

    /// Estimates token counts that a provider does not report, at so many characters a token (4 is usual for English).
    ///
    /// Such answers are counted as `source="estimated"`; their cost stays unknown.
    #[must_use]
    pub fn with_estimated_usage(mut self, chars_per_token: f64) -> Self {
        // Anything that is not a positive number would not be an estimate.
        self.estimate = (chars_per_token > 0.0).then_some(chars_per_token);
        self
    }

    /// Finishes, and tells the recorder the help texts.
    #[must_use]
    pub fn build(self) -> LlmMetrics {
        describe();
        let clock = self.clock.unwrap_or_default();
        let core = Arc::new(Core {
            start: clock.now(),
            clock,
            prices: self.prices,
            extra: self.labels,
            window: self.window.unwrap_or(Duration::from_secs(300)),
            most_models: self.most_models.unwrap_or(MOST_MODELS),
            estimate: self.estimate,
        });
        LlmMetrics {
            providers: Arc::default(),
            service: Arc::new(Family::new(SharedString::const_str(""), Arc::clone(&core))),
            core,
        }
    }
}

/// A name that a label of the application can have.
fn label_name(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = name.chars().map(fits).collect();
    let own = METRICS
        .iter()
        .flat_map(|(_, _, labels, _)| labels.split(", "));
    if own.chain(["le"]).any(|own| own == name) {
        format!("exported_{name}")
    } else if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    }
}

impl fmt::Debug for LlmMetricsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmMetricsBuilder").finish_non_exhaustive()
    }
}
