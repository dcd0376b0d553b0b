//! What of a card the file may say.

use super::markdown::{escape, value};
use crate::notify::config::MsteamsSettings;
use crate::notify::filled::{Filled, as_it_is};
use crate::notify::message::Message;
use crate::notify::notification::Notification;
use crate::notify::plain::{clip, line};
use crate::notify::texts::Texts;

const TITLE: usize = 1_024;
const TEXT: usize = 12_000;

pub(super) struct CardTexts {
    pub(super) title: String,
    /// What a client shows of the message in a list.
    pub(super) summary: String,
    /// Stands for all that is told of the alerts.
    pub(super) text: Option<String>,
}

impl CardTexts {
    pub(super) fn new(
        settings: &MsteamsSettings,
        texts: &Texts,
        notification: &Notification,
        message: &Message,
    ) -> Self {
        // The title and the summary of a connector's card have no markup.
        let is_plain = settings.is_connector;
        let plain = Filled::new(texts, notification, as_it_is);
        let markdown = Filled::new(texts, notification, value);
        let short = |name: &str, template: &Option<String>| {
            let filled = if is_plain { &plain } else { &markdown };
            let text = filled.some(name, template.as_deref());
            match text {
                Some(text) => clip(&text, TITLE),
                None if is_plain => clip(&line(&message.title), TITLE),
                None => escape(&message.title, TITLE),
            }
        };
        let text = markdown.text("text", settings.text.as_deref());
        Self {
            title: short("title", &settings.title),
            summary: short("summary", &settings.summary),
            text: text.map(|text| clip(&text, TEXT)),
        }
    }
}
