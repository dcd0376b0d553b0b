//! Histograms in fixed buckets.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use metrics::{HistogramFn, Key};
use metrics_exporter_prometheus::formatting::{
    sanitize_label_key, sanitize_label_value, sanitize_metric_name,
};

use crate::exemplar::{Exemplar, current};
use crate::family::number;

/// One series of a histogram.
///
/// A sample is one addition to its bucket and one to the sum. The count is the sum of the buckets, so that it always is
/// what the last bucket says.
#[derive(Debug)]
pub(crate) struct BucketHistogram {
    bounds: Arc<Bounds>,
    /// One more than there are bounds.
    counts: Box<[AtomicU64]>,
    /// The bits of a float.
    sum: AtomicU64,
    exemplars: OnceLock<Box<[Mutex<Option<Exemplar>>]>>,
    dropped: Arc<AtomicU64>,
    /// The labels as they are written, without braces.
    labels: Box<str>,
}

/// The upper bounds of a histogram's buckets, and how they are written.
#[derive(Debug)]
pub(crate) struct Bounds {
    pub(crate) values: Box<[f64]>,
    text: Box<[Box<str>]>,
    openmetrics: Box<[Box<str>]>,
}

impl Bounds {
    pub(crate) fn new(values: &[f64]) -> Self {
        let text = |value: &f64| number(*value).into_boxed_str();
        // OpenMetrics wants a float to look like one.
        let openmetrics = |value: &f64| {
            let text = number(*value);
            if text.contains(['.', 'e']) {
                text
            } else {
                text + ".0"
            }
            .into_boxed_str()
        };
        Self {
            values: values.into(),
            text: values.iter().map(text).collect(),
            openmetrics: values.iter().map(openmetrics).collect(),
        }
    }
}

impl HistogramFn for BucketHistogram {
    fn record(&self, value: f64) {
        self.record_many(value, 1);
    }

    fn record_many(&self, value: f64, count: usize) {
        let count = count as u64;
        if !value.is_finite() {
            self.dropped.fetch_add(count, Ordering::Relaxed);
            return;
        }
        let bounds = &self.bounds.values;
        let bucket = bounds
            .iter()
            .position(|bound| value <= *bound)
            .unwrap_or(bounds.len());
        self.counts[bucket].fetch_add(count, Ordering::Relaxed);
        #[expect(
            clippy::cast_precision_loss,
            reason = "a count of samples is far below 2^53"
        )]
        let added = value * count as f64;
        let mut sum = self.sum.load(Ordering::Relaxed);
        while let Err(now) = self.sum.compare_exchange_weak(
            sum,
            (f64::from_bits(sum) + added).to_bits(),
            Ordering::Relaxed,
            Ordering::Relaxed,
        ) {
            sum = now;
        }
        if let Some(exemplar) = current(value) {
            self.keep(bucket, exemplar);
        }
    }
}

impl BucketHistogram {
    fn new(bounds: Arc<Bounds>, labels: String, dropped: Arc<AtomicU64>) -> Self {
        Self {
            counts: (0..=bounds.values.len())
                .map(|_| AtomicU64::new(0))
                .collect(),
            bounds,
            sum: AtomicU64::new(0.0_f64.to_bits()),
            exemplars: OnceLock::new(),
            dropped,
            labels: labels.into_boxed_str(),
        }
    }

    fn keep(&self, bucket: usize, exemplar: Exemplar) {
        let slots = self
            .exemplars
            .get_or_init(|| self.counts.iter().map(|_| Mutex::new(None)).collect());
        // An exemplar is any sample: one that would have to wait is not needed.
        if let Ok(mut slot) = slots[bucket].try_lock() {
            *slot = Some(exemplar);
        }
    }

