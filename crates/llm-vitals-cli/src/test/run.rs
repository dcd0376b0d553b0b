//! A test file, run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use llm_vitals_alert::{AlertState, Evaluator, RuleFile, Rules};
use llm_vitals_promql::{Dialect, Engine, Expr, Labels, Store, Value};

use crate::broken::{Broken, RULES};
use crate::file;
use crate::time::milliseconds;

use super::Outcome;
use super::compare::{self, Seen};
use super::file::{AlertTest, ExprTest, Test, TestFile};
use super::mismatch::{Difference, Mismatch, What};
use super::series::Feed;

/// Runs all tests of a file whose name has `filter` in it.
pub(super) fn run(file: &TestFile, dialect: Dialect, filter: &str, outcome: &mut Outcome) {
    let paths = match rule_files(file, &mut outcome.warnings) {
        Ok(paths) => paths,
        Err(error) => {
            outcome.error = Some(error);
            return;
        }
    };
    let mut seen = BTreeSet::new();
    if let Some(twice) = file
        .group_eval_order
        .iter()
        .find(|group| !seen.insert(*group))
    {
        outcome.error = Some(format!("group_eval_order has {twice:?} twice"));
        return;
    }
    for (at, test) in file.tests.iter().enumerate() {
        let name = if test.name.is_empty() {
            format!("test {}", at + 1)
        } else {
            test.name.clone()
        };
        if !name.contains(filter) {
            continue;
        }
        outcome.tests += 1;
        let found = match Bench::new(file, test, &paths, dialect) {
            Ok(bench) => bench.run(),
            Err(error) => vec![What::Error(error)],
        };
        outcome
            .mismatches
            .extend(found.into_iter().map(|what| Mismatch {
                test: name.clone(),
                what,
            }));
    }
}

/// One test with its rules and samples.
struct Bench<'a> {
    file: &'a TestFile,
    test: &'a Test,
    dialect: Dialect,
    engine: Engine,
    store: Store,
    feed: Feed,
    evaluator: Evaluator,
}

impl<'a> Bench<'a> {
    fn new(
        file: &'a TestFile,
        test: &'a Test,
        paths: &[PathBuf],
        dialect: Dialect,
    ) -> Result<Self, String> {
        if let Some(test) = test
            .alert_rule_test
            .iter()
            .find(|test| test.alertname.is_empty())
        {
            return Err(format!(
                "an alert_rule_test at {:?} has no alertname",
                test.eval_time
            ));
        }
        let engine = Engine::new().with_subquery_step(file.evaluation_interval);
        let evaluator = Evaluator::new(load(paths, &file.group_eval_order, dialect)?)
            .with_interval(file.evaluation_interval)
            .with_engine(engine.clone())
            .with_external_labels(&Labels::new(&test.external_labels))
            .with_external_url(test.external_url.clone());
        let century = Duration::from_secs(100 * 365 * 86_400);
        Ok(Self {
            file,
            test,
            dialect,
            engine,
            store: Store::builder()
                .with_retention(century)
                .with_max_bytes(usize::MAX)
                .build(),
            feed: Feed::new(
                &test.input_series,
                file.interval(test),
                test.start_timestamp,
            )?,
            evaluator,
        })
    }

    fn run(mut self) -> Vec<What> {
        let step = milliseconds(self.file.evaluation_interval).max(1);
        // At which evaluation the alerts of a time are looked at: the last one that is not later.
        let mut due: BTreeMap<i64, Vec<&AlertTest>> = BTreeMap::new();
        for test in &self.test.alert_rule_test {
            due.entry(milliseconds(test.eval_time) / step * step)
                .or_default()
                .push(test);
        }
        let alerts = self.test.alert_rule_test.iter().map(|test| test.eval_time);
        let samples = self.test.promql_expr_test.iter().map(|test| test.eval_time);
        let end = milliseconds(alerts.chain(samples).max().unwrap_or_default());
        let mut found = Vec::new();
        let start = self.test.start_timestamp;
        let mut now = 0;
        while now <= end {
            if let Err(error) = self.feed.advance(&mut self.store, now) {
                found.push(What::Error(error));
                return found;
            }
            self.evaluator.evaluate_all(&mut self.store, start + now);
            let errors = self.errors(now);
            if !errors.is_empty() {
                found.extend(errors);
                return found;
            }
            let tests = due.remove(&now).unwrap_or_default();
            found.extend(tests.into_iter().filter_map(|test| self.alerts(test)));
            now += step;
        }
        found.extend(
            self.test
                .promql_expr_test
                .iter()
                .filter_map(|test| self.samples(test)),
        );
        found
    }

    /// Rules that could not be evaluated.
    fn errors(&self, now: i64) -> Vec<What> {
        let failed = self.evaluator.rules().into_iter().filter_map(|status| {
            let error = status.last_error()?;
            let at = crate::time::format_duration(Duration::from_millis(now.unsigned_abs()));
            Some(What::Error(format!(
                "rule {} at {at}: {error}",
                status.rule().name()
            )))
        });
        failed.collect()
    }

