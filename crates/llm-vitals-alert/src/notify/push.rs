//! Alerts for a cluster of Alertmanagers, as Prometheus sends them.

mod batch;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tokio::task::JoinSet;

use self::batch::Posted;
use super::config::PushSettings;
use super::http_client::HttpClient;
use super::notification::{Notification, NotifiedAlert};
use super::notifier::{Notifier, NotifyError, Receipt};
use super::secret::Secret;

/// Alerts of one request, as many as Prometheus sends.
const BATCH: usize = 64;
const RESEND: Duration = Duration::from_secs(60);

/// Posts alerts to every one of several Alertmanagers (`POST /api/v2/alerts`), which group, silence and notify.
///
/// An Alertmanager takes an alert for over when it hears nothing of it for a while, so what fires is to be pushed again about every
/// [`resend_every`](Notifier::resend_every), with what is over once. [`notify`](Notifier::notify) pushes the alerts of a
/// notification.
#[derive(Debug)]
pub struct AlertmanagerPush {
    client: HttpClient,
    targets: Vec<Target>,
    resend: Duration,
}

/// What became of a push that at least one Alertmanager took.
#[non_exhaustive]
#[derive(Debug, Default)]
pub struct Pushed {
    /// How many alerts were taken by one at least.
    pub alerts: usize,
    /// Who did not take all, by its place among the settings' addresses, and why. One that failed several times is there once.
    pub failures: Vec<(usize, NotifyError)>,
}

#[derive(Debug, Clone)]
struct Target {
    alerts: Secret,
    status: Secret,
}

impl AlertmanagerPush {
    /// One for these settings. Every error is permanent.
    pub fn new(settings: &PushSettings) -> Result<Self, NotifyError> {
        if settings.urls.is_empty() {
            let message = "there is no address of an Alertmanager";
            return Err(NotifyError::permanent("invalid", message));
        }
        Ok(Self {
            client: HttpClient::new(&settings.http)?,
            targets: settings.urls.iter().map(Target::new).collect(),
            resend: RESEND,
        })
    }

    /// Alerts are pushed again after this time instead of 1 minute. Those that fire are said to end after four times as long, unless they
    /// are pushed again.
    #[must_use]
    pub fn with_resend(mut self, every: Duration) -> Self {
        self.resend = every;
        self
    }

    /// Posts the alerts to all, 64 at a time. `now_ms` is in milliseconds since 1970.
    ///
    /// It is a success when each batch was taken by at least one, because those of a cluster tell one another what they sent. Else the
    /// first error is returned, a temporary one before others. All batches are tried in any case. Dropped, it may have sent some.
    pub async fn push(&self, alerts: &[NotifiedAlert], now_ms: i64) -> Result<Pushed, NotifyError> {
        let resend = i64::try_from(self.resend.as_millis()).unwrap_or(i64::MAX);
        let fires_until = now_ms.saturating_add(resend.saturating_mul(4));
        let mut pushed = Pushed::default();
        let mut lost: Option<NotifyError> = None;
        for batch in alerts.chunks(BATCH) {
            let posted = batch.iter().map(|alert| Posted::new(alert, fires_until));
            let posted: Vec<_> = posted.collect();
            let body = serde_json::to_string(&posted)
                .map_err(|error| NotifyError::permanent("invalid", error.to_string()))?;
            let (taken, failures) = self.post(&body).await;
            if taken > 0 {
                pushed.alerts += batch.len();
            } else {
                let errors = failures.iter().map(|(_, error)| error);
                let worst = errors.chain(&lost).max_by_key(|error| error.is_temporary());
                let unknown = || NotifyError::temporary("other", "the requests were given up");
                lost = Some(worst.cloned().unwrap_or_else(unknown));
            }
            for (index, error) in failures {
                if !pushed.failures.iter().any(|(known, _)| *known == index) {
                    pushed.failures.push((index, error));
                }
            }
        }
        pushed.failures.sort_by_key(|(index, _)| *index);
        match lost {
            Some(error) => Err(error),
            None => Ok(pushed),
        }
    }

    /// Posts one batch to all at once: one that hangs holds nobody up. Says how many took it, and who did not.
    async fn post(&self, body: &str) -> (usize, Vec<(usize, NotifyError)>) {
        let mut requests = JoinSet::new();
        for (index, target) in self.targets.iter().enumerate() {
            let (client, url, body) = (self.client.clone(), target.alerts.clone(), body.to_owned());
            requests.spawn(async move { (index, post(&client, &url, body).await) });
        }
        let (mut taken, mut failures) = (0, Vec::new());
        while let Some(done) = requests.join_next().await {
            match done {
                Ok((_, Ok(()))) => taken += 1,
                Ok((index, Err(error))) => failures.push((index, error)),
                // Nobody aborts them but the drop of all.
                Err(_) => {}
            }
        }
        (taken, failures)
    }
}

#[async_trait]
impl Notifier for AlertmanagerPush {
    fn integration(&self) -> &'static str {
        "alertmanager"
    }

    async fn notify(
        &self,
        notification: &Notification,
        _previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError> {
        // The notification may have waited: what fires must not be over before it arrives.
        let pushed = self.push(&notification.alerts, crate::now_ms()).await?;
        for (place, error) in &pushed.failures {
            tracing::warn!(place, %error, "an Alertmanager did not take alerts that another one took");
        }
        Ok(Receipt::default())
    }

    fn resend_every(&self) -> Option<Duration> {
        Some(self.resend)
    }

    /// Whether an Alertmanager answers at every one of the addresses.
    async fn check(&self) -> Result<(), NotifyError> {
        for target in &self.targets {
            let request = self.client.request(Method::GET, &target.status)?;
            let answer = self.client.send(request).await?;
            let status: Option<Value> = serde_json::from_slice(&answer.body).ok();
            if status.is_none_or(|status| status.get("versionInfo").is_none()) {
                let message = "what answers there is no Alertmanager with the API v2";
                return Err(NotifyError::permanent("invalid", message));
            }
        }
        Ok(())
    }
}

impl Target {
    fn new(url: &Secret) -> Self {
        let base = url.expose().trim_end_matches('/');
        Self {
            alerts: Secret::new(format!("{base}/api/v2/alerts")),
            status: Secret::new(format!("{base}/api/v2/status")),
        }
    }
}

async fn post(client: &HttpClient, url: &Secret, body: String) -> Result<(), NotifyError> {
    let request = client.request(Method::POST, url)?;
    let request = request.header(CONTENT_TYPE, "application/json").body(body);
    client.deliver(request).await
}
