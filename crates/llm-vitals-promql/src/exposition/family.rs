//! The metric that the lines of an exposition are about.

use crate::store::MetricType;

/// The family that the last `# TYPE` named.
#[derive(Debug, Default)]
pub(super) struct Family<'a> {
    pub(super) name: &'a str,
    pub(super) metric_type: MetricType,
}

impl Family<'_> {
    /// The type of a sample, by its metric's name: `x_bucket` belongs to the histogram `x`.
    pub(super) fn type_of(&self, metric: &str) -> MetricType {
        let Some(suffix) = metric.strip_prefix(self.name) else {
            return MetricType::Unknown;
        };
        let belongs = match self.metric_type {
            MetricType::Counter => matches!(suffix, "" | "_total"),
            MetricType::Histogram => matches!(suffix, "_bucket" | "_sum" | "_count"),
            MetricType::Summary => matches!(suffix, "" | "_sum" | "_count"),
            _ => suffix.is_empty(),
        };
        if belongs && !self.name.is_empty() {
            self.metric_type
        } else {
            MetricType::Unknown
        }
    }

    /// Whether a sample only rises, from 0 on.
    pub(super) fn is_counter(&self, metric: &str) -> bool {
        match self.type_of(metric) {
            MetricType::Counter | MetricType::Histogram => true,
            // Quantiles are no counters.
            MetricType::Summary => metric != self.name,
            _ => false,
        }
    }

    /// The label whose value is a number, if the sample has one.
    pub(super) fn bound_label(&self, metric: &str) -> Option<&'static str> {
        match self.type_of(metric) {
            MetricType::Histogram if metric.ends_with("_bucket") => Some("le"),
            MetricType::Summary if metric == self.name => Some("quantile"),
            _ => None,
        }
    }
}