    /// Writes the series' samples.
    pub(crate) fn write(&self, name: &str, openmetrics: bool, out: &mut String) {
        let labels = &*self.labels;
        let comma = if labels.is_empty() { "" } else { "," };
        let le = if openmetrics {
            &self.bounds.openmetrics
        } else {
            &self.bounds.text
        };
        let mut total = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            total += count.load(Ordering::Relaxed);
            let le = le.get(bucket).map_or("+Inf", |le| le);
            out.push_str(name);
            out.push_str("_bucket{");
            out.push_str(labels);
            out.push_str(comma);
            out.push_str("le=\"");
            out.push_str(le);
            // Writing to a String cannot fail.
            let _ = write!(out, "\"}} {total}");
            if openmetrics {
                self.write_exemplar(bucket, out);
            }
            out.push('\n');
        }
        let sum = number(f64::from_bits(self.sum.load(Ordering::Relaxed)));
        let (open, close) = if labels.is_empty() {
            ("", "")
        } else {
            ("{", "}")
        };
        let _ = writeln!(out, "{name}_sum{open}{labels}{close} {sum}");
        let _ = writeln!(out, "{name}_count{open}{labels}{close} {total}");
    }

    fn write_exemplar(&self, bucket: usize, out: &mut String) {
        let Some(slots) = self.exemplars.get() else {
            return;
        };
        let exemplar = slots[bucket].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Exemplar {
            trace_id,
            value,
            at,
        }) = &*exemplar
        {
            let trace_id = sanitize_label_value(trace_id);
            let _ = write!(
                out,
                " # {{trace_id=\"{trace_id}\"}} {} {at:.3}",
                number(*value)
            );
        }
    }
}

/// Every histogram of a recorder, and the buckets that each name has.
#[derive(Debug)]
pub(crate) struct Histograms {
    named: HashMap<String, Arc<Bounds>>,
    suffixes: Vec<(&'static str, Arc<Bounds>)>,
    other: Arc<Bounds>,
    global: Vec<(String, String)>,
    dropped: Arc<AtomicU64>,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_key: HashMap<Key, Arc<BucketHistogram>>,
    /// By family and by labels, as they are written.
    sorted: BTreeMap<String, BTreeMap<Box<str>, Arc<BucketHistogram>>>,
}

impl Histograms {
    pub(crate) fn new(
        named: HashMap<String, Arc<Bounds>>,
        suffixes: Vec<(&'static str, Arc<Bounds>)>,
        other: Arc<Bounds>,
        global: Vec<(String, String)>,
    ) -> Self {
        Self {
            named,
            suffixes,
            other,
            global,
            dropped: Arc::default(),
            known: RwLock::default(),
        }
    }

    /// The histogram of a key, which is made when it is first asked for.
    pub(crate) fn of(&self, key: &Key) -> Arc<BucketHistogram> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(histogram) = known.by_key.get(key) {
            return Arc::clone(histogram);
        }
        drop(known);
        let name = sanitize_metric_name(key.name());
        let labels = self.labels(key);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let Known { by_key, sorted } = &mut *known;
        // Two keys that are written the same are one series.
        let histogram = sorted
            .entry(name)
            .or_default()
            .entry(labels.as_str().into())
            .or_insert_with(|| {
                let bounds = Arc::clone(self.bounds(key.name()));
                Arc::new(BucketHistogram::new(
                    bounds,
                    labels,
                    Arc::clone(&self.dropped),
                ))
            });
        Arc::clone(
            by_key
                .entry(key.clone())
                .or_insert_with(|| Arc::clone(histogram)),
        )
    }

    /// Gives every family, in order, to `take`.
    pub(crate) fn each(
        &self,
        mut take: impl FnMut(&str, &mut dyn Iterator<Item = &BucketHistogram>),
    ) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        for (name, series) in &known.sorted {
            take(name, &mut series.values().map(|histogram| &**histogram));
        }
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn bounds(&self, name: &str) -> &Arc<Bounds> {
        self.named
            .get(name)
            .or_else(|| {
                let found = self
                    .suffixes
                    .iter()
                    .find(|(suffix, _)| name.ends_with(suffix));
                found.map(|(_, bounds)| bounds)
            })
            .unwrap_or(&self.other)
    }

    /// The labels of a key as they are written; its own win over the global ones.
    fn labels(&self, key: &Key) -> String {
        let own = |name: &str| {
            key.labels()
                .any(|label| sanitize_label_key(label.key()) == name)
        };
        let global = self.global.iter().filter(|(name, _)| !own(name)).cloned();
        let labels = key
            .labels()
            .map(|label| (sanitize_label_key(label.key()), label.value().to_owned()))
            .chain(global);
        let mut text = String::new();
        for (name, value) in labels {
            if !text.is_empty() {
                text.push(',');
            }
            let _ = write!(text, "{name}=\"{}\"", sanitize_label_value(&value));
        }
        text
    }
}
