//! From settings to what sends.

use std::sync::Arc;
use std::time::Duration;

use super::config::{Config, HeartbeatSettings, Integration, Settings};
use super::heartbeat::Pulse;
use super::notifier::{Notifier, NotifyError};
use super::texts::Texts;
use crate::error::{Error, ErrorKind, Problem};

impl Config {
    /// The texts that come with this crate, with the files that the configuration names. An error if one cannot be read or is wrong.
    pub fn texts(&self) -> Result<Arc<Texts>, Error> {
        Texts::new(&self.templates).map(Arc::new)
    }
}

/// Makes what sends for one integration of a receiver.
///
/// An error if its settings are wrong, a file of it cannot be read, its feature is not built in, or there is no such receiver here. A
/// heartbeat sends no notifications: it is part of [`Notifications`](super::Notifications).
pub fn build_notifier(
    receiver: &str,
    integration: &Integration,
    texts: &Arc<Texts>,
) -> Result<Box<dyn Notifier>, Error> {
    let settings = integration.settings();
    let made = make(settings, texts);
    made.map_err(|error| wrong(receiver, settings.integration(), &error.to_string()))
}

#[cfg_attr(
    not(any(
        feature = "email",
        feature = "msteams",
        feature = "pagerduty",
        feature = "slack"
    )),
    expect(unused_variables, reason = "the others have no texts of their own")
)]
fn make(settings: &Settings, texts: &Arc<Texts>) -> Result<Box<dyn Notifier>, NotifyError> {
    match settings {
        #[cfg(feature = "alertmanager")]
        Settings::Alertmanager(settings) => boxed(super::push::AlertmanagerPush::new(settings)),
        #[cfg(feature = "email")]
        Settings::Email(settings) => boxed(super::email::Email::new(settings, Arc::clone(texts))),
        #[cfg(feature = "msteams")]
        Settings::Msteams(settings) => {
            boxed(super::msteams::Msteams::new(settings, Arc::clone(texts)))
        }
        #[cfg(feature = "pagerduty")]
        Settings::Pagerduty(settings) => boxed(super::pagerduty::Pagerduty::new(
            settings,
            Arc::clone(texts),
        )),
        #[cfg(feature = "slack")]
        Settings::Slack(settings) => boxed(super::slack::Slack::new(settings, Arc::clone(texts))),
        #[cfg(feature = "webhook")]
        Settings::Webhook(settings) => boxed(super::webhook::Webhook::new(settings)),
        Settings::Heartbeat(_) => {
            let message = "a heartbeat sends no notifications";
            Err(NotifyError::permanent("invalid", message))
        }
        Settings::Unsupported(_) => {
            let message = "there is no such receiver here: it can be routed to and exported, and not be sent to";
            Err(NotifyError::permanent("invalid", message))
        }
        #[allow(unreachable_patterns, reason = "with all features there are no others")]
        _ => Err(not_built_in(settings.integration())),
    }
}

#[allow(dead_code, reason = "without a feature of a receiver there is none")]
fn boxed(
    made: Result<impl Notifier + 'static, NotifyError>,
) -> Result<Box<dyn Notifier>, NotifyError> {
    made.map(|notifier| Box::new(notifier) as Box<dyn Notifier>)
}

/// Makes what pings, and says how often.
pub(crate) fn build_pulse(
    receiver: &str,
    settings: &HeartbeatSettings,
) -> Result<(Arc<dyn Pulse>, Duration), Error> {
    #[cfg(feature = "heartbeat")]
    let made = super::heartbeat::Ping::new(settings).map(|ping| Arc::new(ping) as Arc<dyn Pulse>);
    #[cfg(not(feature = "heartbeat"))]
    let made: Result<Arc<dyn Pulse>, _> = Err(not_built_in("heartbeat"));
    let interval = settings.interval.unwrap_or(Duration::from_secs(60));
    match made {
        Ok(pulse) => Ok((pulse, interval)),
        Err(error) => Err(wrong(receiver, "heartbeat", &error.to_string())),
    }
}

#[allow(dead_code, reason = "with all features nothing is missing")]
fn not_built_in(name: &str) -> NotifyError {
    let message = format!("not built in: build with the feature {name:?}");
    NotifyError::permanent("invalid", message)
}

fn wrong(receiver: &str, integration: &str, message: &str) -> Error {
    let message = format!("receiver {receiver:?}, {integration}: {message}");
    Problem::new(ErrorKind::Rule, "notifications", message).into()
}
