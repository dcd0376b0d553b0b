//! What Slack said: `ok`, a word, or JSON, with any status.

use serde_json::Value;

use super::errors;
use crate::notify::http_client::HttpAnswer;
use crate::notify::notifier::NotifyError;

/// Where a message is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) channel: String,
    pub(super) ts: String,
}

/// No, with Slack's word for it where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) code: String,
    pub(super) error: NotifyError,
}

impl From<NotifyError> for Refused {
    fn from(error: NotifyError) -> Self {
        Self {
            code: String::new(),
            error,
        }
    }
}

/// What an answer to the API means. There, no is said with status 200.
pub(super) fn of_api(answer: HttpAnswer) -> Result<Place, Refused> {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let body = match body {
        Some(body) if body.get("ok").is_some() => body,
        _ => {
            answer.into_success()?;
            let message = "the address answers, but not as Slack's API does";
            return Err(NotifyError::permanent("invalid", message).into());
        }
    };
    if body["ok"] != true {
        return Err(refused(&answer, &body["error"]));
    }
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Ok(Place {
        channel: text("channel"),
        ts: text("ts"),
    })
}

/// What an answer to a webhook means: `ok`, or a word with a status.
pub(super) fn of_webhook(answer: HttpAnswer) -> Result<(), Refused> {
    let text = String::from_utf8_lossy(&answer.body).trim().to_owned();
    let body: Option<Value> = serde_json::from_str(&text).ok();
    let body = body.filter(Value::is_object).unwrap_or_default();
    let is_success = (200..300).contains(&answer.status);
    if is_success && (text == "ok" || body["ok"] == true || body["success"] == true) {
        return Ok(());
    }
    if body["error"].is_string() {
        return Err(refused(&answer, &body["error"]));
    }
    if is_success && text.is_empty() {
        // Some of those who take Slack's webhooks say nothing.
        return Ok(());
    }
    if is_word(&text) {
        return Err(refused(&answer, &Value::from(text)));
    }
    answer.into_success()?;
    let message = "the address answers, but not as a webhook of Slack does";
    Err(NotifyError::permanent("invalid", message).into())
}

fn refused(answer: &HttpAnswer, code: &Value) -> Refused {
    let code = code
        .as_str()
        .filter(|code| is_word(code))
        .unwrap_or("an unknown error");
    let mut error = errors::error(code);
    let is_failing = answer.status == 429 || answer.status >= 500;
    if is_failing && !error.is_temporary() {
        error = answer.error();
    }
    if let Some(wait) = answer.retry_after() {
        error = error.with_retry_after(wait);
    }
    Refused {
        code: code.to_owned(),
        error,
    }
}

fn is_word(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    (2..=64).contains(&text.len()) && text.chars().all(is_part)
}
