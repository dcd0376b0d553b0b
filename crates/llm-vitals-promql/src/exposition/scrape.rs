//! One source of expositions over time.

use std::collections::HashMap;

use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::labels::{Labels, LabelsBuilder, NAME};
use crate::store::{AppendError, Exemplar, MetricType, SeriesId, Store};
use crate::text::{format_bound, parse_float};

use super::Format;
use super::birth::Birth;
use super::family::Family;
use super::line::{ExemplarText, Line};
use super::metadata::remember;
use super::reader::{Reader, cut};
use super::series_text::{parse_labels, parse_series};

/// One source of expositions: this process, or the `/metrics` of another.
///
/// It remembers the series of the last exposition, so that those that are gone end at once, and knows known series by their
/// text, without taking it apart again.
///
/// ```
/// use llm_vitals_promql::{Format, Labels, Scrape, Store};
///
/// let mut store = Store::new();
/// let mut scrape = Scrape::new(Labels::new([("job", "gateway")]));
/// let text = "# TYPE errors_total counter\nerrors_total{kind=\"timeout\"} 3\n";
/// let ingested = scrape.ingest(&mut store, text.as_bytes(), Format::Text, 1_700_000_000_000)?;
/// assert_eq!(ingested.samples, 1);
/// assert_eq!(store.label_values("job"), ["gateway"]);
/// # Ok::<(), llm_vitals_promql::Error>(())
/// ```
#[derive(Debug)]
pub struct Scrape {
    target: Labels,
    dialect: Dialect,
    writes_up: bool,
    max_bytes: usize,
    birth: Birth,
    known: HashMap<Box<str>, Known, foldhash::fast::RandomState>,
    /// Which exposition this is.
    round: u64,
}

#[derive(Debug)]
struct Known {
    id: SeriesId,
    /// The last exposition that had it.
    round: u64,
    /// Whether its end is to be marked: a sample with a time of its own says itself when it was.
    is_tracked: bool,
}

/// How far ahead of its exposition a sample may be, as in Prometheus.
const FARTHEST_AHEAD: i64 = 600_000;

/// What an exposition brought.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Samples that were taken.
    pub samples: usize,
    /// Series that this source did not have in its last exposition.
    pub new_series: usize,
    /// Series that ended because they are gone.
    pub ended_series: usize,
    /// Samples that the store refused; [`StoreStats`](crate::StoreStats) says why.
    pub refused: usize,
}

/// A sample that was read and is not yet in the store.
struct Pending<'a> {
    text: &'a str,
    /// The series, if this is the first time it is seen.
    new: Option<New>,
    value: f64,
    time: Option<i64>,
    exemplar: Option<ExemplarText<'a>>,
}

struct New {
    labels: Labels,
    is_counter: bool,
}

impl Scrape {
    /// A source whose series all get the labels `target`, such as `job` and `instance`.
    ///
    /// A label of the same name in an exposition becomes `exported_job`, as in Prometheus.
    #[must_use]
    pub fn new(mut target: Labels) -> Self {
        if target.metric_name().is_some() {
            target = target.without_name();
        }
        Self {
            target,
            dialect: Dialect::default(),
            writes_up: false,
            max_bytes: 64 << 20,
            birth: Birth::default(),
            known: HashMap::default(),
            round: 0,
        }
    }

    /// Whose treatment of bounds is followed: Prometheus 3, the default, stores `le="1"` as `le="1.0"`.
    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Writes the series `up`: 1 with each exposition, 0 when there was none ([`fail`](Self::fail)).
    #[must_use]
    pub fn with_up(mut self) -> Self {
        self.writes_up = true;
        self
    }

    /// How many bytes an exposition may have; 64 MiB by default.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Gives each counter that appears a sample of 0 before its first, so that `increase` sees its first event.
    ///
    /// The zero stands at the time of the exposition before, and for those of the first exposition at `started_at_ms`, when the
    /// process started. Only for the exposition of this process: another may have counted before it was first asked. A Prometheus
    /// server over the same data has no such samples.
    #[must_use]
    pub fn with_born_at_zero(mut self, started_at_ms: i64) -> Self {
        self.birth.started_at = Some(started_at_ms);
        self
    }

