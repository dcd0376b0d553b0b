//! Names of messages and of threads.

use std::collections::BTreeMap;

use crate::notify::notification::Notification;
use crate::notify::texts::{day, fingerprint};

/// The name of the message: the same each time that the same notification is tried, so that a server which has it already can tell.
pub(super) fn message_id(notification: &Notification, domain: &str) -> String {
    let status = if notification.is_firing() {
        "firing"
    } else {
        "resolved"
    };
    let hash = hash(&[&notification.key(), status]);
    format!("<{hash}.{}@{domain}>", notification.at)
}

/// A name that no message has, to which all messages of the group of a day refer: they are a thread even after a restart without state.
pub(super) fn thread_id(notification: &Notification, domain: &str) -> String {
    let hash = hash(&[&notification.key()]);
    format!("<{hash}.{}@{domain}>", day(notification.at))
}

/// The domain of the sender's address, as far as it may stand in a name.
pub(super) fn domain(from: &str) -> String {
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let domain: String = domain
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-'))
        .collect();
    if domain.is_empty() {
        "llm-vitals.invalid".to_owned()
    } else {
        domain
    }
}

/// Whether a text is a name of a message and nothing else.
pub(super) fn is_id(text: &str) -> bool {
    let inside = text
        .strip_prefix('<')
        .and_then(|text| text.strip_suffix('>'));
    inside.is_some_and(|inside| {
        inside.len() <= 250
            && inside.contains('@')
            && inside
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"<>\"\\(),;:[]".contains(&byte))
    })
}

fn hash(texts: &[&str]) -> String {
    let entries = texts.iter().enumerate();
    let map: BTreeMap<String, String> = entries
        .map(|(index, text)| (index.to_string(), (*text).to_owned()))
        .collect();
    fingerprint(&map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_messages_are_taken_from_a_receipt() {
        assert!(is_id("<a.1@example.org>"));
        for no in [
            "",
            "<a>",
            "a@b",
            "<a@b>\r\nBcc: x",
            "<a@b> <c@d>",
            "<a b@c>",
        ] {
            assert!(!is_id(no), "{no}");
        }
        assert_eq!(domain("\"x\"@ex ample.org\r\n"), "example.org");
        assert_eq!(domain(""), "llm-vitals.invalid");
    }
}
