//! Fields of a message that a file may have templates for.

use super::notification::Notification;
use super::texts::Texts;

/// Fills the templates of one message in.
pub(crate) struct Filled<'a> {
    texts: &'a Texts,
    notification: &'a Notification,
    /// Makes a value fit for the place behind a text. What the file's author wrote stays as it is.
    escape: fn(&str, &str) -> String,
}

impl<'a> Filled<'a> {
    pub(crate) fn new(
        texts: &'a Texts,
        notification: &'a Notification,
        escape: fn(&str, &str) -> String,
    ) -> Self {
        Self {
            texts,
            notification,
            escape,
        }
    }

    /// The text, or `None` where there is no template or it fails: an alert is told with the default text rather than not at all.
    pub(crate) fn text(&self, field: &str, template: Option<&str>) -> Option<String> {
        let expanded = self
            .texts
            .expand_escaped(template?, self.notification, self.escape);
        match expanded {
            Ok(text) => Some(text),
            Err(error) => {
                let receiver = &self.notification.receiver;
                tracing::warn!(
                    receiver,
                    field,
                    error,
                    "a template fails; the default text is sent"
                );
                None
            }
        }
    }

    /// The text where there is one that is not empty.
    pub(crate) fn some(&self, field: &str, template: Option<&str>) -> Option<String> {
        let text = self.text(field, template)?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

/// For places where nothing has a meaning.
#[cfg_attr(
    not(any(feature = "msteams", feature = "pagerduty")),
    allow(dead_code, reason = "Slack has markup everywhere")
)]
pub(crate) fn as_it_is(_before: &str, text: &str) -> String {
    text.to_owned()
}
