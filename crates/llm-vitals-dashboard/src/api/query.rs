//! `query` and `query_range`.

use std::time::Duration;

use llm_vitals_promql::ast::ValueType;
use llm_vitals_promql::{Engine, Error, ErrorKind, Expr, Snapshot, Value};

use crate::json;
use crate::parameters::Parameters;
use crate::problem::{Problem, ProblemKind};
use crate::time::{parse_span, parse_time};
use crate::work::Limit;

use super::{Answer, Api, execution, limit, moment};

/// Points that Prometheus gives of a series.
const MOST_STEPS: i128 = 11_000;

impl Api {
    pub(super) fn query(
        &self,
        parameters: &Parameters,
        now_ms: i64,
        work: &Limit,
    ) -> Result<Answer, Problem> {
        let wanted = limit(parameters)?;
        let at = moment(parameters, "time", now_ms)?;
        let expr = self.expr(parameters)?;
        let engine = self.limited(parameters, work)?;
        let snapshot = self.snapshot(expr);
        let value = snapshot.eval_instant(&engine, at);
        let value = value.map_err(|error| failed(&error, work))?;
        self.shown(value, at, wanted)
    }

    pub(super) fn query_range(
        &self,
        parameters: &Parameters,
        work: &Limit,
    ) -> Result<Answer, Problem> {
        let wanted = limit(parameters)?;
        let start = needed(parameters, "start")?;
        let end = needed(parameters, "end")?;
        if end < start {
            let message = "end timestamp must not be before start time";
            return Err(Problem::parameter("end", message));
        }
        let text = parameters.first("step").unwrap_or_default();
        let step = parse_span(text).ok_or_else(|| no_duration("step", text))?;
        let none = "zero or negative query resolution step widths are not accepted. Try a positive integer";
        if step <= 0 {
            return Err(Problem::parameter("step", none));
        }
        if i128::from(end - start) * 1_000_000 / i128::from(step) > MOST_STEPS {
            let message = "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)";
            return Err(Problem::bad_data(message));
        }
        let step_ms = step / 1_000_000;
        if step_ms == 0 {
            return Err(Problem::parameter("step", none));
        }
        let expr = self.expr(parameters)?;
        let kind = match expr.value_type() {
            ValueType::Scalar | ValueType::Vector => None,
            ValueType::Matrix => Some("range vector"),
            ValueType::String => Some("string"),
        };
        if let Some(kind) = kind {
            let message = format!(
                "invalid expression type \"{kind}\" for range query, must be Scalar or instant Vector"
            );
            return Err(Problem::parameter("query", message));
        }
        let engine = self.limited(parameters, work)?;
        let snapshot = self.snapshot(expr);
        let value = snapshot.eval_range(&engine, start, end, step_ms);
        let value = value.map_err(|error| failed(&error, work))?;
        self.shown(value, end, wanted)
    }

    /// The store is locked for this only, and not while it is evaluated.
    fn snapshot(&self, expr: Expr) -> Snapshot {
        self.with_store(|store| Snapshot::new(store, expr))
    }

    fn limited(&self, parameters: &Parameters, work: &Limit) -> Result<Engine, Problem> {
        let mut engine = self.engine.clone();
        if let Some(text) = parameters.first("lookback_delta") {
            let lookback = parse_span(text).and_then(|nanos| u64::try_from(nanos).ok());
            let lookback = lookback.ok_or_else(|| {
                Problem::bad_data(format!(
                    "error parsing lookback delta duration: cannot parse {text:?} to a valid duration"
                ))
            })?;
            engine = engine.with_lookback(Duration::from_nanos(lookback));
        }
        let work = work.clone();
        Ok(engine.with_interrupt(move || work.is_reached()))
    }

    fn shown(&self, value: Value, at: i64, wanted: Option<usize>) -> Result<Answer, Problem> {
        let mut answer = Answer::default();
        let mut out = String::new();
        match value {
            Value::Scalar(number) => {
                out.push_str(r#"{"resultType":"scalar","result":"#);
                json::point(&mut out, at, number);
            }
            Value::String(text) => {
                out.push_str(r#"{"resultType":"string","result":["#);
                json::time(&mut out, at);
                out.push(',');
                json::string(&mut out, &text);
                out.push(']');
            }
            Value::Vector(mut samples) => {
                answer.truncate(&mut samples, wanted);
                self.check_size(samples.len())?;
                out.push_str(r#"{"resultType":"vector","result":"#);
                json::list(&mut out, &samples, |out, sample| {
                    out.push_str(r#"{"metric":"#);
                    json::labels(out, sample.labels());
                    out.push_str(r#","value":"#);
                    json::point(out, at, sample.value());
                    out.push('}');
                });
            }
            Value::Matrix(mut series) => {
                answer.truncate(&mut series, wanted);
                self.check_size(series.iter().map(|series| series.points().len()).sum())?;
                out.push_str(r#"{"resultType":"matrix","result":"#);
                json::list(&mut out, &series, |out, series| {
                    out.push_str(r#"{"metric":"#);
                    json::labels(out, series.labels());
                    out.push_str(r#","values":"#);
                    json::list(out, series.points(), |out, (time, value)| {
                        json::point(out, *time, *value);
                    });
                    out.push('}');
                });
            }
            other => {
                return Err(execution(format!(
                    "a result that has no form here: {other:?}"
                )));
            }
        }
        out.push('}');
        answer.data = out;
        Ok(answer)
    }

    fn check_size(&self, points: usize) -> Result<(), Problem> {
        if points > self.max_points {
            return Err(execution(format!(
                "the result has {points} points; the limit is {}: ask for fewer series or a longer step",
                self.max_points
            )));
        }
        Ok(())
    }
}

/// A parameter that is a span of time.
pub(super) fn span(name: &str, text: &str) -> Result<Duration, Problem> {
    let nanos = parse_span(text).and_then(|nanos| u64::try_from(nanos).ok());
    nanos
        .map(Duration::from_nanos)
        .ok_or_else(|| no_duration(name, text))
}

fn no_duration(name: &str, text: &str) -> Problem {
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    let reason = if is_number {
        ". It overflows int64"
    } else {
        ""
    };
    let message = format!("cannot parse {text:?} to a valid duration{reason}");
    Problem::parameter(name, message)
}

fn needed(parameters: &Parameters, name: &str) -> Result<i64, Problem> {
    let text = parameters.first(name).unwrap_or_default();
    parse_time(text).ok_or_else(|| {
        let message = format!("cannot parse {text:?} to a valid timestamp");
        Problem::parameter(name, message)
    })
}

fn failed(error: &Error, work: &Limit) -> Problem {
    match error.kind() {
        ErrorKind::Interrupted => work.problem(),
        ErrorKind::Syntax | ErrorKind::Type | ErrorKind::Unsupported => {
            Problem::new(ProblemKind::BadData, error.to_string())
        }
        _ => execution(error.message()),
    }
}
