//! Functions over series.

use std::sync::Arc;

use super::functions::wrong_arguments;
use super::rule_data::TemplateData;
use super::value::{TemplateSample, Value};

/// How many series an answer may have.
const MOST_SERIES: usize = 1_000;

pub(super) fn call(
    name: &str,
    arguments: &[Value],
    data: &TemplateData<'_>,
) -> Result<Value, String> {
    Ok(match (name, arguments) {
        ("query", [Value::Text(expr)]) => {
            let samples = (data.query)(expr)?;
            if samples.len() > MOST_SERIES {
                return Err(format!("the answer has more than {MOST_SERIES} series"));
            }
            Value::List(
                samples
                    .into_iter()
                    .map(|sample| Value::Sample(Arc::new(sample)))
                    .collect(),
            )
        }
        ("first", [Value::List(items)]) => {
            let first = items.first().cloned();
            first.ok_or_else(|| "there is no element".to_owned())?
        }
        ("label", [Value::Text(name), Value::Sample(sample)]) => label(sample, name),
        ("value", [Value::Sample(sample)]) => Value::Float(sample.value),
        ("strvalue", [Value::Sample(sample)]) => label(sample, "__value__"),
        ("sortByLabel", [Value::Text(name), Value::List(items)]) => {
            let mut items = items.to_vec();
            let key = |item: &Value| match item {
                Value::Sample(sample) => sample.labels.get(name).cloned().unwrap_or_default(),
                _ => String::new(),
            };
            items.sort_by_key(key);
            Value::List(items.into())
        }
        _ => return Err(wrong_arguments(arguments)),
    })
}

fn label(sample: &TemplateSample, name: &str) -> Value {
    Value::Text(sample.labels.get(name).cloned().unwrap_or_default())
}
