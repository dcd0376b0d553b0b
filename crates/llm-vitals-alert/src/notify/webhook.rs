//! Alertmanager's webhook: the JSON of version 4, posted.

mod body;

use async_trait::async_trait;

use self::body::Body;
use super::config::WebhookSettings;
use super::http_client::HttpClient;
use super::notification::Notification;
use super::notifier::{Notifier, NotifyError, Receipt};
use super::reach::reach;
use super::secret::Secret;

/// Posts a notification as Alertmanager's `webhook_configs` do, field by field. Everything that takes webhooks of an Alertmanager takes
/// these.
#[derive(Debug)]
pub struct Webhook {
    client: HttpClient,
    url: Secret,
    max_alerts: usize,
}

impl Webhook {
    /// One for these settings. Every error is permanent.
    pub fn new(settings: &WebhookSettings) -> Result<Self, NotifyError> {
        let url = settings
            .url
            .clone()
            .ok_or_else(|| NotifyError::permanent("invalid", "the webhook has no url"))?;
        Ok(Self {
            client: HttpClient::new(&settings.http)?,
            url,
            max_alerts: settings.max_alerts,
        })
    }
}

#[async_trait]
impl Notifier for Webhook {
    fn integration(&self) -> &'static str {
        "webhook"
    }

    async fn notify(
        &self,
        notification: &Notification,
        _previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError> {
        let body = Body::new(notification, self.max_alerts);
        self.client
            .deliver(self.client.json(&self.url, &body)?)
            .await?;
        Ok(Receipt::default())
    }

    /// Whether the host answers. The address itself is not called: what it does with an empty request is not known.
    async fn check(&self) -> Result<(), NotifyError> {
        reach(&self.client, &self.url).await
    }
}
