//! From an alert to a person: routes, groups, silences, inhibition, receivers and delivery.

#[cfg(feature = "api")]
mod api;
mod build;
mod config;
mod delivery;
mod dispatcher;
#[cfg(feature = "email")]
mod email;
mod evidence;
mod export;
#[cfg(any(feature = "msteams", feature = "pagerduty", feature = "slack"))]
mod filled;
mod fingerprint;
mod heartbeat;
#[cfg(any(
    feature = "alertmanager",
    feature = "heartbeat",
    feature = "msteams",
    feature = "pagerduty",
    feature = "slack",
    feature = "webhook",
))]
// Not every receiver needs all of it.
#[allow(dead_code)]
mod http_client;
mod inhibition;
mod matchers;
mod message;
#[cfg(feature = "msteams")]
mod msteams;
mod notification;
mod notifications;
mod notifier;
mod notify_log;
#[cfg(feature = "pagerduty")]
mod pagerduty;
#[cfg(any(feature = "msteams", feature = "pagerduty", feature = "slack"))]
mod plain;
#[cfg(feature = "alertmanager")]
mod push;
#[cfg(any(
    feature = "msteams",
    feature = "pagerduty",
    feature = "slack",
    feature = "webhook"
))]
mod reach;
mod routing;
mod sample;
mod secret;
mod silence;
mod silences;
#[cfg(feature = "slack")]
mod slack;
mod state;
mod texts;
mod time_interval;
#[cfg(any(feature = "alertmanager", feature = "pagerduty", feature = "webhook"))]
mod times;
#[cfg(feature = "webhook")]
mod webhook;

#[cfg(feature = "api")]
pub use self::api::{AlertmanagerApi, DispatcherAccess};
pub use self::build::build_notifier;
pub use self::config::{
    Config, EmailSettings, FieldSettings, HeartbeatSettings, HttpConfig, InhibitRule, Integration,
    MsteamsSettings, PagerdutyLink, PagerdutySettings, PushSettings, Receiver, Route, Settings,
    SlackSettings, WebhookSettings,
};
pub use self::delivery::LaneState;
pub use self::dispatcher::{
    Dispatcher, DispatcherCounts, DispatcherState, GroupView, Limits, PostedAlert, Refusal,
    RefusalReason, SeenAlert, SeenState,
};
#[cfg(feature = "email")]
pub use self::email::Email;
pub use self::export::ExportSecrets;
pub use self::matchers::parse_matchers;
pub use self::message::{AlertMessage, Message, human, sparkline};
#[cfg(feature = "msteams")]
pub use self::msteams::Msteams;
pub use self::notification::{
    Contributor, Ended, Evidence, Notification, NotifiedAlert, NotifyReason, Unit,
};
pub use self::notifications::{
    DispatcherGuard, Notifications, NotificationsBuilder, NotificationsRunner, ReceiverStatus,
};
pub use self::notifier::{Notifier, NotifyError, Receipt};
#[cfg(feature = "pagerduty")]
pub use self::pagerduty::Pagerduty;
#[cfg(feature = "alertmanager")]
pub use self::push::{AlertmanagerPush, Pushed};
pub use self::routing::Explanation;
pub use self::secret::Secret;
pub use self::silence::{Silence, SilenceState};
pub use self::silences::{SilenceError, Silences};
#[cfg(feature = "slack")]
pub use self::slack::Slack;
pub use self::texts::Texts;
pub use self::time_interval::TimeInterval;
#[cfg(feature = "webhook")]
pub use self::webhook::Webhook;
