//! Slack's Web API, with a bot's token: one thread for each group.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde::Serialize;

use super::answer::{Place, Refused, of_api};
use super::errors::{is_layout, is_no_longer_editable, is_without_thread};
use super::post::Post;
use crate::notify::config::SlackSettings;
use crate::notify::http_client::HttpClient;
use crate::notify::notifier::{NotifyError, Receipt};
use crate::notify::secret::Secret;

const BASE: &str = "https://slack.com/api";

#[derive(Debug)]
pub(super) struct Api {
    client: HttpClient,
    base: String,
}

impl Api {
    pub(super) fn new(
        settings: &SlackSettings,
        token: Option<&Secret>,
    ) -> Result<Self, NotifyError> {
        let mut http = settings.http.clone();
        if let Some(token) = token {
            http.basic_auth = None;
            http.authorization = Some(("Bearer".to_owned(), token.clone()));
        }
        let of_url = settings.api_url.as_ref().and_then(base);
        let base = settings.api_base.clone().or(of_url);
        let base = base.unwrap_or_else(|| BASE.to_owned());
        Ok(Self {
            client: HttpClient::new(&http)?,
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    /// Tells of a group: a first message, or an answer to it after it was brought up to date. `plain` is what to post if Slack does not
    /// take the layout.
    ///
    /// The first message is changed before the answer is posted. Both may be done again after a failure of the second, which then
    /// changes nothing but posts no answer twice.
    pub(super) async fn tell(
        &self,
        post: Post,
        plain: &str,
        thread: Option<Place>,
        is_broadcast: bool,
    ) -> Result<Receipt, NotifyError> {
        let Some(first) = thread else {
            return Ok(receipt(
                &self
                    .post(post, plain)
                    .await
                    .map_err(|refused| refused.error)?,
            ));
        };
        let now = Post {
            channel: Some(first.channel.clone()),
            ts: Some(first.ts.clone()),
            // It keeps its name and picture.
            username: None,
            icon_emoji: None,
            icon_url: None,
            ..post.clone()
        };
        match self.call("chat.update", &now).await {
            Err(refused) if is_without_thread(&refused.code) => {
                let posted = self.post(post, plain).await;
                return Ok(receipt(&posted.map_err(|refused| refused.error)?));
            }
            Err(refused) if !is_no_longer_editable(&refused.code) => return Err(refused.error),
            _ => {}
        }
        let answer = Post {
            channel: Some(first.channel.clone()),
            thread_ts: Some(first.ts.clone()),
            reply_broadcast: is_broadcast,
            ..post.clone()
        };
        let mut posted = self.post(answer.clone(), plain).await;
        if matches!(&posted, Err(refused) if refused.code == "cant_broadcast_message") {
            let quiet = Post {
                reply_broadcast: false,
                ..answer
            };
            posted = self.post(quiet, plain).await;
        }
        match posted {
            Ok(_) => Ok(receipt(&first)),
            Err(refused) if is_without_thread(&refused.code) => {
                let posted = self.post(post, plain).await;
                Ok(receipt(&posted.map_err(|refused| refused.error)?))
            }
            Err(refused) => Err(refused.error),
        }
    }

    /// Whether the token is one.
    pub(super) async fn check(&self) -> Result<(), NotifyError> {
        let called = self.call("auth.test", &serde_json::json!({})).await;
        called.map(drop).map_err(|refused| refused.error)
    }

    /// Posts a message, a plainer one if Slack does not take it: an ugly message is better than none.
    async fn post(&self, post: Post, plain: &str) -> Result<Place, Refused> {
        match self.call("chat.postMessage", &post).await {
            Err(refused) if is_layout(&refused.code) => {
                tracing::warn!(
                    code = refused.code,
                    "Slack does not take a message; a plain one is sent"
                );
                let post = post.with_layout(Some(plain.to_owned()), Vec::new());
                self.call("chat.postMessage", &post).await
            }
            other => other,
        }
    }

    async fn call(&self, method: &str, body: &(impl Serialize + Sync)) -> Result<Place, Refused> {
        let url = Secret::new(format!("{}/{method}", self.base));
        let request = self.client.request(Method::POST, &url)?;
        let body = serde_json::to_vec(body)
            .map_err(|error| NotifyError::permanent("invalid", error.to_string()))?;
        // Without the charset Slack warns in every answer.
        let request = request
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .body(body);
        of_api(self.client.exchange(request).await?)
    }
}

/// The base of an address of `chat.postMessage`, which files for Alertmanager have with a token in `http_config`.
pub(super) fn base(url: &Secret) -> Option<String> {
    let base = url.expose().trim().strip_suffix("/chat.postMessage")?;
    Some(base.to_owned())
}

/// The place of a group's first message.
pub(super) fn thread(receipt: &Receipt) -> Option<Place> {
    let (channel, ts) = receipt.thread.as_deref()?.split_once('/')?;
    Some(Place {
        channel: channel.to_owned(),
        ts: ts.to_owned(),
    })
    .filter(|place| !place.channel.is_empty() && !place.ts.is_empty())
}

fn receipt(place: &Place) -> Receipt {
    let is_known = !place.channel.is_empty() && !place.ts.is_empty();
    Receipt {
        thread: is_known.then(|| format!("{}/{}", place.channel, place.ts)),
    }
}
