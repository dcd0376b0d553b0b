//! Microsoft Teams, by a workflow or by one of the connectors that Microsoft has retired.

mod card;
mod connector;
mod markdown;
mod texts;

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use self::texts::CardTexts;
use super::config::MsteamsSettings;
use super::http_client::{HttpAnswer, HttpClient};
use super::message::Message;
use super::notification::Notification;
use super::notifier::{Notifier, NotifyError, Receipt};
use super::plain::clip;
use super::reach::reach;
use super::secret::Secret;
use super::texts::Texts;

/// Teams takes 28 KB and says no more of what it counts; this is the body, and some is left for what a workflow puts around the card.
const MOST_BYTES: usize = 25_000;
/// How a connector says that it is called too often, with status 200.
const CONNECTOR_ERROR: &str = "Microsoft Teams endpoint returned HTTP error ";

/// Posts a card to a channel of Microsoft Teams.
#[derive(Debug)]
pub struct Msteams {
    client: HttpClient,
    url: Secret,
    settings: MsteamsSettings,
    texts: Arc<Texts>,
}

impl Msteams {
    /// One for these settings. Every error is permanent.
    pub fn new(settings: &MsteamsSettings, texts: Arc<Texts>) -> Result<Self, NotifyError> {
        let url = settings
            .webhook_url
            .clone()
            .ok_or_else(|| NotifyError::permanent("invalid", "there is no webhook_url"))?;
        Ok(Self {
            client: HttpClient::new(&settings.http)?,
            url,
            settings: settings.clone(),
            texts,
        })
    }

    /// The card with as many alerts as there is room for.
    fn body(&self, notification: &Notification) -> Value {
        let message = Message::of(notification, &notification.external_url);
        let mut texts = CardTexts::new(&self.settings, &self.texts, notification, &message);
        let build = |texts: &CardTexts, alerts: usize| match self.settings.is_connector {
            true => connector::message(&message, texts, alerts),
            false => card::message(&message, texts, alerts),
        };
        let fits = |card: &Value| card.to_string().len() <= MOST_BYTES;
        for alerts in (0..=message.alerts.len()).rev() {
            let card = build(&texts, alerts);
            if fits(&card) {
                return card;
            }
        }
        // The file's own texts are too long: a character may be four bytes, or six in JSON.
        let mut most = 4_000;
        loop {
            texts.title = clip(&texts.title, most / 4);
            texts.summary = clip(&texts.summary, most / 4);
            texts.text = texts.text.map(|text| clip(&text, most));
            let card = build(&texts, 0);
            if fits(&card) || most < 100 {
                return card;
            }
            most /= 2;
        }
    }
}

#[async_trait]
impl Notifier for Msteams {
    fn integration(&self) -> &'static str {
        "msteams"
    }

    async fn notify(
        &self,
        notification: &Notification,
        _previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError> {
        let body = self.body(notification);
        let answer = self.client.post_json(&self.url, &body).await?;
        taken(&answer)?;
        Ok(Receipt::default())
    }

    /// Whether the host answers. Whether Teams knows the address can only be found out with a message.
    async fn check(&self) -> Result<(), NotifyError> {
        reach(&self.client, &self.url).await
    }
}

/// A connector answers 200 also when Teams did not take the card, and says so in words.
fn taken(answer: &HttpAnswer) -> Result<(), NotifyError> {
    let text = String::from_utf8_lossy(&answer.body);
    let Some((_, rest)) = text.split_once(CONNECTOR_ERROR) else {
        return Ok(());
    };
    let said = answer.excerpt();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let status = digits.parse().unwrap_or(0);
    Err(match status {
        429 => NotifyError::temporary("rate_limited", said),
        408 | 500..=599 | 0 => NotifyError::temporary("server_error", said),
        413 => NotifyError::permanent("invalid", said),
        401 | 403 => NotifyError::permanent("auth", said),
        _ => NotifyError::permanent("client_error", said),
    })
}
