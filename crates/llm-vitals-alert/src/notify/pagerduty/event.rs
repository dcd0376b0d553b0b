//! What is posted.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::details::details;
use super::severity::severity;
use crate::notify::config::PagerdutySettings;
use crate::notify::filled::Filled;
use crate::notify::message::Message;
use crate::notify::notification::Notification;
use crate::notify::notifier::NotifyError;
use crate::notify::plain::{clip, line, link};
use crate::notify::secret::Secret;
use crate::notify::times::rfc3339;

/// PagerDuty's limits: of the summary in characters, and of the whole in bytes.
const SUMMARY: usize = 1024;
const EVENT: usize = 512_000;
/// Ours, where PagerDuty says none.
const FIELD: usize = 1024;
const MOST_LINKS: usize = 10;
const NAME: &str = "llm-vitals";

pub(super) struct Event {
    routing_key: Secret,
    dedup_key: String,
    trigger: Option<Trigger>,
}

#[derive(Clone, Serialize)]
struct Trigger {
    client: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_url: Option<String>,
    payload: Payload,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<Image>,
}

#[derive(Clone, Serialize)]
struct Payload {
    summary: String,
    source: String,
    severity: &'static str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    custom_details: Map<String, Value>,
}

#[derive(Clone, Serialize)]
struct Link {
    href: String,
    text: String,
}

#[derive(Clone, Serialize)]
struct Image {
    src: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    alt: String,
}

impl Event {
    pub(super) fn trigger(
        routing_key: String,
        dedup_key: String,
        settings: &PagerdutySettings,
        filled: &Filled<'_>,
        notification: &Notification,
    ) -> Self {
        let message = Message::of(notification, &notification.external_url);
        let field = |name: &str, template: &Option<String>| {
            let text = filled.some(name, template.as_deref())?;
            Some(clip(&line(&text), FIELD))
        };
        let client = field("client", &settings.client);
        let client_url = match &settings.client_url {
            None => link(&notification.external_url),
            Some(template) => filled
                .some("client_url", Some(template))
                .and_then(|url| link(&url)),
        };
        let summary = filled.some("description", settings.description.as_deref());
        let summary = summary.unwrap_or_else(|| format!("{}: {}", message.title, message.summary));
        let word = filled.some("severity", settings.severity.as_deref());
        let word = word
            .or_else(|| message.severity.clone())
            .unwrap_or_default();
        let payload = Payload {
            summary: clip(&line(&summary), SUMMARY),
            source: field("source", &settings.source)
                .or_else(|| client.clone())
                .or_else(|| host(&notification.external_url))
                .unwrap_or_else(|| NAME.to_owned()),
            severity: severity(&word),
            timestamp: rfc3339(began(notification)),
            class: field("class", &settings.class),
            component: field("component", &settings.component),
            group: field("group", &settings.group),
            custom_details: details(settings, filled, &message, notification),
        };
        let trigger = Trigger {
            client: client.unwrap_or_else(|| NAME.to_owned()),
            client_url,
            payload,
            links: links(settings, filled, &message),
            images: images(settings, filled),
        };
        Self {
            routing_key: Secret::new(routing_key),
            dedup_key,
            trigger: Some(trigger),
        }
    }

    /// It has nothing in it that could be refused.
    pub(super) fn resolve(routing_key: String, dedup_key: String) -> Self {
        Self {
            routing_key: Secret::new(routing_key),
            dedup_key,
            trigger: None,
        }
    }

    pub(super) fn routing_key(&self) -> &Secret {
        &self.routing_key
    }

    /// At most 512,000 bytes: what is too long loses its details first.
    pub(super) fn to_json(&self) -> Result<Vec<u8>, NotifyError> {
        let whole = self.bytes(self.trigger.as_ref())?;
        let Some(trigger) = self.trigger.as_ref().filter(|_| whole.len() > EVENT) else {
            return Ok(whole);
        };
        let mut short = trigger.clone();
        let note = format!(
            "The details were left out: the event had {} bytes, and PagerDuty takes {EVENT}.",
            whole.len()
        );
        short.payload.custom_details = Map::from_iter([("error".to_owned(), Value::from(note))]);
        let without_details = self.bytes(Some(&short))?;
        if without_details.len() <= EVENT {
            return Ok(without_details);
        }
        short.links.clear();
        short.images.clear();
        self.bytes(Some(&short))
    }

    fn bytes(&self, trigger: Option<&Trigger>) -> Result<Vec<u8>, NotifyError> {
        let mut event = json!({
            "routing_key": self.routing_key.expose(),
            "event_action": if trigger.is_some() { "trigger" } else { "resolve" },
            "dedup_key": self.dedup_key,
        });
        let wrong = |error: serde_json::Error| NotifyError::permanent("invalid", error.to_string());
        if let (Some(event), Value::Object(trigger)) = (
            event.as_object_mut(),
            serde_json::to_value(trigger).map_err(wrong)?,
        ) {
            event.extend(trigger);
        }
        serde_json::to_vec(&event).map_err(wrong)
    }
}

/// When the first of the alerts that fire began.
fn began(notification: &Notification) -> i64 {
    let firing = notification
        .alerts
        .iter()
        .filter(|alert| alert.ends_at.is_none());
    firing
        .map(|alert| alert.starts_at)
        .min()
        .unwrap_or(notification.at)
}

fn host(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    Some(url.host_str()?.to_owned())
}

/// The file's, and then those of the message, each address once.
fn links(settings: &PagerdutySettings, filled: &Filled<'_>, message: &Message) -> Vec<Link> {
    let own = settings.links.iter().filter_map(|item| {
        let href = filled.some("links.href", Some(&item.href))?;
        Some((
            href,
            filled
                .text("links.text", Some(&item.text))
                .unwrap_or_default(),
        ))
    });
    let runbooks = message
        .alerts
        .iter()
        .filter(|alert| alert.is_firing)
        .filter_map(|alert| Some((alert.runbook.clone()?, format!("Runbook of {}", alert.name))));
    let pages = [
        message
            .dashboard
            .clone()
            .map(|url| (url, "Alerts".to_owned())),
        message
            .silence
            .clone()
            .map(|url| (url, "Silence".to_owned())),
    ];
    let mut links: Vec<Link> = Vec::new();
    for (href, text) in own.chain(runbooks).chain(pages.into_iter().flatten()) {
        let Some(href) = link(&href) else { continue };
        if links.len() < MOST_LINKS && !links.iter().any(|link| link.href == href) {
            let text = clip(&line(&text), FIELD);
            let text = if text.is_empty() { href.clone() } else { text };
            links.push(Link { href, text });
        }
    }
    links
}

/// PagerDuty shows pictures over https only.
fn images(settings: &PagerdutySettings, filled: &Filled<'_>) -> Vec<Image> {
    let images = settings.images.iter().filter_map(|item| {
        let src = link(&filled.some("images.src", Some(&item.src))?)?;
        let alt = filled
            .text("images.alt", Some(&item.text))
            .unwrap_or_default();
        src.starts_with("https:").then(|| Image {
            src,
            href: filled
                .some("images.href", Some(&item.href))
                .and_then(|url| link(&url)),
            alt: clip(&line(&alt), FIELD),
        })
    });
    images.take(MOST_LINKS).collect()
}
