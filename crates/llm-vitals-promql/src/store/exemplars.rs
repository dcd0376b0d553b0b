//! Exemplars: single events that samples of series stand for, with what names them, such as a trace.

use std::collections::{HashMap, VecDeque};

use crate::labels::Labels;
use crate::matcher::Matcher;

use super::Store;

/// Exemplars that are kept of one series.
const MOST_OF_A_SERIES: usize = 10;
/// Characters in names and values of an exemplar's labels together, as OpenMetrics has it.
const LONGEST: usize = 128;

/// One event of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Exemplar {
    labels: Labels,
    value: f64,
    time: i64,
}

#[derive(Debug, Default)]
pub(super) struct Exemplars {
    most: usize,
    count: usize,
    /// Of each series the newest, in the order of time.
    of: HashMap<Labels, VecDeque<Exemplar>>,
}

impl Exemplar {
    /// An exemplar; `labels` say which event it is, the time is in milliseconds since 1970.
    #[must_use]
    pub fn new(labels: Labels, value: f64, time_ms: i64) -> Self {
        Self {
            labels,
            value,
            time: time_ms,
        }
    }

    /// What names the event, such as `trace_id`.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The value of the event.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// When it was, in milliseconds since 1970.
    #[must_use]
    pub fn time(&self) -> i64 {
        self.time
    }
}

impl Exemplars {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    /// Keeps an exemplar, unless it is the series' last one again, or older, or too long, or there are too many.
    fn push(&mut self, series: &Labels, exemplar: Exemplar) -> bool {
        let names = exemplar.labels.iter();
        let length: usize = names
            .map(|(name, value)| name.chars().count() + value.chars().count())
            .sum();
        if length > LONGEST || self.most == 0 {
            return false;
        }
        if let Some(ring) = self.of.get_mut(series) {
            let is_known = |last: &Exemplar| {
                last.time >= exemplar.time
                    || (last.labels == exemplar.labels
                        && last.value.to_bits() == exemplar.value.to_bits())
            };
            if ring.back().is_some_and(is_known) {
                return false;
            }
            if ring.len() == MOST_OF_A_SERIES || self.count >= self.most {
                ring.pop_front();
                self.count -= 1;
            }
            ring.push_back(exemplar);
        } else {
            if self.count >= self.most {
                return false;
            }
            self.of.insert(series.clone(), VecDeque::from([exemplar]));
        }
        self.count += 1;
        true
    }

    pub(super) fn remove(&mut self, series: &Labels) {
        if let Some(ring) = self.of.remove(series) {
            self.count -= ring.len();
        }
    }

    pub(super) fn drop_before(&mut self, time: i64) {
        self.of.retain(|_, ring| {
            let old = ring.partition_point(|exemplar| exemplar.time < time);
            ring.drain(..old);
            !ring.is_empty()
        });
        self.count = self.of.values().map(VecDeque::len).sum();
    }
}

impl Store {
    /// Keeps an exemplar of a series, `false` if it was not taken.
    ///
    /// Not taken are those of series that are not there, those that are not newer than the last one of their series, those with
    /// more than 128 characters of labels, and what is too many ([`StoreBuilder::with_max_exemplars`]).
    ///
    /// [`StoreBuilder::with_max_exemplars`]: super::StoreBuilder::with_max_exemplars
    pub fn append_exemplar(&mut self, series: &Labels, exemplar: Exemplar) -> bool {
        match self.find(series).and_then(|id| self.get(id)) {
            // With the store's own strings.
            Some(known) => {
                let labels = known.labels().clone();
                self.exemplars.push(&labels, exemplar)
            }
            None => false,
        }
    }

    /// The exemplars from `start_ms` to `end_ms`, both included, of the series that fulfil all matchers, in the order of time
    /// within each series.
    pub fn exemplars<'a>(
        &'a self,
        matchers: &'a [Matcher],
        start_ms: i64,
        end_ms: i64,
    ) -> impl Iterator<Item = (&'a Labels, Vec<&'a Exemplar>)> {
        let fulfils = |labels: &Labels| {
            matchers
                .iter()
                .all(|matcher| matcher.matches(labels.get(matcher.name()).unwrap_or_default()))
        };
        self.exemplars
            .of
            .iter()
            .filter(move |(labels, _)| fulfils(labels))
            .filter_map(move |(labels, ring)| {
                let between = ring
                    .iter()
                    .filter(|exemplar| (start_ms..=end_ms).contains(&exemplar.time));
                let between: Vec<_> = between.collect();
                (!between.is_empty()).then_some((labels, between))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemplar(id: &str, time: i64) -> Exemplar {
        Exemplar::new(Labels::new([("trace_id", id)]), 1.0, time)
    }

    fn times(store: &Store) -> Vec<i64> {
        let mut times: Vec<i64> = store
            .exemplars(&[], i64::MIN, i64::MAX)
            .flat_map(|(_, exemplars)| exemplars)
            .map(Exemplar::time)
            .collect();
        times.sort_unstable();
        times
    }

    #[test]
    fn a_series_keeps_its_newest_ten() {
        let mut store = Store::new();
        let series = Labels::new([("__name__", "x_bucket")]);
        assert!(!store.append_exemplar(&series, exemplar("a", 1)));
        store.append(&series, 1, 1.0).unwrap();
        for time in 1..=12 {
            assert!(store.append_exemplar(&series, exemplar(&time.to_string(), time)));
        }
        assert!(!store.append_exemplar(&series, exemplar("a", 12)));
        assert!(!store.append_exemplar(&series, exemplar("12", 13)));
        assert!(!store.append_exemplar(&series, exemplar(&"a".repeat(121), 13)));
        assert_eq!(times(&store), (3..=12).collect::<Vec<_>>());
    }

    #[test]
    fn all_together_are_no_more_than_allowed() {
        let mut store = Store::builder().with_max_exemplars(3).build();
        let series = |n: i64| Labels::new([("__name__", format!("x{n}"))]);
        for n in 0..4 {
            store.append(&series(n), 1, 1.0).unwrap();
            assert_eq!(store.append_exemplar(&series(n), exemplar("a", n)), n < 3);
        }
        assert!(store.append_exemplar(&series(0), exemplar("b", 9)));
        assert_eq!(times(&store), [1, 2, 9]);
    }

    #[test]
    fn they_go_with_the_retention_and_with_their_series() {
        let mut store = Store::builder()
            .with_retention(std::time::Duration::from_secs(600))
            .build();
        let (kept, gone) = (
            Labels::new([("__name__", "kept")]),
            Labels::new([("__name__", "gone")]),
        );
        for time in [0, 700_000] {
            store.append(&kept, time, 1.0).unwrap();
            store.append_exemplar(&kept, exemplar(&time.to_string(), time));
        }
        store.append(&gone, 0, 1.0).unwrap();
        store.append_exemplar(&gone, exemplar("a", 800_000));
        store.advance(900_000);
        assert_eq!(times(&store), [700_000]);
    }
}
