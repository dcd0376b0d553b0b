//! The message as Alertmanager makes it, for files that say how it looks.

use serde_json::{Map, Value, json};

use super::evidence;
use crate::notify::config::SlackSettings;
use crate::notify::filled::Filled;
use crate::notify::message::Message;
use crate::notify::plain::{clip, link, units};

/// As Alertmanager cuts it.
const TITLE: usize = 1_024;
/// Of the text of an attachment, and of all of its texts together.
const TEXT: usize = 7_000;
const FIELD: usize = 2_000;
const MOST_FIELDS: usize = 20;

/// Whether the file says how the message looks.
pub(super) fn is_wanted(settings: &SlackSettings) -> bool {
    let texts = [
        &settings.title,
        &settings.title_link,
        &settings.pretext,
        &settings.text,
        &settings.footer,
        &settings.fallback,
        &settings.callback_id,
        &settings.image_url,
        &settings.thumb_url,
    ];
    !settings.fields.is_empty() || texts.into_iter().any(Option::is_some)
}

/// The attachment. What the file does not say is Alertmanager's, but for the text, which is the evidence.
pub(super) fn attachment(
    settings: &SlackSettings,
    filled: &Filled<'_>,
    message: &Message,
    color: String,
) -> Value {
    let text = |name: &str, template: &Option<String>, most: usize| {
        filled
            .text(name, template.as_deref())
            .map(|text| cut(&text, most))
    };
    let shipped = |name: &str, most: usize| {
        let template = format!("{{{{ template \"slack.default.{name}\" . }}}}");
        cut(
            &filled.text(name, Some(&template)).unwrap_or_default(),
            most,
        )
    };
    let url = |name: &str, template: &Option<String>| {
        // The values were escaped for the markup, which an address is no part of.
        let text = filled.some(name, template.as_deref())?;
        link(
            &text
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"),
        )
    };
    let mut attachment = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| *value != "") {
            attachment.insert(name.to_owned(), value);
        }
    };
    let title = text("title", &settings.title, TITLE);
    put(
        "title",
        Some(title.unwrap_or_else(|| shipped("title", TITLE)).into()),
    );
    let title_link = match &settings.title_link {
        Some(_) => url("title_link", &settings.title_link),
        None => message.dashboard.clone(),
    };
    put("title_link", title_link.map(Value::from));
    put(
        "pretext",
        text("pretext", &settings.pretext, FIELD).map(Value::from),
    );
    let body = text("text", &settings.text, TEXT);
    put(
        "text",
        Some(body.unwrap_or_else(|| evidence::text(message, TEXT)).into()),
    );
    let fallback = text("fallback", &settings.fallback, TITLE);
    put(
        "fallback",
        Some(
            fallback
                .unwrap_or_else(|| shipped("fallback", TITLE))
                .into(),
        ),
    );
    put(
        "callback_id",
        text("callback_id", &settings.callback_id, 255).map(Value::from),
    );
    put(
        "footer",
        text("footer", &settings.footer, 300).map(Value::from),
    );
    put(
        "image_url",
        url("image_url", &settings.image_url).map(Value::from),
    );
    put(
        "thumb_url",
        url("thumb_url", &settings.thumb_url).map(Value::from),
    );
    put("color", Some(color.into()));
    let fields = fields(settings, filled);
    put("fields", (!fields.is_empty()).then(|| fields.into()));
    let mrkdwn_in = match &*settings.mrkdwn_in {
        [] => json!(["fallback", "pretext", "text"]),
        named => json!(named),
    };
    put("mrkdwn_in", Some(mrkdwn_in));
    Value::Object(attachment)
}

fn fields(settings: &SlackSettings, filled: &Filled<'_>) -> Vec<Value> {
    let fields = settings.fields.iter().map(|field| {
        let title = filled
            .text("fields.title", Some(&field.title))
            .unwrap_or_default();
        let value = filled
            .text("fields.value", Some(&field.value))
            .unwrap_or_default();
        json!({
            "title": cut(&title, FIELD),
            "value": cut(&value, FIELD),
            "short": field.short.unwrap_or(settings.short_fields),
        })
    });
    fields.take(MOST_FIELDS).collect()
}

/// A text with markup of the file's and references, cut where neither a reference nor a link is open.
fn cut(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let mut cut = clip(text, most);
    cut.pop();
    if let Some(open) = cut.rfind('<').filter(|open| !cut[*open..].contains('>')) {
        cut.truncate(open);
    }
    let is_open = |start: &usize| {
        ["&amp;", "&lt;", "&gt;"].iter().any(|reference| {
            reference.len() > cut.len() - start && reference.starts_with(&cut[*start..])
        })
    };
    if let Some(open) = cut.rfind('&').filter(is_open) {
        cut.truncate(open);
    }
    cut + "…"
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_text_with_markup_is_cut_outside_of_references_and_links() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("a&amp;b", 6), "a…");
        assert_eq!(cut("a&amp;bc", 7), "a&amp;…");
        assert_eq!(cut("a & b of c", 6), "a & b…");
        assert_eq!(cut("see <https://h/abc|it> now", 20), "see …");
        assert_eq!(cut("see <https://h|it> now", 20), "see <https://h|it> …");
    }
}
