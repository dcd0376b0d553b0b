//! What is posted, to a webhook or to the API.

use serde::Serialize;
use serde_json::Value;

/// One message. What it looks like is in `text` and `attachments`.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Post {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) channel: Option<String>,
    /// The message to answer to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thread_ts: Option<String>,
    /// Whether an answer is shown in the channel too.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) reply_broadcast: bool,
    /// The message to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ts: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) icon_emoji: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) icon_url: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) link_names: bool,
    /// `chat.update` looks for addresses and names unless it is told not to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parse: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) attachments: Vec<Value>,
    /// Slack is not to fetch the pages that are linked to.
    pub(super) unfurl_links: bool,
    pub(super) unfurl_media: bool,
}

impl Post {
    /// The message with a new layout.
    pub(super) fn with_layout(&self, text: Option<String>, attachments: Vec<Value>) -> Self {
        Self {
            text,
            attachments,
            ..self.clone()
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}
