//! Samples out of the store.

use std::sync::Arc;

use super::{Series, Store};

/// How often samples are looked through, in milliseconds.
const EVERY: i64 = 60_000;

impl Store {
    /// Tells the store what time it is, so that samples older than the retention go, and series without samples.
    ///
    /// Ingesting an exposition does this too. Works at most once a minute of that time, and then looks at each series once.
    pub fn advance(&mut self, now_ms: i64) {
        if now_ms.saturating_sub(EVERY) < self.last_sweep {
            return;
        }
        self.last_sweep = now_ms;
        let mut cutoff = now_ms.saturating_sub(self.options.retention_ms);
        self.drop_before(cutoff);
        self.exemplars.drop_before(cutoff);
        // Too large: the oldest quarter of what is left, until it fits or nothing of a block is left.
        while self.stats.bytes > self.options.max_bytes && now_ms - cutoff > EVERY {
            cutoff += (now_ms - cutoff) / 4;
            self.stats.evicted_samples += self.drop_before(cutoff) as u64;
        }
    }

    pub(crate) fn count_too_far(&mut self) {
        self.stats.too_far_samples += 1;
    }

    fn drop_before(&mut self, time: i64) -> usize {
        let mut dropped = 0;
        let mut bytes = 0;
        for at in 0..self.series.len() {
            let Some(series) = self.series[at].as_mut() else {
                continue;
            };
            if series.has_before(time) {
                dropped += Arc::make_mut(series).drop_before(time);
            }
            if !series.is_empty() {
                bytes += series.bytes();
            } else if let Some(series) = self.series[at].take() {
                self.remove(at, &series);
            }
        }
        self.stats.samples -= dropped;
        self.stats.bytes = bytes;
        dropped
    }

    fn remove(&mut self, at: usize, series: &Series) {
        // Slots are numbered by 32 bits.
        let slot = u32::try_from(at).unwrap_or(u32::MAX);
        self.by_labels.remove(series.labels());
        self.exemplars.remove(series.labels());
        self.index.remove(series.labels(), slot);
        self.generations[at] = self.generations[at].wrapping_add(1);
        self.free.push(slot);
    }
}
