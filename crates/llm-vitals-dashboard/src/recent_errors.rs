//! The last errors of calls, to be shown.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde::Serialize;

use crate::redact::{known, redact};
use crate::time;
use crate::work::lock;

/// Characters of a message, and of what names something.
const LONGEST_MESSAGE: usize = 500;
const LONGEST_NAME: usize = 128;
/// Characters of a message that are looked at.
const LONGEST_READ: usize = 8 << 10;

/// One call that failed. Texts are cut and without secrets from the moment that they are handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecentError {
    #[serde(serialize_with = "time::serialize_some")]
    at: i64,
    provider: Option<String>,
    model: Option<String>,
    operation: Option<String>,
    error_type: String,
    status: Option<u16>,
    message: Option<String>,
    request_id: Option<String>,
    trace_id: Option<String>,
}

/// The last errors, newest first; a clone is another handle of the same. 200 unless told otherwise.
#[derive(Debug, Clone)]
pub struct RecentErrors {
    most: usize,
    errors: Arc<Mutex<VecDeque<RecentError>>>,
}

impl RecentError {
    /// An error of this type, such as `rate_limited`, at a time in milliseconds since 1970.
    #[must_use]
    pub fn new(at_ms: i64, error_type: &str) -> Self {
        Self {
            at: at_ms,
            provider: None,
            model: None,
            operation: None,
            error_type: name(error_type),
            status: None,
            message: None,
            request_id: None,
            trace_id: None,
        }
    }

    /// Who was called.
    #[must_use]
    pub fn with_provider(mut self, provider: &str) -> Self {
        self.provider = Some(name(provider));
        self
    }

    /// Which model was asked for.
    #[must_use]
    pub fn with_model(mut self, model: &str) -> Self {
        self.model = Some(name(model));
        self
    }

    /// What was asked for, such as `chat`.
    #[must_use]
    pub fn with_operation(mut self, operation: &str) -> Self {
        self.operation = Some(name(operation));
        self
    }

    /// The status of the HTTP answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// What was said, kept as [`redact`](crate::redact) gives it and at most 500 characters long. Hand in no prompts: a text is no
    /// secret by its looks.
    #[must_use]
    pub fn with_message(mut self, message: &str) -> Self {
        let read = cut(message, LONGEST_READ);
        let shown = redact(&printable(read));
        self.message = Some(shorten(&shown, LONGEST_MESSAGE));
        self
    }

    /// The provider's name for the request.
    #[must_use]
    pub fn with_request_id(mut self, id: &str) -> Self {
        self.request_id = Some(name(id));
        self
    }

    /// The trace that the call belongs to.
    #[must_use]
    pub fn with_trace_id(mut self, id: &str) -> Self {
        self.trace_id = Some(name(id));
        self
    }

    /// When, in milliseconds since 1970.
    #[must_use]
    pub fn at(&self) -> i64 {
        self.at
    }

    /// What was said, as it is shown.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }
}

impl RecentErrors {
    /// A log that keeps so many, one at least.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            errors: Arc::default(),
        }
    }

    /// Adds one; the oldest goes if there are too many.
    pub fn push(&self, error: RecentError) {
        let mut errors = lock(&self.errors);
        if errors.len() >= self.most {
            errors.pop_back();
        }
        errors.push_front(error);
    }

    /// All that are kept, newest first.
    #[must_use]
    pub fn recent(&self) -> Vec<RecentError> {
        lock(&self.errors).iter().cloned().collect()
    }
}

impl Default for RecentErrors {
    fn default() -> Self {
        Self::new(200)
    }
}

/// A name: short, printable, and no key that came there by mistake.
fn name(text: &str) -> String {
    let read = cut(text, 4 * LONGEST_NAME);
    shorten(&known(&printable(read)), LONGEST_NAME)
}

/// At most so many characters, the last of which says that there were more.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => format!("{}…", cut(text, most.saturating_sub(1))),
    }
}

fn cut(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most);
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

/// Without what would hide the rest of a text or turn its direction.
fn printable(text: &str) -> String {
    let is_hidden = |character: char| {
        character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .map(|character| if is_hidden(character) { ' ' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_and_the_oldest_go() {
        let errors = RecentErrors::new(2);
        let other = errors.clone();
        for at in 1..=3 {
            errors.push(RecentError::new(at, "timeout"));
        }
        let times: Vec<_> = other.recent().iter().map(RecentError::at).collect();
        assert_eq!(times, [3, 2]);
    }

    #[test]
    fn texts_are_short_and_without_secrets() {
        let error = RecentError::new(0, "auth")
            .with_message(&format!(
                "bad key sk-abcdefgh123\n\u{202e}{}",
                "x ".repeat(9_000)
            ))
            .with_request_id(&"r".repeat(1_000))
            .with_model("Bearer abcdefgh");
        let message = error.message().unwrap_or_default();
        assert!(message.starts_with("bad key [redacted]  x x"), "{message}");
        assert_eq!(message.chars().count(), 500);
        assert!(message.ends_with('…'));
        assert_eq!(
            error.request_id.as_deref().map(|id| id.chars().count()),
            Some(128)
        );
        assert_eq!(error.model.as_deref(), Some("Bearer [redacted]"));
    }

    #[test]
    fn what_is_not_known_is_null() {
        let error = RecentError::new(1_764_000_000_200, "rate_limited").with_status(429);
        assert_eq!(
            serde_json::to_string(&error).unwrap_or_default(),
            r#"{"at":"2025-11-24T16:00:00.2Z","provider":null,"model":null,"operation":null,"errorType":"rate_limited","status":429,"message":null,"requestId":null,"traceId":null}"#
        );
    }
}
