//! What a test expected and did not get.

use std::time::Duration;

use serde_json::{Value, json};

use crate::time::format_duration;

/// One of them.
#[derive(Debug)]
pub(super) struct Mismatch {
    /// The test's name, or its number.
    pub(super) test: String,
    pub(super) what: What,
}

/// What went wrong.
#[derive(Debug)]
pub(super) enum What {
    /// Other alerts fire than expected.
    Alerts {
        alertname: String,
        at: Duration,
        differences: Vec<Difference>,
    },
    /// An expression gives something else.
    Samples {
        expr: String,
        at: Duration,
        differences: Vec<Difference>,
    },
    /// Something could not be evaluated.
    Error(String),
}

/// A line that was expected, a line that was there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// What the following lines are about.
    Of(String),
    Missing(String),
    Unexpected(String),
    /// What may be the reason.
    Hint(String),
}

impl Mismatch {
    pub(super) fn to_json(&self) -> Value {
        let lines = |differences: &[Difference]| -> Value {
            let line = |difference: &Difference| match difference {
                Difference::Of(text) => json!({"of": text}),
                Difference::Missing(text) => json!({"expected": text}),
                Difference::Unexpected(text) => json!({"got": text}),
                Difference::Hint(text) => json!({"hint": text}),
            };
            differences.iter().map(line).collect()
        };
        let mut value = match &self.what {
            What::Alerts {
                alertname,
                at,
                differences,
            } => json!({
                "kind": "alerts",
                "alertname": alertname,
                "eval_time": format_duration(*at),
                "differences": lines(differences),
            }),
            What::Samples {
                expr,
                at,
                differences,
            } => json!({
                "kind": "samples",
                "expr": expr,
                "eval_time": format_duration(*at),
                "differences": lines(differences),
            }),
            What::Error(message) => json!({"kind": "error", "message": message}),
        };
        value["test"] = json!(self.test);
        value
    }
}
