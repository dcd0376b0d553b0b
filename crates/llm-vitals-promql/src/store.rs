//! Samples of series, in memory.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::labels::Labels;
use crate::matcher::Matcher;

mod append;
mod block;
mod exemplars;
mod index;
mod metadata;
mod options;
mod prehashed;
mod retain;
mod samples;
mod series;
mod snapshot;
mod stats;

pub use self::append::AppendError;
pub use self::exemplars::Exemplar;
use self::exemplars::Exemplars;
use self::index::Index;
pub(crate) use self::metadata::shorten;
pub use self::metadata::{Metadata, MetricType};
pub use self::options::StoreBuilder;
pub(crate) use self::prehashed::LabelMap;
pub(crate) use self::samples::Samples;
pub(crate) use self::series::Series;
pub use self::snapshot::Snapshot;
pub use self::stats::StoreStats;

/// What stands for the end of a series: a particular NaN, as Prometheus writes it.
///
/// A series whose last sample it is has no value any more, at once and not after the lookback. Compare with [`is_stale`].
pub const STALE_MARKER: f64 = f64::from_bits(STALE_BITS);

const STALE_BITS: u64 = 0x7ff0_0000_0000_0002;

/// Whether a sample is the marker of an end. Any other NaN is a value.
#[must_use]
pub fn is_stale(value: f64) -> bool {
    value.to_bits() == STALE_BITS
}

/// Series and their samples of the last hours.
///
/// Times are milliseconds since 1970 and are handed in: the store has no clock. The newest 64 to 128 samples of each series are
/// kept as they are, older ones in compressed blocks of 64.
///
/// ```
/// use llm_vitals_promql::{Dialect, Engine, Expr, Labels, Store, Value};
///
/// let mut store = Store::new();
/// let series = Labels::new([("__name__", "requests_total"), ("provider", "openai")]);
/// for tick in 0..60 {
///     store.append(&series, tick * 5_000, (tick * 10) as f64)?;
/// }
/// let expr = Expr::parse("sum(rate(requests_total[1m]))", Dialect::V3)?;
/// let Value::Vector(samples) = Engine::new().eval_instant(&store, &expr, 295_000)? else { panic!() };
/// assert_eq!(samples[0].value(), 2.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Store {
    options: Options,
    index: Index,
    /// Shared with the snapshots that are read; one that is written to meanwhile is copied first.
    series: Vec<Option<Arc<Series>>>,
    /// How often each slot of `series` was used, so that an old [`SeriesId`] is known as one.
    generations: Vec<u32>,
    free: Vec<u32>,
    by_labels: LabelMap<u32>,
    metadata: HashMap<Box<str>, Metadata>,
    exemplars: Exemplars,
    stats: StoreStats,
    /// The latest time that [`advance`](Self::advance) worked at.
    last_sweep: i64,
}

#[derive(Debug, Clone)]
struct Options {
    retention_ms: i64,
    max_series: usize,
    max_bytes: usize,
    max_exemplars: usize,
}

/// A series of a store, for as long as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeriesId {
    slot: u32,
    generation: u32,
}

impl Store {
    /// A store with the defaults of [`builder`](Self::builder).
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Options: 6 hours, 100,000 series, 256 MiB, unless told otherwise.
    #[must_use]
    pub fn builder() -> StoreBuilder {
        StoreBuilder::default()
    }

    fn with_options(options: Options) -> Self {
        Self {
            exemplars: Exemplars::new(options.max_exemplars),
            options,
            index: Index::default(),
            series: Vec::new(),
            generations: Vec::new(),
            free: Vec::new(),
            by_labels: LabelMap::default(),
            metadata: HashMap::new(),
            stats: StoreStats::default(),
            last_sweep: i64::MIN,
        }
    }

    /// How long samples are kept.
    #[must_use]
    pub fn retention(&self) -> Duration {
        Duration::from_millis(self.options.retention_ms.unsigned_abs())
    }

    /// What the store holds, and what it refused.
    #[must_use]
    pub fn stats(&self) -> StoreStats {
        let mut stats = self.stats.clone();
        stats.series = self.by_labels.len();
        stats
    }

    /// The labels of all series that fulfil all matchers.
    pub fn series<'a>(&'a self, matchers: &'a [Matcher]) -> impl Iterator<Item = &'a Labels> {
        self.select(matchers)
            .into_iter()
            .filter_map(|slot| self.slot(slot))
            .map(Series::labels)
    }

    /// The labels of all series that fulfil all matchers and have samples at or after `start_ms` and at or before `end_ms`.
    pub fn series_between<'a>(
        &'a self,
        matchers: &'a [Matcher],
        start_ms: i64,
        end_ms: i64,
    ) -> impl Iterator<Item = &'a Labels> {
        self.select(matchers)
            .into_iter()
            .filter_map(|slot| self.slot(slot))
            .filter(move |series| series.lies_in(start_ms, end_ms))
            .map(Series::labels)
    }

    /// The names of all labels, sorted.
    #[must_use]
    pub fn label_names(&self) -> Vec<&str> {
        self.index.names()
    }

    /// The values of a label, sorted. Those of `__name__` are the names of all metrics.
    #[must_use]
    pub fn label_values(&self, name: &str) -> Vec<&str> {
        self.index.values(name)
    }

    /// Type, help and unit of a metric, as its exposition told them.
    #[must_use]
    pub fn metadata(&self, metric: &str) -> Option<&Metadata> {
        self.metadata.get(metric)
    }

    /// The samples of one series from `start_ms` to `end_ms`, both included, as time and value. Markers of an end are among
    /// them.
    #[must_use]
    pub fn samples(&self, labels: &Labels, start_ms: i64, end_ms: i64) -> Vec<(i64, f64)> {
        let slot = self.by_labels.get(labels);
        let Some(series) = slot.and_then(|slot| self.slot(*slot)) else {
            return Vec::new();
        };
        let mut samples = Samples::default();
        series.read(start_ms, end_ms, &mut samples);
        samples.iter().collect()
    }

    /// The slots of the series that fulfil all matchers, in the order of their slots.
    pub(crate) fn select(&self, matchers: &[Matcher]) -> Vec<u32> {
        self.index
            .select(matchers, |slot| self.slot(slot).map(Series::labels))
    }

    pub(crate) fn slot(&self, slot: u32) -> Option<&Series> {
        self.series.get(slot as usize)?.as_deref()
    }

    fn shared(&self, slot: u32) -> Option<Arc<Series>> {
        self.series.get(slot as usize)?.clone()
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}
