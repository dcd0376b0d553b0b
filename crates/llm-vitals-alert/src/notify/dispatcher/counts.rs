//! What a dispatcher has counted.

/// Counters of a dispatcher since it was made.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DispatcherCounts {
    /// Alerts taken that fired.
    pub received_firing: u64,
    /// Alerts taken that were over.
    pub received_resolved: u64,
    /// Alerts not taken.
    pub refused: u64,
    /// Alerts that began and ended before their group was due, so that nobody was told of them.
    pub unnotified: u64,
    /// Times an alert went into the group for what is beyond the limit of groups.
    pub beyond_groups: u64,
    /// Silences of a saved state that were not taken up: beyond the limits, or with a wrong regular expression.
    pub dropped_silences: u64,
}
