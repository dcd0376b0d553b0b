//! Two answers beside each other.

use serde_json::Value;

pub(super) enum Difference {
    /// Numbers differ by a few of their last bits.
    LastBit(String),
    Real(String),
}

/// Status and body of both; of errors about expressions the text is our own.
pub(super) fn compare(theirs: &(u16, Value), ours: &(u16, Value)) -> Option<Difference> {
    let text = format!(
        "theirs {}: {}\nours   {}: {}",
        theirs.0, theirs.1, ours.0, ours.1
    );
    let real = || Some(Difference::Real(text.clone()));
    if theirs.0 != ours.0 || theirs.1["status"] != ours.1["status"] {
        return real();
    }
    if theirs.0 != 200 {
        let (theirs, ours) = (&theirs.1, &ours.1);
        let text = |said: &Value| said["error"].as_str().unwrap_or_default().to_owned();
        let same = theirs["errorType"] == ours["errorType"]
            && (text(theirs) == text(ours) || is_about_an_expression(&text(theirs)));
        return if same { None } else { real() };
    }
    let (theirs, ours) = (sorted(theirs.1.clone()), sorted(ours.1.clone()));
    if theirs == ours {
        None
    } else if nearly(&theirs, &ours) {
        Some(Difference::LastBit(text))
    } else {
        real()
    }
}

fn is_about_an_expression(text: &str) -> bool {
    let own = [
        "parse error",
        "at least one non-empty matcher",
        "expected type",
        "many-to-many",
        "found duplicate series",
        "multiple matches",
        "invalid expression type",
        "invalid smoothing",
        "same labelset",
        "invalid label name",
        "invalid destination",
        "invalid source",
        "invalid regular expression",
    ];
    own.iter().any(|part| text.contains(part))
}

/// With the results in one order: it is undefined but for `sort`, which has a test of its own.
pub(super) fn sorted(mut said: Value) -> Value {
    let lists = ["/data/result", "/data"];
    for list in lists {
        if let Some(list) = said.pointer_mut(list).and_then(Value::as_array_mut) {
            // Of a scalar time and value.
            if !list.iter().any(Value::is_number) {
                list.sort_by_key(|item| {
                    let name = item
                        .get("metric")
                        .or(item.get("seriesLabels"))
                        .unwrap_or(item);
                    canonical(name)
                });
            }
        }
    }
    said
}

/// Names of an object in one order.
fn canonical(value: &Value) -> String {
    let Some(object) = value.as_object() else {
        return value.to_string();
    };
    let mut pairs: Vec<String> = object
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.sort();
    pairs.join(",")
}

/// Whether all is the same but numbers in texts, which differ by a few of their last bits at most.
fn nearly(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| nearly(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| nearly(a, b)))
        }
        (Value::String(a), Value::String(b)) if a != b => {
            match (a.parse::<f64>(), b.parse::<f64>()) {
                (Ok(a), Ok(b)) => (a - b).abs() <= 1e-15 * a.abs().max(b.abs()),
                _ => false,
            }
        }
        _ => a == b,
    }
}

/// How many numbers a result has.
pub(super) fn values(said: &Value) -> usize {
    let series = said["data"]["result"].as_array();
    let of = |series: &Value| match (&series["value"], &series["values"]) {
        (Value::Array(_), _) => 1,
        (_, Value::Array(values)) => values.len(),
        _ => 0,
    };
    series.map_or(0, |series| series.iter().map(of).sum())
}
