//! How large a store may become.

use std::time::Duration;

use super::{Options, Store};

/// Options of a [`Store`].
#[derive(Debug, Clone)]
pub struct StoreBuilder {
    options: Options,
}

impl Default for StoreBuilder {
    fn default() -> Self {
        Self {
            options: Options {
                retention_ms: 6 * 3_600_000,
                max_series: 100_000,
                max_bytes: 256 << 20,
                max_exemplars: 10_000,
            },
        }
    }
}

impl StoreBuilder {
    /// How long samples are kept; 6 hours by default. Blocks of 64 samples go as a whole, so some stay a little longer.
    #[must_use]
    pub fn with_retention(mut self, retention: Duration) -> Self {
        let milliseconds = i64::try_from(retention.as_millis()).unwrap_or(i64::MAX);
        self.options.retention_ms = milliseconds.clamp(1, i64::MAX / 4);
        self
    }

    /// How many series there may be; 100,000 by default. What comes after is refused and counted.
    #[must_use]
    pub fn with_max_series(mut self, series: usize) -> Self {
        // Series are numbered by 32 bits.
        self.options.max_series = series.min(u32::MAX as usize / 2);
        self
    }

    /// How many bytes samples and labels may take; 256 MiB by default.
    ///
    /// Where that is not enough for the retention, the oldest samples go earlier, and no new series are taken while it is full.
    /// An estimate: allocators add a little.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.options.max_bytes = bytes;
        self
    }

    /// How many exemplars there may be; 10,000 by default, and of a series 10.
    ///
    /// When there are so many, a series that has some gives up its oldest for its newest, and others get none until old ones go
    /// with the retention.
    #[must_use]
    pub fn with_max_exemplars(mut self, exemplars: usize) -> Self {
        self.options.max_exemplars = exemplars;
        self
    }

    /// The store.
    #[must_use]
    pub fn build(self) -> Store {
        Store::with_options(self.options)
    }
}
