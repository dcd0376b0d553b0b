//! A notification as a mail.

use std::time::{Duration, SystemTime};

use lettre::Message as Letter;
use lettre::message::header::{Date, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Mailboxes, MultiPart, SinglePart, header};

use crate::notify::config::EmailSettings;
use crate::notify::message::{Message, clean};
use crate::notify::notification::Notification;
use crate::notify::notifier::{NotifyError, Receipt};
use crate::notify::texts::Texts;

use super::thread;

const SUBJECT: &str = r#"{{ template "email.default.subject" . }}"#;
const TEXT: &str = r#"{{ template "email.default.text" . }}"#;
const HTML: &str = r#"{{ template "email.default.html" . }}"#;
/// How long a header may be, in characters: a line has at most 998 bytes.
const LONGEST_HEADER: usize = 240;
/// How long a list of addresses may be.
const LONGEST_ADDRESSES: usize = 16_000;
/// Headers that a mail has anyway and that would break it.
const RESERVED: &[&str] = &[
    "auto-submitted",
    "bcc",
    "content-transfer-encoding",
    "content-type",
    "date",
    "in-reply-to",
    "message-id",
    "mime-version",
    "references",
];

/// Finds out whether texts and headers of the settings can be used at all.
pub(super) fn check(settings: &EmailSettings, texts: &Texts) -> Result<(), NotifyError> {
    let invalid = |message: String| NotifyError::permanent("invalid", message);
    for name in settings.headers.keys() {
        let is_token = !name.is_empty()
            && name.len() <= 76
            && name
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b':');
        if !is_token {
            return Err(invalid(format!(
                "\"{}\" is no name of a header",
                name.escape_default()
            )));
        }
        if RESERVED.iter().any(|have| name.eq_ignore_ascii_case(have)) {
            return Err(invalid(format!("the header {name} cannot be set")));
        }
    }
    let own = [
        ("to", Some(&settings.to)),
        ("from", Some(&settings.from)),
        ("html", settings.html.as_ref()),
        ("text", settings.text.as_ref()),
    ];
    let own = own
        .into_iter()
        .filter_map(|(name, text)| Some((name, text?)));
    let headers = settings.headers.iter().map(|(name, text)| (&**name, text));
    for (name, text) in own.chain(headers) {
        let read = texts.check(text);
        read.map_err(|error| invalid(format!("the template of {name}: {error}")))?;
    }
    Ok(())
}

/// The mail for a notification, and the name of the message that the thread begins with.
pub(super) fn letter(
    settings: &EmailSettings,
    texts: &Texts,
    notification: &Notification,
    previous: Option<&Receipt>,
    now_ms: i64,
) -> Result<(Letter, String), NotifyError> {
    let filled = Filled {
        texts,
        notification,
    };
    let from: Mailbox = filled.addresses("from", &settings.from)?.first()?;
    let to = filled.addresses("to", &settings.to)?;
    let domain = thread::domain(from.email.as_ref());
    let id = thread::message_id(notification, &domain);
    let day = thread::thread_id(notification, &domain);
    let root = previous
        .and_then(|receipt| receipt.thread.as_deref())
        .filter(|thread| thread::is_id(thread));
    let now = Duration::from_millis(now_ms.max(0).unsigned_abs());
    let mut builder = Letter::builder()
        .mailbox(header::From::from(Mailboxes::from(from)))
        .mailbox(header::To::from(to.0))
        .subject(filled.subject(settings))
        .header(Date::new(SystemTime::UNIX_EPOCH + now))
        .message_id(Some(id.clone()))
        .references(match root {
            Some(root) => format!("{day} {root}"),
            None => day.clone(),
        })
        .in_reply_to(root.unwrap_or(&day).to_owned())
        .raw_header(plain("Auto-Submitted", "auto-generated"))
        .raw_header(plain("X-Auto-Response-Suppress", "All"));
    for (name, template) in &settings.headers {
        if name.eq_ignore_ascii_case("subject") {
            continue;
        }
        let name = HeaderName::new_from_ascii(name.clone())
            .map_err(|_| NotifyError::permanent("invalid", "a header has no possible name"))?;
        let value = filled.filled(name.as_ref(), template)?;
        builder = match &*name.to_ascii_lowercase() {
            "to" => builder.header(header::To::from(parsed("to", &value)?.0)),
            "cc" => builder.header(header::Cc::from(parsed("cc", &value)?.0)),
            "from" => builder.header(header::From::from(parsed("from", &value)?.0)),
            "reply-to" => builder.header(header::ReplyTo::from(parsed("reply-to", &value)?.0)),
            "sender" => builder.header(header::Sender::from(parsed("sender", &value)?.first()?)),
            _ => builder.raw_header(HeaderValue::new(name, of_header(&value))),
        };
    }
    let built = match filled.parts(settings) {
        (Some(text), Some(html)) => builder.multipart(
            MultiPart::alternative()
                .singlepart(SinglePart::plain(text))
                .singlepart(SinglePart::html(html)),
        ),
        (None, Some(html)) => builder.singlepart(SinglePart::html(html)),
        (text, None) => builder.singlepart(SinglePart::plain(text.unwrap_or_default())),
    };
    let letter =
        built.map_err(|error| NotifyError::permanent("invalid", format!("the mail: {error}")))?;
    Ok((letter, root.map_or(id, str::to_owned)))
}

