//! What a store holds, and what it did not take.

/// Counts since the store was made, except where it says that they are of now.
#[non_exhaustive]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreStats {
    /// Series, now.
    pub series: usize,
    /// Samples, now.
    pub samples: usize,
    /// Bytes of samples and labels, about, now.
    pub bytes: usize,
    /// Samples that were taken.
    pub appended_samples: u64,
    /// Samples of new series that were refused because there were too many series or bytes.
    pub refused_series: u64,
    /// Samples that were refused because their series has a later one.
    pub out_of_order_samples: u64,
    /// Samples that were refused because their series has another value at the same time.
    pub duplicate_samples: u64,
    /// Samples that were refused because they are older than the retention.
    pub too_old_samples: u64,
    /// Samples that were refused because they say that they are of more than 10 minutes after their exposition.
    pub too_far_samples: u64,
    /// Samples that went before the retention was over, because the bytes were too many.
    pub evicted_samples: u64,
}
