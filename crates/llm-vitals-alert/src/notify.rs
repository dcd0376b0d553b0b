//! From an alert to a person: routes, groups, silences, inhibition, receivers and delivery.
//!
//! [`Config`] is what a file says. [`Notifications`] takes the alerts of an evaluator after each evaluation, and
//! [`NotificationsRunner`] sends what is due: each message once, again while a receiver fails, and the end of whatever was told. A receiver
//! that fails for 5 minutes is itself an alert, `NotificationFailing`, which the others are told. [`Dispatcher`] alone decides who is told
//! what, without a task or I/O.
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use std::time::Duration;
//!
//! use llm_vitals_alert::notify::{Config, Notification, Notifications, Notifier, NotifyError, PostedAlert, Receipt};
//! use llm_vitals_promql::Labels;
//!
//! /// A receiver of the application's own; those that the file names need nothing.
//! struct Pager(Arc<Mutex<Vec<String>>>);
//!
//! #[async_trait::async_trait]
//! impl Notifier for Pager {
//!     fn integration(&self) -> &'static str {
//!         "pager"
//!     }
//!
//!     async fn notify(&self, notification: &Notification, _: Option<&Receipt>) -> Result<Receipt, NotifyError> {
//!         let names = notification.alerts.iter().map(|alert| alert.labels["alertname"].clone());
//!         self.0.lock().unwrap().extend(names);
//!         Ok(Receipt::default())
//!     }
//!
//!     async fn check(&self) -> Result<(), NotifyError> {
//!         Ok(())
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?.block_on(async {
//! let config = Config::parse(
//!     "notify.yml",
//!     "
//! route: {receiver: night, group_by: [alertname], group_wait: 1s}
//! receivers:
//! - name: night
//!   webhook_configs: [{url: 'http://127.0.0.1:9/'}]
//! ",
//! )?;
//! let told = Arc::default();
//! # let began = tokio::time::Instant::now();
//! let (notifications, runner) = Notifications::builder(Arc::new(config))
//!     .with_notifier("night", 0, Box::new(Pager(Arc::clone(&told))))
//! #   .with_clock(move || began.elapsed().as_millis() as i64)
//!     .build()?;
//! // With an evaluator: `notifications.observe(&evaluator.alerts(), &changes, ...)` after each evaluation.
//! notifications.put([PostedAlert::new(Labels::new([("alertname", "HighErrorRate")]))]);
//! runner.run(tokio::time::sleep(Duration::from_secs(5))).await;
//! assert_eq!(*told.lock().unwrap(), ["HighErrorRate"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
