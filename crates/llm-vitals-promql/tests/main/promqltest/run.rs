//! Reference cases against the engine.

use std::collections::HashMap;
use std::time::Duration;

use llm_vitals_promql::{Dialect, Engine, ErrorKind, Expr, Labels, Store, Value, parse_values};

use super::case::{Command, CommandKind, Eval, Moments};

pub(super) enum Outcome {
    Nothing,
    Passed,
    /// Left out, and why.
    Unsupported(String),
    Failed(String),
}

/// What commands act on.
pub(super) struct Runner {
    dialect: Dialect,
    store: Store,
    /// Metrics with native histograms, which the store does not keep.
    has_histograms: bool,
}

impl Runner {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            store: empty_store(),
            has_histograms: false,
        }
    }

    pub(super) fn run(&mut self, command: &Command) -> Outcome {
        match &command.kind {
            CommandKind::Clear => {
                self.store = empty_store();
                self.has_histograms = false;
                Outcome::Nothing
            }
            CommandKind::Load { step_ms, series } => {
                self.load(*step_ms, series);
                Outcome::Nothing
            }
            CommandKind::Eval(eval) if self.has_histograms => {
                Outcome::Unsupported(format!("native histograms: {}", eval.expr))
            }
            CommandKind::Eval(eval) => match self.eval(eval) {
                Ok(()) => Outcome::Passed,
                Err(why) => Outcome::Failed(format!("{}: {why}", eval.expr)),
            },
        }
    }

    fn load(&mut self, step_ms: i64, series: &[String]) {
        let mut order = Vec::new();
        let mut values_of = HashMap::new();
        for line in series {
            let (labels, values) = split_series(line);
            match parse_values(values) {
                Ok(values) => {
                    let labels = Labels::parse(labels).unwrap();
                    // Of a series that is there twice in one load the last line counts.
                    if values_of.insert(labels.clone(), values).is_none() {
                        order.push(labels);
                    }
                }
                Err(error) if error.kind() == ErrorKind::Unsupported => self.has_histograms = true,
                Err(error) => panic!("{line}: {error}"),
            }
        }
        for labels in order {
            for (at, value) in values_of[&labels].iter().enumerate() {
                if let Some(value) = value {
                    self.store
                        .append(&labels, at as i64 * step_ms, *value)
                        .unwrap();
                }
            }
        }
    }

    fn eval(&self, eval: &Eval) -> Result<(), String> {
        let engine = Engine::new();
        let expr = match Expr::parse(&eval.expr, self.dialect) {
            Ok(expr) => expr,
            Err(_) if eval.fails => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        same_when_printed(&expr)?;
        match eval.moments {
            Moments::Instant(at) => {
                let result = engine.eval_instant(&self.store, &expr, at);
                if eval.fails {
                    return result.map_or(Ok(()), |value| Err(format!("did not fail: {value:?}")));
                }
                let result = result.map_err(|error| error.to_string())?;
                compare_instant(eval, &result)?;
                if eval.is_ordered {
                    return Ok(());
                }
                // The middle of a range must be the same.
                let minute = 60_000;
                let range = engine.eval_range(&self.store, &expr, at - minute, at + minute, minute);
                let Value::Matrix(series) =
                    range.map_err(|error| format!("as a range: {error}"))?
                else {
                    return Err("a range query gave no matrix".to_owned());
                };
                let mut middle = Vec::new();
                for series in series {
                    let points = series.points().iter().filter(|(time, _)| *time == at);
                    middle.extend(points.map(|(_, value)| (series.labels().clone(), *value)));
                }
                let expected = expected_values(eval)?;
                compare_sets(&expected, &middle).map_err(|why| format!("as a range: {why}"))
            }
            Moments::Range { start, end, step } => {
                let result = engine.eval_range(&self.store, &expr, start, end, step);
                if eval.fails {
                    return result.map_or(Ok(()), |value| Err(format!("did not fail: {value:?}")));
                }
                let Value::Matrix(series) = result.map_err(|error| error.to_string())? else {
                    return Err("a range query gave no matrix".to_owned());
                };
                let mut expected = Vec::new();
                for line in &eval.expected {
                    let (labels, values) = split_series(line);
                    let labels = Labels::parse(labels).map_err(|error| error.to_string())?;
                    let values = parse_values(values).map_err(|error| error.to_string())?;
                    for (at, value) in values.into_iter().enumerate() {
                        if let Some(value) = value {
                            expected.push(((labels.clone(), start + at as i64 * step), value));
                        }
                    }
                }
                let found: Vec<_> = series
                    .iter()
                    .flat_map(|series| {
                        let labels = series.labels();
                        series
                            .points()
                            .iter()
                            .map(move |(time, value)| ((labels.clone(), *time), *value))
                    })
                    .collect();
                compare_sets(&expected, &found)
            }
        }
    }
}