/// The texts of a mail, filled in for a notification.
struct Filled<'a> {
    texts: &'a Texts,
    notification: &'a Notification,
}

impl Filled<'_> {
    fn filled(&self, name: &str, template: &str) -> Result<String, NotifyError> {
        let text = self.texts.expand(template, self.notification);
        text.map_err(|error| {
            NotifyError::permanent("invalid", format!("the template of {name}: {error}"))
        })
    }

    fn addresses(&self, name: &str, template: &str) -> Result<Addresses, NotifyError> {
        parsed(name, &self.filled(name, template)?)
    }

    fn subject(&self, settings: &EmailSettings) -> String {
        let own = settings
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("subject"));
        let template = own.map_or(SUBJECT, |(_, template)| template);
        let subject = self.texts.expand(template, self.notification);
        of_header(&subject.unwrap_or_else(|_| self.message().title))
    }

    /// Text and HTML. A template that fails is told in the mail, with the shipped text: an alert is not lost by it.
    fn parts(&self, settings: &EmailSettings) -> (Option<String>, Option<String>) {
        let text = settings.text.as_deref().unwrap_or(TEXT);
        let html = settings.html.as_deref().unwrap_or(HTML);
        let text = (!text.is_empty()).then(|| self.texts.expand(text, self.notification));
        let html = (!html.is_empty()).then(|| self.texts.expand_html(html, self.notification));
        let failed = |error: &str| {
            let error = clean(error, LONGEST_HEADER);
            format!(
                "{}\nThe template of this mail failed: {error}\n",
                self.message().to_text()
            )
        };
        match (text, html) {
            (None, None) => (Some(self.message().to_text()), None),
            (Some(Ok(text)), Some(Ok(html))) => (Some(text), Some(html)),
            (Some(Ok(text)), None) => (Some(text), None),
            (None, Some(Ok(html))) => (None, Some(html)),
            (Some(Err(error)), _) | (_, Some(Err(error))) => (Some(failed(&error)), None),
        }
    }

    fn message(&self) -> Message {
        Message::of(self.notification, &self.notification.external_url)
    }
}

struct Addresses(Mailboxes);

impl Addresses {
    fn first(self) -> Result<Mailbox, NotifyError> {
        let first = self.0.into_iter().next();
        first.ok_or_else(|| NotifyError::permanent("invalid", "there is no address"))
    }
}

fn parsed(name: &str, text: &str) -> Result<Addresses, NotifyError> {
    let text = clean(text, LONGEST_ADDRESSES);
    let parsed: Result<Mailboxes, _> = text.parse();
    match parsed {
        Ok(addresses) if addresses.iter().next().is_some() => Ok(Addresses(addresses)),
        _ => {
            let text = clean(&text, LONGEST_HEADER);
            let message = format!("{name} has no addresses that could be used: \"{text}\"");
            Err(NotifyError::permanent("invalid", message))
        }
    }
}

/// A text as a header: one line, and nothing that a mail program would decode.
fn of_header(text: &str) -> String {
    clean(text, LONGEST_HEADER).replace("=?", "= ?")
}

fn plain(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
