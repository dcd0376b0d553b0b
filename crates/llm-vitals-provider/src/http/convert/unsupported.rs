//! What another format cannot say.

use std::fmt;

use serde_json::{Map, Value};

/// A field that the other format cannot say, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Unsupported {
    field: String,
    why: String,
}

impl Unsupported {
    pub(crate) fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            why: why.into(),
        }
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot send the field {}: {}", self.field, self.why)
    }
}

/// Whether a field may be left out, since it says what its absence says.
pub(crate) fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

/// Refuses fields that nobody has read; `path` is where they stand, empty or with a dot at its end.
pub(crate) fn nothing_else(
    extra: &Map<String, Value>,
    path: &str,
    known: &[&str],
) -> Result<(), Unsupported> {
    let unread = extra
        .iter()
        .find(|(name, value)| !known.contains(&name.as_str()) && !says_nothing(value));
    match unread {
        Some((name, _)) => Err(Unsupported::new(
            format!("{path}{name}"),
            "the provider has no such field",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_that_says_something_is_refused_by_its_path() {
        let Value::Object(extra) =
            json!({"a": null, "b": false, "c": [], "known": 1, "store": true})
        else {
            unreachable!("an object was written")
        };
        let error = nothing_else(&extra, "messages[1].", &["known"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot send the field messages[1].store: the provider has no such field"
        );
        assert_eq!(nothing_else(&extra, "", &["known", "store"]), Ok(()));
    }
}
