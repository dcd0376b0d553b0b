//! The functions of templates: those of Go and those of Prometheus.

use super::humanize::{general, humanize, humanize_duration, humanize_percentage, humanize1024};
use super::object::{Environment, Object};
use super::printf::printf;
use super::time::timestamp;
use super::value::Value;
use super::{compare, text_functions};

/// The value of a function, or what is wrong.
pub(super) fn call(
    name: &str,
    arguments: &[Value],
    environment: &dyn Environment,
) -> Result<Value, String> {
    if let Some(value) = environment.function(name, arguments) {
        return value;
    }
    let text = Value::Text;
    Ok(match (name, arguments) {
        ("not", [value]) => Value::Bool(!value.is_true()),
        ("eq" | "ne" | "lt" | "le" | "gt" | "ge", _) => {
            Value::Bool(compare::compare(name, arguments)?)
        }
        ("len", [value]) => Value::Int(length(value)?),
        ("index", [value, keys @ ..]) => index(value, keys)?,
        ("print", _) => text(print(arguments)),
        ("println", _) => {
            let printed: Vec<String> = arguments.iter().map(Value::print).collect();
            text(printed.join(" ") + "\n")
        }
        ("printf", [Value::Text(format), values @ ..]) => text(printf(format, values)),
        ("args", _) => Value::Args(arguments.into()),
        ("humanize", [value]) => text(humanize(number(value)?)),
        ("humanize1024", [value]) => text(humanize1024(number(value)?)),
        ("humanizeDuration", [value]) => text(humanize_duration(number(value)?)),
        ("humanizePercentage", [value]) => text(humanize_percentage(number(value)?)),
        ("humanizeTimestamp", [value]) => match number(value)? {
            seconds if seconds.is_finite() => text(timestamp(seconds)),
            seconds => text(general(seconds, 4)),
        },
        ("toTime", [value]) => match number(value)? {
            seconds if seconds.is_finite() => Value::Time(seconds),
            _ => return Err("the number is no time".to_owned()),
        },
        _ => text_functions::call(name, arguments)?,
    })
}

/// What a function that is called with the wrong values says.
pub(crate) fn wrong_arguments(arguments: &[Value]) -> String {
    let types: Vec<&str> = arguments.iter().map(Value::type_name).collect();
    match &*types {
        [] => "arguments are missing".to_owned(),
        types => format!("it does not take these arguments: {}", types.join(", ")),
    }
}

pub(super) fn number(value: &Value) -> Result<f64, String> {
    match value {
        Value::Float(value) => Ok(*value),
        Value::Int(value) => Ok(*value as f64),
        Value::Text(text) => {
            let parsed = text.trim_start_matches('+').parse();
            parsed.map_err(|_| format!("\"{text}\" is no number"))
        }
        Value::Object(object) => {
            let number = object.number();
            number.ok_or_else(|| format!("a {} is no number", value.type_name()))
        }
        other => Err(format!("a {} is no number", other.type_name())),
    }
}

/// As Go's `Sprint`: a blank between two values where neither is a text.
fn print(values: &[Value]) -> String {
    let mut out = String::new();
    for (index, value) in values.iter().enumerate() {
        let is_text = |value: &Value| matches!(value, Value::Text(_));
        if index > 0 && !is_text(value) && !is_text(&values[index - 1]) {
            out.push(' ');
        }
        out.push_str(&value.print());
    }
    out
}

fn length(value: &Value) -> Result<i64, String> {
    let length = match value {
        Value::Text(text) => text.len(),
        Value::Labels(labels) => labels.len(),
        Value::List(items) | Value::Args(items) => items.len(),
        Value::Object(object) => match object.items() {
            Some(items) => items.len(),
            None => return Err(format!("a {} has no length", value.type_name())),
        },
        other => return Err(format!("a {} has no length", other.type_name())),
    };
    Ok(i64::try_from(length).unwrap_or(i64::MAX))
}

fn index(value: &Value, keys: &[Value]) -> Result<Value, String> {
    let Some((key, rest)) = keys.split_first() else {
        return Ok(value.clone());
    };
    let found = match (value, key) {
        (Value::Labels(labels), Value::Text(name)) => {
            Value::Text(labels.get(name).cloned().unwrap_or_default())
        }
        (Value::List(items), Value::Int(at)) => {
            let found = usize::try_from(*at).ok().and_then(|at| items.get(at));
            found
                .cloned()
                .ok_or_else(|| format!("there is no element {at} in a list of {}", items.len()))?
        }
        (Value::Object(object), key) => element(object.as_ref(), key)?,
        (value, key) => return Err(no_element(value.type_name(), key)),
    };
    index(&found, rest)
}

fn element(object: &dyn Object, key: &Value) -> Result<Value, String> {
    let Some(items) = object.items() else {
        return Err(no_element(object.type_name(), key));
    };
    let found = items.into_iter().find(|(have, _)| is_key(have, key));
    let found = found.map(|(_, value)| value).or_else(|| object.missing());
    found.ok_or_else(|| format!("there is no element {}", key.print()))
}

fn no_element(type_name: &str, key: &Value) -> String {
    format!("a {type_name} has no element by a {}", key.type_name())
}

fn is_key(have: &Value, key: &Value) -> bool {
    match (have, key) {
        (Value::Int(have), Value::Int(key)) => have == key,
        (Value::Text(have), Value::Text(key)) => have == key,
        _ => false,
    }
}
