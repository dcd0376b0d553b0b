//! What the evaluation of a rule gives, whatever its kind.

use llm_vitals_promql::{Engine, Expr, Labels, Sample, Store, Value};

/// A series to be written, and its value.
pub(super) type Written = (Labels, f64);

/// The series of an expression: a number is one without labels.
pub(super) fn vector(
    engine: &Engine,
    store: &Store,
    expr: &Expr,
    at_ms: i64,
) -> Result<Vec<(Labels, f64)>, String> {
    match engine.eval_instant(store, expr, at_ms) {
        Ok(Value::Vector(samples)) => Ok(samples
            .iter()
            .map(|sample: &Sample| (sample.labels().clone(), sample.value()))
            .collect()),
        Ok(Value::Scalar(value)) => Ok(vec![(Labels::empty(), value)]),
        Ok(_) => Err("the expression gives neither series nor a number".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
