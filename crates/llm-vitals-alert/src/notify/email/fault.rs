//! What a failure of the conversation means.

use std::error::Error as _;

use lettre::transport::smtp::Error;

use crate::notify::message::clean;
use crate::notify::notifier::NotifyError;

/// How much of a server's answer is told, in characters.
const LONGEST: usize = 200;

/// A failure at a step of the conversation. 4xx and what has to do with the network is temporary, 5xx is not.
pub(super) fn of(step: &str, error: &Error) -> NotifyError {
    let Some(code) = error.status().map(u16::from) else {
        return without_answer(step, error);
    };
    // What the server says to a password may hold it.
    let message = if step == "AUTH" {
        format!("the mail server answers {code} to {step}")
    } else {
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        let text = clean(&text, LONGEST);
        format!("the mail server answers {code} to {step}: {text}")
    };
    match code {
        // The mailbox is full, which RFC 5321 has among the permanent ones and which passes.
        552 => NotifyError::temporary("server_error", message),
        454 if step == "AUTH" => NotifyError::temporary("auth", message),
        421 | 450..=452 if is_busy(error) => NotifyError::temporary("rate_limited", message),
        400..=499 => NotifyError::temporary("server_error", message),
        530 | 534 | 535 | 538 => NotifyError::permanent("auth", message),
        _ if step == "AUTH" => NotifyError::permanent("auth", message),
        _ => NotifyError::permanent("client_error", message),
    }
}

/// The time for the attempt is over.
pub(super) fn timeout(step: &str, seconds: f64) -> NotifyError {
    let message = format!("the mail server has not answered {step} within {seconds} s");
    NotifyError::temporary("timeout", message)
}

fn without_answer(step: &str, error: &Error) -> NotifyError {
    let text = causes(error);
    // A certificate does not become a good one by asking again.
    if text.contains("certificate") || text.contains("InvalidDNSNameError") {
        let message = format!("the mail server's certificate is refused: {text}");
        return NotifyError::permanent("connect", message);
    }
    if error.is_timeout() {
        return NotifyError::temporary("timeout", format!("{step}: {text}"));
    }
    if error.is_client() {
        return NotifyError::permanent("invalid", format!("{step}: {text}"));
    }
    NotifyError::temporary("connect", format!("{step}: {text}"))
}

fn causes(error: &Error) -> String {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !texts.iter().any(|have| have.contains(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    clean(&texts.join(": "), LONGEST)
}

/// Whether the server's text is about a limit.
fn is_busy(error: &Error) -> bool {
    let text = causes(error).to_ascii_lowercase();
    ["rate", "too many", "limit", "throttl"]
        .iter()
        .any(|part| text.contains(part))
}
