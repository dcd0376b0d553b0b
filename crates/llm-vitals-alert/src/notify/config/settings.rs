//! What each kind of receiver needs to know. Names are those of Alertmanager's file; texts are templates.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::notify::secret::Secret;

/// The settings of one integration. `global` values are filled in; a file that holds a secret has been read.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub enum Settings {
    /// `slack_configs`.
    Slack(Box<SlackSettings>),
    /// `pagerduty_configs`.
    Pagerduty(Box<PagerdutySettings>),
    /// `email_configs`.
    Email(Box<EmailSettings>),
    /// `webhook_configs`.
    Webhook(Box<WebhookSettings>),
    /// `msteams_configs` and `msteamsv2_configs`.
    Msteams(Box<MsteamsSettings>),
    /// `alertmanager_configs`, which Alertmanager does not have: push to a cluster of Alertmanagers.
    Alertmanager(Box<PushSettings>),
    /// `heartbeat_configs`, which Alertmanager does not have: a dead man's switch.
    Heartbeat(Box<HeartbeatSettings>),
    /// One that Alertmanager has and this crate has not, such as `opsgenie`. It can be routed to and not be sent to.
    Unsupported(&'static str),
}

impl Settings {
    /// The integration's name as Alertmanager writes it: `slack`, `pagerduty`, `email`, `webhook`, `msteams`, ...
    #[must_use]
    pub fn integration(&self) -> &'static str {
        match self {
            Self::Slack(_) => "slack",
            Self::Pagerduty(_) => "pagerduty",
            Self::Email(_) => "email",
            Self::Webhook(_) => "webhook",
            Self::Msteams(_) => "msteams",
            Self::Alertmanager(_) => "alertmanager",
            Self::Heartbeat(_) => "heartbeat",
            Self::Unsupported(name) => name,
        }
    }
}

/// How an HTTP receiver is reached.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
pub struct HttpConfig {
    /// Name and password of basic authentication.
    pub basic_auth: Option<(String, Secret)>,
    /// Scheme and credentials of the `Authorization` header: `Bearer`, ...
    pub authorization: Option<(String, Secret)>,
    /// A proxy for all requests.
    pub proxy_url: Option<Secret>,
    /// Whether redirects are followed.
    pub follow_redirects: bool,
    /// Certificates that are trusted besides the usual ones, in PEM.
    pub ca_file: Option<PathBuf>,
    /// A client's certificate, in PEM, with its key.
    pub cert_and_key: Option<(PathBuf, PathBuf)>,
    /// Whether the server's certificate is not checked.
    pub insecure_skip_verify: bool,
    /// The time for one attempt. 10 seconds unless the file says another (`timeout`, a field of ours).
    pub timeout: Option<Duration>,
}

/// `slack_configs`. Either a webhook's address or, with a bot's token, `chat.postMessage`.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct SlackSettings {
    pub api_url: Option<Secret>,
    /// A field of ours: `xoxb-...`. With it messages of a group are one thread, and the first is updated.
    pub bot_token: Option<Secret>,
    /// The base of the API with a bot's token: `https://slack.com/api` unless the file says another.
    pub api_base: Option<String>,
    pub channel: Option<String>,
    pub username: Option<String>,
    pub color: Option<String>,
    pub title: Option<String>,
    pub title_link: Option<String>,
    pub pretext: Option<String>,
    pub text: Option<String>,
    pub fields: Vec<FieldSettings>,
    pub short_fields: bool,
    pub footer: Option<String>,
    pub fallback: Option<String>,
    pub callback_id: Option<String>,
    pub icon_emoji: Option<String>,
    pub icon_url: Option<String>,
    pub image_url: Option<String>,
    pub thumb_url: Option<String>,
    pub link_names: bool,
    pub mrkdwn_in: Vec<String>,
    pub http: HttpConfig,
}

/// A field of a Slack attachment.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct FieldSettings {
    pub title: String,
    pub value: String,
    pub short: Option<bool>,
}

/// `pagerduty_configs`, of Events API version 2 (`routing_key`); a `service_key` of version 1 is an error at load.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct PagerdutySettings {
    pub routing_key: Option<Secret>,
    /// The address, `https://events.pagerduty.com/v2/enqueue` unless the file says another.
    pub url: Option<String>,
    pub client: Option<String>,
    pub client_url: Option<String>,
    pub description: Option<String>,
    pub severity: Option<String>,
    pub source: Option<String>,
    pub class: Option<String>,
    pub component: Option<String>,
    pub group: Option<String>,
    pub details: BTreeMap<String, String>,
    pub links: Vec<PagerdutyLink>,
    /// With `href` as the address of the picture's link, `text` as its alternative text, and `src`.
    pub images: Vec<PagerdutyLink>,
    pub http: HttpConfig,
}

/// A link or a picture.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct PagerdutyLink {
    pub href: String,
    pub text: String,
    pub src: String,
}

/// `email_configs`.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct EmailSettings {
    /// Addresses, with commas between.
    pub to: String,
    pub from: String,
    /// `host:port`. Port 465 is implicit TLS.
    pub smarthost: String,
    pub hello: Option<String>,
    pub auth_username: Option<String>,
    pub auth_password: Option<Secret>,
    pub auth_identity: Option<String>,
    pub auth_secret: Option<Secret>,
    pub require_tls: bool,
    pub headers: BTreeMap<String, String>,
    /// `None` is the shipped one; an empty text leaves the part out.
    pub html: Option<String>,
    pub text: Option<String>,
    pub http: HttpConfig,
}

/// `webhook_configs`.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct WebhookSettings {
    pub url: Option<Secret>,
    /// 0 is no limit.
    pub max_alerts: usize,
    pub http: HttpConfig,
}

/// `msteamsv2_configs` (a workflow) and `msteams_configs` (a connector, which Microsoft has retired).
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct MsteamsSettings {
    pub webhook_url: Option<Secret>,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub text: Option<String>,
    /// Whether the old card of connectors is sent (`msteams_configs`).
    pub is_connector: bool,
    pub http: HttpConfig,
}

/// `alertmanager_configs`.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct PushSettings {
    /// Every one of them gets every alert, as a cluster of Alertmanagers wants it.
    pub urls: Vec<Secret>,
    pub http: HttpConfig,
}

/// `heartbeat_configs`.
#[non_exhaustive]
#[derive(Debug, Clone, Default)]
#[expect(
    missing_docs,
    reason = "they are the fields of the file, which docs/notifications.md describes"
)]
pub struct HeartbeatSettings {
    pub url: Option<Secret>,
    /// `GET` or `POST`.
    pub method: Option<String>,
    /// 1 minute unless the file says another.
    pub interval: Option<Duration>,
    pub http: HttpConfig,
}
