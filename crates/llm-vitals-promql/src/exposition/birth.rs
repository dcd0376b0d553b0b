//! The zero before a counter's first sample.

/// When counters that appear were still 0.
///
/// A counter that appears with 1 counted its first event after the last time it was not there. Prometheus does not know that and
/// sees no increase; here a sample of 0 at that time makes it one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Birth {
    /// When the process started, if zeros are wanted.
    pub(super) started_at: Option<i64>,
    pub(super) last_ingest: Option<i64>,
}

impl Birth {
    /// The time of the zero of a counter that appears at `time`.
    pub(super) fn zero_at(&self, time: i64) -> Option<i64> {
        let started_at = self.started_at?;
        let zero = self.last_ingest.unwrap_or(started_at).max(started_at);
        (zero < time).then_some(zero)
    }
}