fn empty_store() -> Store {
    Store::builder()
        .with_retention(Duration::from_secs(u64::MAX))
        .build()
}

/// What an expression prints must be read as the same expression.
fn same_when_printed(expr: &Expr) -> Result<(), String> {
    let printed = expr.to_string();
    let again = Expr::parse(&printed, expr.dialect());
    let again = again.map_err(|error| format!("printed as {printed}, which is none: {error}"))?;
    if again.to_string() == printed {
        Ok(())
    } else {
        Err(format!("printed as {printed}, which is printed as {again}"))
    }
}

fn compare_instant(eval: &Eval, result: &Value) -> Result<(), String> {
    let expected = expected_values(eval)?;
    let found = match result {
        Value::Scalar(value) => vec![(Labels::empty(), *value)],
        Value::Vector(samples) => samples
            .iter()
            .map(|sample| (sample.labels().clone(), sample.value()))
            .collect(),
        other => return Err(format!("unexpected {other:?}")),
    };
    if eval.is_ordered {
        let labels = |values: &[(Labels, f64)]| {
            values
                .iter()
                .map(|(labels, _)| labels.to_string())
                .collect::<Vec<_>>()
        };
        if labels(&expected) != labels(&found) {
            return Err(format!("in the order {found:?}"));
        }
    }
    compare_sets(&expected, &found)
}

fn expected_values(eval: &Eval) -> Result<Vec<(Labels, f64)>, String> {
    let mut expected = Vec::new();
    for line in &eval.expected {
        let (labels, value) = match number(line) {
            Some(value) => (Labels::empty(), value),
            None => {
                let (labels, value) = split_series(line);
                let labels = Labels::parse(labels).map_err(|error| format!("{line}: {error}"))?;
                (
                    labels,
                    number(value).ok_or_else(|| format!("no value: {line}"))?,
                )
            }
        };
        expected.push((labels, value));
    }
    Ok(expected)
}

fn compare_sets<K: PartialEq + std::fmt::Debug>(
    expected: &[(K, f64)],
    found: &[(K, f64)],
) -> Result<(), String> {
    let missing = expected.iter().find(|(key, value)| {
        !found
            .iter()
            .any(|(other, have)| key == other && nearly_equal(*value, *have))
    });
    match missing {
        Some(missing) => Err(format!("expected {missing:?}, found {found:?}")),
        None if expected.len() == found.len() => Ok(()),
        None => Err(format!("expected {expected:?}, found {found:?}")),
    }
}

/// A relative difference of a millionth, as the reference has it.
fn nearly_equal(a: f64, b: f64) -> bool {
    const EPSILON: f64 = 1e-6;
    if a.is_nan() && b.is_nan() || a == b {
        return true;
    }
    let difference = (a - b).abs();
    if a == 0.0 || b == 0.0 || difference < f64::MIN_POSITIVE {
        return difference < EPSILON * f64::MIN_POSITIVE;
    }
    difference / (a.abs() + b.abs()) < EPSILON
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// Labels and values of `name{label="value"} 1 2 3`.
fn split_series(line: &str) -> (&str, &str) {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in line.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None if character == '}' => return line.split_at(at + 1),
            None if character.is_whitespace() && !line[..at].contains('{') => {
                return line.split_at(at);
            }
            None => {}
        }
    }
    (line, "")
}
