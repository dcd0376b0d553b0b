//! How much a dispatcher keeps.

/// Bounds of a dispatcher's memory. What goes beyond is refused or put together, and counted.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Alerts, those included that ended in the last half hour. One more is refused.
    pub max_alerts: usize,
    /// Groups. The alerts of one more go into one group of their route, so that somebody is told.
    pub max_groups: usize,
    /// Silences, those included that are over. One more takes the place of one that is over, or is refused.
    pub max_silences: usize,
    /// Regular expressions in all silences. A silence with more of them takes the place of those that are over, or is refused.
    pub max_silence_patterns: usize,
    /// Bytes of all names and values of the labels of an alert, of its annotations, or of the texts of a silence.
    pub max_text_bytes: usize,
    /// Entries of the log of what was told. One more takes the place of the oldest whose group is gone.
    pub max_log_entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_alerts: 50_000,
            max_groups: 10_000,
            max_silences: 10_000,
            max_silence_patterns: 1_000,
            max_text_bytes: 65_536,
            max_log_entries: 100_000,
        }
    }
}
