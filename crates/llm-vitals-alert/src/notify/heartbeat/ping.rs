//! A ping by HTTP.

use async_trait::async_trait;
use reqwest::Method;

use super::Pulse;
use crate::notify::config::HeartbeatSettings;
use crate::notify::http_client::HttpClient;
use crate::notify::notifier::NotifyError;
use crate::notify::secret::Secret;

/// Calls an address, without a body.
#[derive(Debug)]
pub(crate) struct Ping {
    client: HttpClient,
    url: Secret,
    method: Method,
}

impl Ping {
    /// One for these settings. Every error is permanent.
    pub(crate) fn new(settings: &HeartbeatSettings) -> Result<Self, NotifyError> {
        let url = settings
            .url
            .clone()
            .ok_or_else(|| NotifyError::permanent("invalid", "there is no address to ping"))?;
        let method = match settings.method.as_deref().unwrap_or("GET") {
            "GET" | "get" => Method::GET,
            "POST" | "post" => Method::POST,
            _ => {
                return Err(NotifyError::permanent(
                    "invalid",
                    "the method is neither GET nor POST",
                ));
            }
        };
        let client = HttpClient::new(&settings.http)?;
        // A wrong address is found now.
        let _ = client.request(method.clone(), &url)?;
        Ok(Self {
            client,
            url,
            method,
        })
    }
}

#[async_trait]
impl Pulse for Ping {
    async fn ping(&self) -> Result<(), NotifyError> {
        let request = self.client.request(self.method.clone(), &self.url)?;
        self.client.deliver(request).await
    }
}
