//! Mail.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::config::EmailSettings;
use super::notification::Notification;
use super::notifier::{Notifier, NotifyError, Receipt};
use super::texts::Texts;

mod fault;
mod letter;
mod server;
mod thread;

use self::server::Server;

/// How long an attempt may take unless the settings say.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long a server may take to answer a farewell.
const FAREWELL: Duration = Duration::from_secs(2);

/// Hands mails in at a server: with STARTTLS, which must be there unless `require_tls` is off, or with TLS from the start on port 465.
///
/// A mail has a text and a page of HTML, and refers to the first one of its group, so that a mail program shows them as one thread; the
/// receipt's thread is the `Message-ID` of that first one. The same notification has the same `Message-ID` at each attempt. Where some
/// recipients are refused the others get the mail, and a warning is logged.
///
/// Errors: an answer of 4xx, a full mailbox and what has to do with the network is temporary; 5xx, a refused certificate, a missing
/// STARTTLS and a wrong address is not. A password is never sent without TLS but to this machine.
pub struct Email {
    settings: EmailSettings,
    texts: Arc<Texts>,
    server: Server,
    timeout: Duration,
}

impl Email {
    /// Reads settings and certificates. Nothing is sent. An error says what of it cannot be used.
    pub fn new(settings: &EmailSettings, texts: Arc<Texts>) -> Result<Self, NotifyError> {
        letter::check(settings, &texts)?;
        Ok(Self {
            server: Server::new(settings)?,
            timeout: settings.http.timeout.unwrap_or(TIMEOUT),
            settings: settings.clone(),
            texts,
        })
    }

    /// Begins with TLS on whatever port, as it does on 465.
    #[must_use]
    pub fn with_implicit_tls(mut self) -> Self {
        self.server.is_tls_first = true;
        self
    }

    async fn in_time<T>(
        &self,
        attempt: impl Future<Output = Result<T, NotifyError>>,
    ) -> Result<T, NotifyError> {
        let done = tokio::time::timeout(self.timeout, attempt).await;
        done.unwrap_or_else(|_| Err(fault::timeout("in time", self.timeout.as_secs_f64())))
    }
}

#[async_trait]
impl Notifier for Email {
    fn integration(&self) -> &'static str {
        "email"
    }

    async fn notify(
        &self,
        notification: &Notification,
        previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError> {
        let now_ms = crate::now_ms();
        let (mail, thread) =
            letter::letter(&self.settings, &self.texts, notification, previous, now_ms)?;
        let from = mail
            .envelope()
            .from()
            .cloned()
            .ok_or_else(|| NotifyError::permanent("invalid", "the mail has no sender"))?;
        let text = mail.formatted();
        let letter = server::Letter {
            from: &from,
            to: mail.envelope().to(),
            text: &text,
        };
        let handed_in = async {
            let mut connection = self.server.connect(self.timeout).await?;
            let refused = server::hand_in(&mut connection, &letter).await?;
            Ok((connection, refused))
        };
        let (mut connection, refused) = self.in_time(handed_in).await?;
        // It has the mail: what comes now changes nothing.
        let _ = tokio::time::timeout(FAREWELL, connection.quit()).await;
        if refused > 0 {
            tracing::warn!(
                receiver = notification.receiver,
                refused,
                "the mail server refused some of the recipients"
            );
        }
        Ok(Receipt {
            thread: Some(thread),
        })
    }

    async fn check(&self) -> Result<(), NotifyError> {
        let checked = async {
            let mut connection = self.server.connect(self.timeout).await?;
            if !connection.test_connected().await {
                let message = "the mail server does not answer NOOP";
                return Err(NotifyError::temporary("server_error", message));
            }
            let _ = connection.quit().await;
            Ok(())
        };
        self.in_time(checked).await
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
