//! A store and an evaluator that go on together, a step at a time.

use llm_vitals_alert::{AlertState, Evaluator, RuleFile, Rules, Transition};
use llm_vitals_promql::{Dialect, Labels, MatchOp, Matcher, STALE_MARKER, Store};

/// The distance of evaluations, in milliseconds.
pub(crate) const STEP: i64 = 60_000;

pub(crate) struct Steps {
    pub(crate) evaluator: Evaluator,
    pub(crate) store: Store,
    pub(crate) now: i64,
}

impl Steps {
    pub(crate) fn new(rules: &str) -> Self {
        let evaluator =
            Evaluator::new(Rules::new([RuleFile::parse("rules.yml", rules).unwrap()]).unwrap());
        Self {
            evaluator,
            store: Store::new(),
            now: 0,
        }
    }

    /// Series that get a sample at this step; `None` ends one.
    pub(crate) fn step(&mut self, samples: &[(&str, Option<f64>)]) -> Vec<String> {
        self.now += STEP;
        self.put(samples);
        self.evaluate().iter().map(told).collect()
    }

    pub(crate) fn put(&mut self, samples: &[(&str, Option<f64>)]) {
        for (series, value) in samples {
            let labels = Labels::parse(series).unwrap();
            self.store
                .append(&labels, self.now, value.unwrap_or(STALE_MARKER))
                .unwrap();
        }
    }

    pub(crate) fn evaluate(&mut self) -> Vec<Transition> {
        self.evaluator.evaluate_all(&mut self.store, self.now)
    }

    /// The series of a metric that have a value now, as they print.
    pub(crate) fn series(&self, metric: &str) -> Vec<String> {
        let matchers = [Matcher::new("__name__", MatchOp::Equal, metric, Dialect::V3).unwrap()];
        let all = self.store.series(&matchers);
        let present = all.filter_map(|labels| {
            let (time, value) = *self.store.samples(labels, 0, self.now).last()?;
            (time == self.now && !llm_vitals_promql::is_stale(value))
                .then(|| format!("{labels} {value}"))
        });
        let mut present: Vec<String> = present.collect();
        present.sort();
        present
    }
}

/// `Pending -> Firing {labels} value, Reason`
pub(crate) fn told(change: &Transition) -> String {
    let name =
        |state: Option<AlertState>| state.map_or("none".to_owned(), |state| format!("{state:?}"));
    format!(
        "{} -> {} {} {}, {:?}",
        name(change.from()),
        name(change.to()),
        change.alert().labels(),
        change.alert().value(),
        change.reason()
    )
}