    /// Takes an exposition of the time `at_ms` into the store, wholly or, if it is wrong anywhere, not at all.
    ///
    /// Series that the exposition before had and this has not end at `at_ms`. The error says line and column; after one, call
    /// [`fail`](Self::fail), as after any other failure to get the exposition.
    pub fn ingest(
        &mut self,
        store: &mut Store,
        text: &[u8],
        format: Format,
        at_ms: i64,
    ) -> Result<Ingested, Error> {
        if text.len() > self.max_bytes {
            let message = format!(
                "an exposition of {} bytes; the limit is {}",
                text.len(),
                self.max_bytes
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        let text = std::str::from_utf8(text).map_err(|error| {
            let at = error.valid_up_to();
            let line = text[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Error::new(ErrorKind::Exposition, "the exposition is not UTF-8")
                .at(at..at + 1)
                .at_line(line, 1)
        })?;
        let pending = self.read(store, text, format)?;
        store.advance(at_ms);
        self.round += 1;
        let mut ingested = Ingested::default();
        for sample in pending {
            let (text, exemplar) = (sample.text, sample.exemplar);
            match self.append(store, sample, at_ms, &mut ingested) {
                Ok(()) => ingested.samples += 1,
                Err(_) => ingested.refused += 1,
            }
            if let (Some(exemplar), Some(known)) = (exemplar, self.known.get(text)) {
                keep(store, known.id, exemplar, at_ms);
            }
        }
        let round = self.round;
        self.end(store, at_ms, &mut ingested, |known| known.round != round);
        self.birth.last_ingest = Some(at_ms);
        self.up(store, at_ms, 1.0);
        Ok(ingested)
    }

    /// Tells that there was no exposition at `at_ms`: all series of the one before end.
    pub fn fail(&mut self, store: &mut Store, at_ms: i64) -> Ingested {
        store.advance(at_ms);
        let mut ingested = Ingested::default();
        self.end(store, at_ms, &mut ingested, |_| true);
        self.up(store, at_ms, 0.0);
        ingested
    }

    /// Reads all lines, and keeps what they say of metrics.
    fn read<'a>(
        &self,
        store: &mut Store,
        text: &'a str,
        format: Format,
    ) -> Result<Vec<Pending<'a>>, Error> {
        let mut reader = Reader::new(text, format);
        let mut family = Family::default();
        let mut pending = Vec::with_capacity(self.known.len());
        let mut about = Vec::new();
        while let Some(line) = reader.next()? {
            match line {
                Line::Sample {
                    series,
                    value,
                    time,
                    exemplar,
                } => {
                    if let Some(exemplar) = exemplar {
                        parse_labels(exemplar.labels)
                            .map_err(|wrong| reader.error(exemplar.labels, wrong))?;
                    }
                    let new = if self.known.contains_key(series) {
                        None
                    } else {
                        let labels = parse_series(series);
                        let labels = labels.map_err(|wrong| reader.error(series, wrong))?;
                        Some(self.finish(labels, &family))
                    };
                    pending.push(Pending {
                        text: series,
                        new,
                        value,
                        time,
                        exemplar,
                    });
                }
                Line::Type { metric, name } => {
                    let metric_type = MetricType::by_name(name);
                    family = Family {
                        name: metric,
                        metric_type: metric_type.ok_or_else(|| {
                            let message = format!("\"{}\" is no type of a metric", cut(name));
                            reader.error(name, (0, message))
                        })?,
                    };
                    about.push(line);
                }
                line => about.push(line),
            }
        }
        for line in about {
            remember(store, &line);
        }
        Ok(pending)
    }

    /// The labels of a series in the store: with those of the target, and with bounds in their one form.
    fn finish(&self, mut labels: LabelsBuilder, family: &Family<'_>) -> New {
        let metric = labels.get(NAME).unwrap_or_default().to_owned();
        let is_counter = family.is_counter(&metric);
        if self.dialect == Dialect::V3
            && let Some(label) = family.bound_label(&metric)
            && let Some(bound) = labels.get(label).and_then(parse_float)
        {
            labels.set(label, &format_bound(bound));
        }
        for (name, value) in &self.target {
            if let Some(own) = labels.get(name).map(str::to_owned) {
                let mut exported = format!("exported_{name}");
                while labels.get(&exported).is_some() {
                    exported.insert_str(0, "exported_");
                }
                labels.set(&exported, &own);
            }
            labels.set(name, value);
        }
        New {
            labels: labels.build(),
            is_counter,
        }
    }

    fn append(
        &mut self,
        store: &mut Store,
        sample: Pending<'_>,
        at_ms: i64,
        ingested: &mut Ingested,
    ) -> Result<(), AppendError> {
        let time = sample.time.unwrap_or(at_ms);
        // One sample of the year 3000 would make all later ones of its series late.
        if time > at_ms.saturating_add(FARTHEST_AHEAD) {
            store.count_too_far();
            return Err(AppendError::TooFar);
        }
        let mut new = sample.new;
        if let Some(known) = self.known.get_mut(sample.text) {
            known.round = self.round;
            if store.append_to(known.id, time, sample.value)? {
                return Ok(());
            }
            // The store dropped it, because it had no sample for as long as samples are kept.
            if new.is_none() {
                let labels = parse_series(sample.text).map_err(|_| AppendError::Full)?;
                new = Some(self.finish(labels, &Family::default()));
            }
        }
        let Some(New { labels, is_counter }) = new else {
            return Err(AppendError::Full);
        };
        let is_born = store.find(&labels).is_none();
        let id = store.find_or_create(&labels)?;
        if is_counter
            && is_born
            && let Some(zero) = self.birth.zero_at(time)
        {
            // A zero that is too old is not needed.
            let _ = store.append_to(id, zero, 0.0);
        }
        ingested.new_series += 1;
        let known = Known {
            id,
            round: self.round,
            is_tracked: sample.time.is_none(),
        };
        self.known.insert(sample.text.into(), known);
        store.append_to(id, time, sample.value).map(|_| ())
    }

    /// Ends the series that `gone` is true for.
    fn end(
        &mut self,
        store: &mut Store,
        at_ms: i64,
        ingested: &mut Ingested,
        gone: impl Fn(&Known) -> bool,
    ) {
        self.known.retain(|_, known| {
            if !gone(known) {
                return true;
            }
            if known.is_tracked && store.end(known.id, at_ms).is_ok() {
                ingested.ended_series += 1;
            }
            false
        });
    }

    fn up(&self, store: &mut Store, at_ms: i64, value: f64) {
        if !self.writes_up {
            return;
        }
        let mut labels = LabelsBuilder::from_labels(&self.target);
        labels.set(NAME, "up");
        // Refused only if the store is full or time goes back, and then counted there.
        let _ = store.append(&labels.build(), at_ms, value);
    }
}

/// Keeps an exemplar. Most expositions repeat that of the one before, which the store does not take again.
fn keep(store: &mut Store, series: SeriesId, exemplar: ExemplarText<'_>, at_ms: i64) {
    let Some(series) = store.get(series).map(|series| series.labels().clone()) else {
        return;
    };
    if let Ok(labels) = parse_labels(exemplar.labels) {
        let time = exemplar.time.unwrap_or(at_ms);
        store.append_exemplar(&series, Exemplar::new(labels.build(), exemplar.value, time));
    }
}
