//! Slack, by an incoming webhook or with a bot's token.

mod answer;
mod api;
mod attachment;
mod errors;
mod evidence;
mod mrkdwn;
mod post;

use std::sync::Arc;

use async_trait::async_trait;
use reqwest::Url;
use serde_json::Value;

use self::api::Api;
use self::post::Post;
use super::config::SlackSettings;
use super::filled::Filled;
use super::http_client::HttpClient;
use super::message::Message;
use super::notification::{Notification, NotifyReason};
use super::notifier::{Notifier, NotifyError, Receipt};
use super::reach::reach;
use super::secret::Secret;
use super::texts::Texts;

/// Writes to a channel of Slack, or of what takes Slack's webhooks.
///
/// With a webhook each notification is a message. With a bot's token a group is one thread: its first message is changed to what is the
/// case now, and what happens is told in answers to it.
#[derive(Debug)]
pub struct Slack {
    way: Way,
    settings: SlackSettings,
    texts: Arc<Texts>,
}

#[derive(Debug)]
enum Way {
    Webhook(HttpClient, Secret),
    Bot(Api),
}

impl Slack {
    /// One for these settings: with a `bot_token`, or with an `api_url` that is a webhook's, or that of `chat.postMessage` with a token in
    /// `http_config`. Every error is permanent.
    pub fn new(settings: &SlackSettings, texts: Arc<Texts>) -> Result<Self, NotifyError> {
        let wrong = |message: &str| NotifyError::permanent("invalid", message);
        let is_api = settings.api_url.as_ref().and_then(api::base).is_some();
        let way = match (&settings.bot_token, &settings.api_url) {
            (None, None) => return Err(wrong("there is neither an api_url nor a bot_token")),
            (None, Some(url)) if !is_api => {
                Way::Webhook(HttpClient::new(&settings.http)?, url.clone())
            }
            (token, _) => {
                if settings
                    .channel
                    .as_ref()
                    .is_none_or(|channel| channel.trim().is_empty())
                {
                    return Err(wrong("a bot needs a channel"));
                }
                Way::Bot(Api::new(settings, token.as_ref())?)
            }
        };
        Ok(Self {
            way,
            settings: settings.clone(),
            texts,
        })
    }

    /// The message, and what is sent if Slack does not take it.
    fn render(&self, notification: &Notification) -> (Post, String) {
        let settings = &self.settings;
        let value = if settings.link_names {
            mrkdwn::value_apart
        } else {
            mrkdwn::value
        };
        let filled = Filled::new(&self.texts, notification, value);
        let message = Message::of(notification, &notification.external_url);
        let field = |name: &str, template: &Option<String>| filled.some(name, template.as_deref());
        let color = field("color", &settings.color);
        let color = color.unwrap_or_else(|| evidence::color(&message).to_owned());
        let (text, attachment): (Option<String>, Value) = if attachment::is_wanted(settings) {
            (
                None,
                attachment::attachment(settings, &filled, &message, color),
            )
        } else {
            (
                Some(evidence::headline(&message)),
                evidence::attachment(&message, &color),
            )
        };
        let post = Post {
            channel: field("channel", &settings.channel),
            username: field("username", &settings.username),
            icon_emoji: field("icon_emoji", &settings.icon_emoji),
            icon_url: field("icon_url", &settings.icon_url),
            link_names: settings.link_names,
            parse: matches!(self.way, Way::Bot(_)).then_some("none"),
            text,
            attachments: vec![attachment],
            ..Post::default()
        };
        (post, evidence::plain(&message))
    }
}

#[async_trait]
impl Notifier for Slack {
    fn integration(&self) -> &'static str {
        "slack"
    }

    async fn notify(
        &self,
        notification: &Notification,
        previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError> {
        let (post, plain) = self.render(notification);
        match &self.way {
            Way::Webhook(client, url) => {
                let sent = send(client, url, &post).await;
                let sent = match sent {
                    Err(refused) if errors::is_layout(&refused.code) => {
                        let code = refused.code;
                        tracing::warn!(code, "Slack does not take a message; a plain one is sent");
                        let post = post.with_layout(Some(plain), Vec::new());
                        send(client, url, &post).await
                    }
                    sent => sent,
                };
                sent.map(|()| Receipt::default())
                    .map_err(|refused| refused.error)
            }
            Way::Bot(api) => {
                // A group that begins again begins a new thread.
                let is_first = notification.reason == NotifyReason::First;
                let thread = previous.filter(|_| !is_first).and_then(api::thread);
                let is_broadcast = matches!(
                    notification.reason,
                    NotifyReason::NewAlerts | NotifyReason::Repeat
                );
                api.tell(post, &plain, thread, is_broadcast).await
            }
        }
    }

    /// Whether the token is valid (`auth.test`). Of a webhook, whether its address has the form of one and its host answers: whether Slack
    /// knows it can only be found out with a message.
    async fn check(&self) -> Result<(), NotifyError> {
        match &self.way {
            Way::Bot(api) => api.check().await,
            Way::Webhook(client, url) => {
                has_form(url)?;
                reach(client, url).await
            }
        }
    }
}

async fn send(client: &HttpClient, url: &Secret, post: &Post) -> Result<(), answer::Refused> {
    let request = client.request(reqwest::Method::POST, url)?;
    let body = serde_json::to_vec(post)
        .map_err(|error| NotifyError::permanent("invalid", error.to_string()))?;
    let request = request
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .body(body);
    answer::of_webhook(client.exchange(request).await?)
}

/// Slack's own webhooks are `https://hooks.slack.com/services/T.../B.../...`; those of others have any form.
fn has_form(url: &Secret) -> Result<(), NotifyError> {
    let Ok(url) = Url::parse(url.expose()) else {
        return Err(NotifyError::permanent(
            "invalid",
            "the api_url is not a URL",
        ));
    };
    if !matches!(
        url.host_str(),
        Some("hooks.slack.com" | "hooks.slack-gov.com")
    ) {
        return Ok(());
    }
    let parts: Vec<&str> = url
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let is_one = match *parts {
        ["services", team, hook, secret] => {
            team.starts_with('T') && hook.starts_with('B') && !secret.is_empty()
        }
        ["workflows" | "triggers", _, ..] => true,
        _ => false,
    };
    let message = "the api_url is not a webhook's: https://hooks.slack.com/services/T.../B.../...";
    (is_one && url.scheme() == "https")
        .then_some(())
        .ok_or_else(|| NotifyError::permanent("invalid", message))
}
