//! Answers as Prometheus' API writes them.

use serde_json::{Value, json};

use crate::number::exact;
use crate::source::{Answer, Question};
use crate::time::now_ms;

/// The answer in the form of `/api/v1/query`, with the notes as `infos`.
pub(crate) fn json(answer: &Answer, question: &Question, notes: &[String]) -> Value {
    let at = seconds(question.at.unwrap_or_else(now_ms));
    let metric = |labels: &[(String, String)]| -> Value {
        labels
            .iter()
            .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
            .collect()
    };
    let (kind, result) = match answer {
        Answer::Scalar(value) => ("scalar", json!([at, exact(*value)])),
        Answer::Text(text) => ("string", json!([at, text])),
        Answer::Vector(series) => {
            let result = series.iter();
            let result = result.map(
                |(labels, value)| json!({"metric": metric(labels), "value": [at, exact(*value)]}),
            );
            ("vector", result.collect())
        }
        Answer::Matrix(series) => {
            let points = |points: &[(i64, f64)]| -> Value {
                points
                    .iter()
                    .map(|(time, value)| json!([seconds(*time), exact(*value)]))
                    .collect()
            };
            let result = series.iter();
            let result = result.map(
                |(labels, values)| json!({"metric": metric(labels), "values": points(values)}),
            );
            ("matrix", result.collect())
        }
    };
    json!({"status": "success", "data": {"resultType": kind, "result": result}, "infos": notes})
}

fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
