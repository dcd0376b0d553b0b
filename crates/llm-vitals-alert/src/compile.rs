//! Options of the short form, as expressions.
//!
//! What is evaluated here is what is exported, so that a Prometheus does the same: there is no option that only this engine knows.

use llm_vitals_promql::ast::{Node, NodeKind, ValueType};
use llm_vitals_promql::{Dialect, Expr};

use crate::signals::events_of;

/// What happens to an alert whose series vanishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoData {
    /// As in Prometheus: it is resolved.
    Resolve,
    /// One that fires goes on, without a value.
    Keep,
    /// There is an alert as soon as there is no series at all.
    Alert,
}

/// What a short form says beside its condition.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) clear: Option<Expr>,
    pub(crate) min_events: Option<f64>,
    pub(crate) on_no_data: NoData,
}

/// Why an option has no expression.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) field: &'static str,
    pub(crate) message: String,
}

/// The condition with everything that the options add.
pub(crate) fn compile(
    name: &str,
    condition: &Expr,
    options: &Options,
    labels: &[(String, String)],
) -> Result<Expr, Wrong> {
    let is_plain = options.clear.is_none()
        && options.min_events.is_none()
        && options.on_no_data == NoData::Resolve;
    if is_plain {
        return Ok(condition.clone());
    }
    let mut text = format!("({condition})");
    if let Some(least) = options.min_events {
        text = format!("({text} and {})", enough_events(condition, least)?);
    }
    let firing = firing_alerts(name, labels);
    let added = added_labels(labels);
    if let Some(clear) = &options.clear {
        let Some(measured) = compared(clear.root()) else {
            let message =
                "expected a comparison with a number, such as error_rate < 0.02".to_owned();
            return Err(Wrong {
                field: "clear_condition",
                message,
            });
        };
        // Not the opposite comparison: what is not a number is not below the threshold either.
        text =
            format!("{text} or ((({measured}) unless ({clear})) and ignoring ({added}) {firing})");
    }
    if options.on_no_data != NoData::Resolve {
        let Some(measured) = compared(condition.root()) else {
            let message = "the condition must be a comparison with a number, so that missing data can be told from a \
                           condition that does not hold"
                .to_owned();
            return Err(Wrong {
                field: "on_no_data",
                message,
            });
        };
        // The value of data that is not there is not a number.
        text = if options.on_no_data == NoData::Keep {
            format!("{text} or ((sum without ({added}) ({firing}) * NaN) unless ({measured}))")
        } else {
            format!("{text} or (absent({measured}) * NaN)")
        };
    }
    parse(&text, condition.dialect())
}

/// What a comparison with a number measures: the series on its one side.
pub(crate) fn data_of(expr: &Expr) -> Option<Expr> {
    let measured = compared(expr.root())?;
    Expr::parse(&measured.to_string(), expr.dialect()).ok()
}

fn compared(root: &Node) -> Option<&Node> {
    let NodeKind::Binary(binary) = root.without_parens().kind() else {
        return None;
    };
    if !binary.op.is_comparison() || binary.returns_bool {
        return None;
    }
    match (binary.left.value_type(), binary.right.value_type()) {
        (ValueType::Vector, ValueType::Scalar) => Some(&binary.left),
        (ValueType::Scalar, ValueType::Vector) => Some(&binary.right),
        _ => None,
    }
}

/// The alerts of the rule that fire, as the evaluation before has left them.
fn firing_alerts(name: &str, labels: &[(String, String)]) -> String {
    let mut selector = format!("ALERTS{{alertname={}, alertstate=\"firing\"", quoted(name));
    for (label, value) in labels {
        // What a template gives is not known here.
        if !value.contains("{{") && !value.is_empty() {
            selector.push_str(&format!(", {label}={}", quoted(value)));
        }
    }
    selector + "}"
}

/// The labels that an alert has and its series has not.
fn added_labels(labels: &[(String, String)]) -> String {
    let names = labels.iter().map(|(name, _)| name.as_str());
    ["alertname", "alertstate"]
        .into_iter()
        .chain(names)
        .collect::<Vec<_>>()
        .join(", ")
}

fn enough_events(condition: &Expr, least: f64) -> Result<String, Wrong> {
    let wrong = |message: &str| Wrong {
        field: "min_events",
        message: message.to_owned(),
    };
    let mut events = None;
    for metric in crate::metric_names(condition) {
        let Some(counted) = events_of(&metric) else {
            let message = format!(
                "how many events stand behind \"{metric}\" is not known: write the condition so that it counts itself, with \"and\""
            );
            return Err(wrong(&message));
        };
        if events.is_some_and(|events| events != counted) {
            return Err(wrong("the signals of the condition count different events"));
        }
        events = Some(counted);
    }
    let Some((series, by)) = events else {
        return Err(wrong(
            "the condition has no signal whose events could be counted",
        ));
    };
    Ok(format!("on ({by}) ({series} >= {least})"))
}

fn parse(text: &str, dialect: Dialect) -> Result<Expr, Wrong> {
    let parsed = Expr::parse(text, dialect);
    parsed.map_err(|error| Wrong {
        field: "condition",
        message: error.message().to_owned(),
    })
}

/// A text in the language's quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            _ => out.push(char),
        }
    }
    out + "\""
}
