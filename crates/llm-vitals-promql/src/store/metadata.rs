//! What expositions say of their metrics.

use super::Store;

/// Type, help text and unit of a metric.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Its type.
    pub metric_type: MetricType,
    /// Its help text, empty if there is none.
    pub help: Box<str>,
    /// Its unit, empty if there is none.
    pub unit: Box<str>,
}

/// The type of a metric.
#[expect(missing_docs, reason = "each is its name")]
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MetricType {
    Counter,
    Gauge,
    Histogram,
    GaugeHistogram,
    Summary,
    Info,
    StateSet,
    #[default]
    Unknown,
}

impl MetricType {
    /// The name that expositions give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Summary => "summary",
            Self::Info => "info",
            Self::StateSet => "stateset",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "counter" => Self::Counter,
            "gauge" => Self::Gauge,
            "histogram" => Self::Histogram,
            "gaugehistogram" => Self::GaugeHistogram,
            "summary" => Self::Summary,
            "info" => Self::Info,
            "stateset" => Self::StateSet,
            "unknown" | "untyped" => Self::Unknown,
            _ => return None,
        })
    }
}

/// Families that are remembered, and characters of a help text.
const MOST: usize = 10_000;
const LONGEST: usize = 500;

impl Store {
    /// What is known of a metric, to be changed; `None` if too many are known already.
    pub(crate) fn metadata_mut(&mut self, metric: &str) -> Option<&mut Metadata> {
        if !self.metadata.contains_key(metric) {
            if self.metadata.len() >= MOST || metric.len() > LONGEST {
                return None;
            }
            self.metadata.insert(metric.into(), Metadata::default());
        }
        self.metadata.get_mut(metric)
    }

    /// All metrics with what is known of them, in no order.
    pub fn all_metadata(&self) -> impl Iterator<Item = (&str, &Metadata)> {
        self.metadata
            .iter()
            .map(|(metric, metadata)| (&**metric, metadata))
    }
}

/// Cuts a help text to the longest that is kept.
pub(crate) fn shorten(text: &str) -> &str {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}