    fn alerts(&self, test: &AlertTest) -> Option<What> {
        let expected = test.exp_alerts.iter().map(|alert| {
            let mut labels = alert.exp_labels.clone();
            labels.insert("alertname".to_owned(), test.alertname.clone());
            Seen {
                labels: Labels::new(&labels),
                annotations: alert.exp_annotations.clone().into_iter().collect(),
            }
        });
        let of_name = |state: AlertState| {
            let active = self.evaluator.alerts().into_iter();
            active
                .map(|active| active.alert())
                .filter(move |alert| alert.name() == test.alertname && alert.state() == state)
        };
        let got = of_name(AlertState::Firing).map(|alert| Seen {
            labels: alert.labels().clone(),
            annotations: alert.annotations().to_vec(),
        });
        let mut differences = compare::alerts(expected.collect(), got.collect());
        if differences.is_empty() {
            return None;
        }
        for alert in of_name(AlertState::Pending) {
            let line = alert.labels().to_string();
            if differences.contains(&Difference::Missing(line.clone())) {
                let since = Duration::from_millis(
                    (alert.active_at() - self.test.start_timestamp).unsigned_abs(),
                );
                let since = crate::time::format_duration(since);
                differences.push(Difference::Hint(format!("{line} is pending since {since}")));
            }
        }
        if !self
            .evaluator
            .rules()
            .iter()
            .any(|status| status.rule().name() == test.alertname)
        {
            differences.push(Difference::Hint("no rule has that name".to_owned()));
        }
        Some(What::Alerts {
            alertname: test.alertname.clone(),
            at: test.eval_time,
            differences,
        })
    }

    fn samples(&self, test: &ExprTest) -> Option<What> {
        match self.differences(test) {
            Ok(differences) if differences.is_empty() => None,
            Ok(differences) => Some(What::Samples {
                expr: test.expr.clone(),
                at: test.eval_time,
                differences,
            }),
            Err(error) => {
                let at = crate::time::format_duration(test.eval_time);
                Some(What::Error(format!(
                    "{} at {at}: {error}",
                    test.expr.trim()
                )))
            }
        }
    }

    fn differences(&self, test: &ExprTest) -> Result<Vec<Difference>, String> {
        let expr =
            Expr::parse(&test.expr, self.dialect).map_err(|error| error.render(&test.expr))?;
        let value = self.engine.eval_instant(
            &self.store,
            &expr,
            self.test.start_timestamp + milliseconds(test.eval_time),
        );
        let got = match value.map_err(|error| error.render(&test.expr))? {
            Value::Vector(samples) => samples
                .iter()
                .map(|sample| (sample.labels().clone(), sample.value()))
                .collect(),
            Value::Scalar(value) => vec![(Labels::empty(), value)],
            _ => {
                return Err(format!(
                    "gives a {}, and a test needs a vector or a scalar",
                    expr.value_type()
                ));
            }
        };
        let expected = test.exp_samples.iter().map(|sample| {
            let labels = if sample.labels.trim().is_empty() {
                Ok(Labels::empty())
            } else {
                Labels::parse(&sample.labels)
            };
            let labels = labels.map_err(|error| format!("labels {:?}: {error}", sample.labels))?;
            Ok((labels, sample.value))
        });
        Ok(compare::samples(
            expected.collect::<Result<_, String>>()?,
            got,
            self.file.fuzzy_compare,
        ))
    }
}

/// The files that the patterns name, relative to the test file.
fn rule_files(file: &TestFile, warnings: &mut Vec<String>) -> Result<Vec<PathBuf>, String> {
    let mut paths = Vec::new();
    for pattern in &file.rule_files {
        let whole = file.folder.join(pattern);
        let found = glob::glob(&whole.to_string_lossy())
            .map_err(|error| format!("rule_files has {pattern:?}: {error}"))?;
        let mut found = found.filter_map(Result::ok).peekable();
        if found.peek().is_none() {
            warnings.push(format!("no file is named {}", whole.display()));
        }
        for path in found {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    Ok(paths)
}

/// The rules, with the signals in front if a file uses them.
fn load(paths: &[PathBuf], order: &[String], dialect: Dialect) -> Result<Rules, String> {
    let mut files = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let text = file::read(path).map_err(|error| format!("{name}: {error}"))?;
        let file = RuleFile::parse_with(&name, &text, dialect);
        files.push(file.map_err(|error| Broken::of(&text, &RULES, &error).render())?);
    }
    let rules = if files.iter().any(RuleFile::uses_signals) {
        Rules::new(files)
    } else {
        Rules::without_signals(files)
    };
    Ok(rules
        .map_err(|error| error.render())?
        .with_group_order(order))
}
