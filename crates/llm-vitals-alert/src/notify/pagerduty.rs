//! PagerDuty, by version 2 of its Events API.

mod details;
mod event;
mod severity;

use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use self::event::Event;
use super::config::PagerdutySettings;
use super::filled::{Filled, as_it_is};
use super::http_client::{HttpAnswer, HttpClient};
use super::notification::Notification;
use super::notifier::{Notifier, NotifyError, Receipt};
use super::reach::reach;
use super::secret::Secret;
use super::texts::Texts;

const ENQUEUE: &str = "https://events.pagerduty.com/v2/enqueue";
const KEY_LENGTH: usize = 32;

/// Opens and resolves incidents. One group of alerts is one incident, with the key that Alertmanager gives it, so both can be moved
/// from one to the other while it is open.
#[derive(Debug)]
pub struct Pagerduty {
    client: HttpClient,
    url: Secret,
    routing_key: Secret,
    settings: PagerdutySettings,
    texts: Arc<Texts>,
}

impl Pagerduty {
    /// One for these settings. Every error is permanent.
    pub fn new(settings: &PagerdutySettings, texts: Arc<Texts>) -> Result<Self, NotifyError> {
        let routing_key = settings.routing_key.clone();
        let routing_key = routing_key.filter(|key| !key.expose().trim().is_empty());
        let routing_key = routing_key
            .ok_or_else(|| NotifyError::permanent("invalid", "there is no routing_key"))?;
        Ok(Self {
            client: HttpClient::new(&settings.http)?.hiding(&routing_key),
            url: Secret::new(settings.url.as_deref().unwrap_or(ENQUEUE)),
            routing_key,
            settings: settings.clone(),
            texts,
        })
    }

    /// The key, which may be a template that chooses one.
    fn routing_key(&self, notification: &Notification) -> Result<String, NotifyError> {
        let key = self.routing_key.expose().trim();
        if !key.contains("{{") {
            return Ok(key.to_owned());
        }
        let filled = Filled::new(&self.texts, notification, as_it_is);
        filled.some("routing_key", Some(key)).ok_or_else(|| {
            NotifyError::permanent("invalid", "the template of the routing_key gives none")
        })
    }
}

#[async_trait]
impl Notifier for Pagerduty {
    fn integration(&self) -> &'static str {
        "pagerduty"
    }

    async fn notify(
        &self,
        notification: &Notification,
        _previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError> {
        let routing_key = self.routing_key(notification)?;
        let dedup_key = dedup_key(&notification.group_key);
        let event = if notification.is_firing() {
            let filled = Filled::new(&self.texts, notification, as_it_is);
            Event::trigger(
                routing_key,
                dedup_key,
                &self.settings,
                &filled,
                notification,
            )
        } else {
            Event::resolve(routing_key, dedup_key)
        };
        let client = self.client.clone().hiding(event.routing_key());
        let request = client.request(reqwest::Method::POST, &self.url)?;
        let request = request
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(event.to_json()?);
        accepted(&client.exchange(request).await?)?;
        Ok(Receipt::default())
    }

    /// Whether the routing key has the form of one and the host answers. Whether PagerDuty knows the key can only be found out with an event.
    async fn check(&self) -> Result<(), NotifyError> {
        let key = self.routing_key.expose().trim();
        let is_key =
            key.len() == KEY_LENGTH && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_key && !key.contains("{{") {
            let message = "the routing_key is not 32 letters and digits, as an integration key of PagerDuty's Events API v2 is";
            return Err(NotifyError::permanent("invalid", message));
        }
        reach(&self.client, &self.url).await
    }
}

/// SHA-256 of the group's key in hexadecimal digits.
fn dedup_key(group_key: &str) -> String {
    let digest = digest(&SHA256, group_key.as_bytes());
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn accepted(answer: &HttpAnswer) -> Result<(), NotifyError> {
    match answer.status {
        202 => Ok(()),
        200..=299 => {
            let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
            let is_success = body.is_some_and(|body| body["status"] == "success");
            let message = "the address answers, but not as PagerDuty does";
            is_success
                .then_some(())
                .ok_or_else(|| NotifyError::permanent("invalid", message))
        }
        400 => {
            let said = answer.excerpt();
            let is_key = said.contains("routing_key") || said.contains("outing key");
            let reason = if is_key { "auth" } else { "invalid" };
            Err(NotifyError::permanent(
                reason,
                format!("the event is refused: {said}"),
            ))
        }
        _ => Err(answer.error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_an_incident_is_the_sha_256_of_the_groups() {
        assert_eq!(
            dedup_key("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
