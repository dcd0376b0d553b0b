//! Samples into the store.

use std::fmt;
use std::sync::Arc;

use crate::labels::Labels;

use super::{STALE_MARKER, Series, SeriesId, Store, is_stale};

/// Why a sample was not taken. Each is counted in [`StoreStats`](super::StoreStats).
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppendError {
    /// The series has a later sample.
    OutOfOrder,
    /// The series has another value at the same time.
    Duplicate,
    /// The sample is older than the retention.
    TooOld,
    /// The sample says that it is of a time long after that of its exposition.
    TooFar,
    /// The series is new, and there are as many series or bytes as are allowed.
    Full,
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfOrder => "the series has a later sample",
            Self::Duplicate => "the series has another value at the same time",
            Self::TooOld => "the sample is older than the retention",
            Self::TooFar => "the sample is of a time long after that of its exposition",
            Self::Full => "the series is new and the store is full",
        })
    }
}

impl std::error::Error for AppendError {}

impl Store {
    /// Adds a sample to the series of these labels, which is made if it is not there.
    ///
    /// The same value at the same time once more is no error. Call [`advance`](Self::advance) now and then, so that old samples go.
    pub fn append(&mut self, labels: &Labels, time_ms: i64, value: f64) -> Result<(), AppendError> {
        let id = self.find_or_create(labels)?;
        self.append_to(id, time_ms, value).map(|_| ())
    }

    /// Ends the series of these labels, so that it has no value from then on. Does nothing if it is not there or has ended.
    pub fn append_stale(&mut self, labels: &Labels, time_ms: i64) -> Result<(), AppendError> {
        match self.find(labels) {
            Some(id) => self.end(id, time_ms),
            None => Ok(()),
        }
    }

    pub(crate) fn end(&mut self, id: SeriesId, time_ms: i64) -> Result<(), AppendError> {
        let last = self.get(id).and_then(Series::last);
        if last.is_none_or(|(_, value)| is_stale(value)) {
            return Ok(());
        }
        self.append_to(id, time_ms, STALE_MARKER).map(|_| ())
    }

    /// The series of these labels, if it is there.
    pub(crate) fn find(&self, labels: &Labels) -> Option<SeriesId> {
        self.by_labels.get(labels).map(|slot| self.id(*slot))
    }

    pub(crate) fn find_or_create(&mut self, labels: &Labels) -> Result<SeriesId, AppendError> {
        if let Some(id) = self.find(labels) {
            return Ok(id);
        }
        let full = self.by_labels.len() >= self.options.max_series
            || self.stats.bytes >= self.options.max_bytes;
        if full {
            self.stats.refused_series += 1;
            return Err(AppendError::Full);
        }
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.series.push(None);
                self.generations.push(0);
                // Options keep the number of series below 2^31.
                u32::try_from(self.series.len() - 1).unwrap_or(u32::MAX)
            }
        };
        let labels = self.index.insert(labels, slot);
        let series = Series::new(labels.clone());
        self.stats.bytes += series.bytes();
        self.series[slot as usize] = Some(Arc::new(series));
        self.by_labels.insert(labels, slot);
        Ok(self.id(slot))
    }

    /// Adds a sample; `false` if the series is no longer there.
    pub(crate) fn append_to(
        &mut self,
        id: SeriesId,
        time_ms: i64,
        value: f64,
    ) -> Result<bool, AppendError> {
        if self.get(id).is_none() {
            return Ok(false);
        }
        let Some(shared) = self.series[id.slot as usize].as_mut() else {
            return Ok(false);
        };
        match shared.last() {
            Some((last, _)) if last > time_ms => {
                self.stats.out_of_order_samples += 1;
                return Err(AppendError::OutOfOrder);
            }
            Some((last, have)) if last == time_ms => {
                if have.to_bits() == value.to_bits() {
                    return Ok(true);
                }
                self.stats.duplicate_samples += 1;
                return Err(AppendError::Duplicate);
            }
            _ => {}
        }
        if time_ms < self.last_sweep.saturating_sub(self.options.retention_ms) {
            self.stats.too_old_samples += 1;
            return Err(AppendError::TooOld);
        }
        let series = Arc::make_mut(shared);
        let before = series.resizes().then(|| series.bytes());
        series.push(time_ms, value);
        if let Some(before) = before {
            self.stats.bytes += series.bytes();
            self.stats.bytes -= before;
        }
        self.stats.samples += 1;
        self.stats.appended_samples += 1;
        Ok(true)
    }

    pub(crate) fn get(&self, id: SeriesId) -> Option<&Series> {
        let generation = self.generations.get(id.slot as usize)?;
        self.slot(id.slot).filter(|_| *generation == id.generation)
    }

    fn id(&self, slot: u32) -> SeriesId {
        SeriesId {
            slot,
            generation: self.generations[slot as usize],
        }
    }
}
