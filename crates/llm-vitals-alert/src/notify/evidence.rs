//! What stands behind an alert: value, threshold, history and what contributes most.

use std::time::Duration;

use llm_vitals_promql::{Engine, Expr, Labels, Store, Value};

use crate::alert::Alert;
use crate::rule::Rule;
use crate::signals::expand_aliases;
use crate::transition::Reason;

use super::notification::{Ended, Evidence};

mod comparison;
mod contributors;
mod unit;

use self::comparison::Comparison;

/// How far back the history goes, and in how many steps.
const HISTORY_MS: i64 = 30 * 60_000;
const STEPS: i64 = 30;
/// How long all queries for one alert may take, and how many samples each may read.
const LONGEST: Duration = Duration::from_millis(500);
const MOST_SAMPLES: u64 = 2_000_000;

impl Evidence {
    /// Finds out what stands behind an alert of a rule, at a moment in milliseconds since 1970: that of the rule's evaluation.
    ///
    /// The threshold is what the rule's condition compares with: without what `clear_condition`, `min_events` and `on_no_data` add, and
    /// of several comparisons the first that holds. A condition that compares nothing has a history and no threshold. A query that fails,
    /// is too costly or takes more than half a second gives less evidence, never an error.
    #[must_use]
    pub fn gather(rule: &Rule, alert: &Alert, store: &Store, engine: &Engine, now_ms: i64) -> Self {
        let mut evidence = Self {
            value: Some(alert.value()).filter(|value| !value.is_nan()),
            ..Self::default()
        };
        let Some(condition) = condition(rule) else {
            return evidence;
        };
        let queries = Queries::new(store, engine, &alert.source, now_ms);
        let comparison = comparison::of(&condition, &queries);
        let measured = comparison
            .as_ref()
            .map_or(&condition, |comparison| &comparison.measured);
        evidence.unit = unit::of(measured.root());
        evidence.history = queries.history(measured);
        if !evidence.history.is_empty() {
            evidence.history_seconds = HISTORY_MS.unsigned_abs() / 1_000;
        }
        evidence.contributors = contributors::of(measured, &queries);
        evidence.threshold = comparison.and_then(Comparison::into_threshold);
        evidence
    }

    /// Tells why the alert is over.
    #[must_use]
    pub fn with_end(mut self, reason: Reason) -> Self {
        self.ended = Ended::of(reason);
        self
    }
}

/// The condition as it is written, with the series of the signals in place of their short names.
fn condition(rule: &Rule) -> Option<Expr> {
    let written = Expr::parse(&rule.condition, rule.expr.dialect()).ok()?;
    expand_aliases(&written).ok()
}

/// Queries about one alert.
struct Queries<'a> {
    store: &'a Store,
    engine: Engine,
    /// The labels of the alert's series.
    source: &'a Labels,
    now_ms: i64,
}

impl<'a> Queries<'a> {
    fn new(store: &'a Store, engine: &Engine, source: &'a Labels, now_ms: i64) -> Self {
        let clock = quanta::Clock::new();
        let started = clock.now();
        let engine = engine
            .clone()
            .with_max_samples(MOST_SAMPLES)
            .with_interrupt(move || clock.now().duration_since(started) > LONGEST);
        Self {
            store,
            engine,
            source,
            now_ms,
        }
    }

    /// The series of an expression now; a number is one without labels.
    fn vector(&self, expr: &Expr) -> Vec<(Labels, f64)> {
        match self.engine.eval_instant(self.store, expr, self.now_ms) {
            Ok(Value::Vector(samples)) => samples
                .iter()
                .map(|sample| (sample.labels().without_name(), sample.value()))
                .collect(),
            Ok(Value::Scalar(value)) => vec![(Labels::empty(), value)],
            _ => Vec::new(),
        }
    }

    /// The values of the alert's series at even distances up to now.
    fn history(&self, expr: &Expr) -> Vec<Option<f64>> {
        let step = HISTORY_MS / STEPS;
        let start = self.now_ms - (STEPS - 1) * step;
        let result = self
            .engine
            .eval_range(self.store, expr, start, self.now_ms, step);
        let Ok(Value::Matrix(series)) = result else {
            return Vec::new();
        };
        let named: Vec<(Labels, &[(i64, f64)])> = series
            .iter()
            .map(|series| (series.labels().without_name(), series.points()))
            .collect();
        let Some(points) = self.own(&named) else {
            return Vec::new();
        };
        let mut history = vec![None; usize::try_from(STEPS).unwrap_or(0)];
        for (time, value) in points {
            let index = usize::try_from((time - start) / step).ok();
            if let Some(slot) = index.and_then(|index| history.get_mut(index)) {
                *slot = Some(*value).filter(|value| !value.is_nan());
            }
        }
        history
    }

    /// What belongs to the alert: its series, else the only one that has all labels of it, else the only one there is without any.
    fn own<T: Copy>(&self, series: &[(Labels, T)]) -> Option<T> {
        let exact = series.iter().find(|(labels, _)| labels == self.source);
        if let Some((_, found)) = exact {
            return Some(*found);
        }
        let has_all = |labels: &Labels| {
            self.source
                .iter()
                .all(|(name, value)| labels.get(name) == Some(value))
        };
        let mut fitting = series.iter().filter(|(labels, _)| has_all(labels));
        if let (Some((_, found)), None) = (fitting.next(), fitting.next()) {
            return Some(*found);
        }
        match series {
            [(labels, found)] if labels.is_empty() => Some(*found),
            _ => None,
        }
    }
}
