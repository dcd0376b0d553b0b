//! What is wrong with an answer, before it is known who gave it.

use serde_json::Value;

use crate::kind::ErrorKind;

/// What is wrong with an answer, before it is known who gave it.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is not what the provider documents.
    Garbage(String),
    /// It carries an error of the provider: an object with the field `error`.
    Refused(Value),
    /// It is well-formed, and no answer.
    Kind(ErrorKind, String),
}

impl Fault {
    /// The fault of `data`, which could not be read for `error`: an error of the provider if it carries one.
    pub(crate) fn unread(data: &[u8], error: &serde_json::Error) -> Self {
        match serde_json::from_slice::<Value>(data) {
            Ok(value) if carries_error(&value) => Self::Refused(value),
            _ => Self::Garbage(error.to_string()),
        }
    }
}

/// Whether an answer, or an event of it, is an error of the provider.
pub(crate) fn carries_error(value: &Value) -> bool {
    // Gemini wraps its errors in a list when it was asked for a stream.
    let value = value.get(0).unwrap_or(value);
    value.get("error").is_some_and(|error| !error.is_null())
}
