//! The recorder behind the facade.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use metrics_exporter_prometheus::PrometheusRecorder;
use metrics_exporter_prometheus::formatting::sanitize_metric_name;

use crate::histogram::Histograms;

/// A recorder that leaves counters and gauges to the exporter's and keeps histograms itself.
///
/// [`Prometheus`](crate::Prometheus) makes it together with its exposition.
pub struct Recorder {
    inner: PrometheusRecorder,
    histograms: Arc<Histograms>,
    helps: Arc<Helps>,
}

/// The help texts, by the name of the family.
#[derive(Debug, Default)]
pub(crate) struct Helps(RwLock<HashMap<String, Box<str>>>);

impl Helps {
    fn set(&self, name: &str, help: &str) {
        let mut helps = self.0.write().unwrap_or_else(PoisonError::into_inner);
        helps.insert(sanitize_metric_name(name), help.into());
    }

    pub(crate) fn of(&self, name: &str) -> Option<Box<str>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }
}

impl Recorder {
    pub(crate) fn new(
        inner: PrometheusRecorder,
        histograms: Arc<Histograms>,
        helps: Arc<Helps>,
    ) -> Self {
        Self {
            inner,
            histograms,
            helps,
        }
    }
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, key: KeyName, _: Option<Unit>, description: SharedString) {
        self.helps.set(key.as_str(), &description);
    }

    fn describe_gauge(&self, key: KeyName, _: Option<Unit>, description: SharedString) {
        self.helps.set(key.as_str(), &description);
    }

    fn describe_histogram(&self, key: KeyName, _: Option<Unit>, description: SharedString) {
        self.helps.set(key.as_str(), &description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        self.inner.register_counter(key, metadata)
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        self.inner.register_gauge(key, metadata)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.histograms.of(key))
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}
