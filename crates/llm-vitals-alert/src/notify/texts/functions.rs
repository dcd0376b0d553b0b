//! Functions of Alertmanager that rules have not, or that do something else there.

use std::sync::Arc;

use crate::notify::message::clean;
use crate::template::{Value, query_escaped, wrong_arguments};

use super::escape::escaped;
use super::moment;

/// The value; `None` for the functions that rules have too.
pub(super) fn call(name: &str, arguments: &[Value], now_ms: i64) -> Option<Result<Value, String>> {
    let text = |text: String| Some(Ok(Value::Text(text)));
    match (name, arguments) {
        ("date" | "tz" | "since", _) => Some(moment::call(name, arguments, now_ms)),
        ("join", [Value::Text(separator), Value::List(items)]) => {
            let items: Vec<String> = items.iter().map(Value::print).collect();
            text(items.join(separator))
        }
        ("safeHtml", [value]) => Some(Ok(Value::Html(value.print().into()))),
        ("stringSlice", _) => Some(Ok(Value::List(
            arguments
                .iter()
                .map(|value| Value::Text(value.print()))
                .collect::<Arc<[Value]>>(),
        ))),
        ("title", [Value::Text(given)]) => text(title(given)),
        ("trimSpace", [Value::Text(given)]) => text(given.trim().to_owned()),
        ("truncate", [Value::Int(most), Value::Text(given)]) => {
            text(clean(given, usize::try_from(*most).unwrap_or(0)))
        }
        ("html", [value]) => text(escaped(&value.print(), false)),
        ("urlquery", [value]) => text(query_escaped(&value.print())),
        ("join" | "safeHtml" | "title" | "trimSpace" | "truncate" | "html" | "urlquery", _) => {
            Some(Err(wrong_arguments(arguments)))
        }
        _ => None,
    }
}

/// Words with a capital letter first and small ones after it.
fn title(text: &str) -> String {
    let mut out = String::new();
    let mut starts = true;
    for char in text.chars() {
        if starts {
            out.extend(char.to_uppercase());
        } else {
            out.extend(char.to_lowercase());
        }
        starts = !char.is_alphanumeric() && char != '_' && char != '\'';
    }
    out
}
