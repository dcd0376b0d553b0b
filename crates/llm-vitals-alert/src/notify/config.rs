//! Who is told what, and when: the configuration in Alertmanager's schema.

mod read;
mod settings;
mod short;

use std::path::PathBuf;
use std::time::Duration;

use llm_vitals_promql::Matcher;

use super::time_interval::TimeInterval;
use crate::error::Problem;

pub use self::settings::{
    EmailSettings, FieldSettings, HeartbeatSettings, HttpConfig, MsteamsSettings, PagerdutyLink,
    PagerdutySettings, PushSettings, Settings, SlackSettings, WebhookSettings,
};

/// A configuration that was read and checked: every name in it is one of its own.
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) route: Route,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) inhibit_rules: Vec<InhibitRule>,
    pub(crate) time_intervals: Vec<TimeInterval>,
    /// After which an alert that was posted without an end, and not again since, is over.
    pub(crate) resolve_timeout: Duration,
    /// Files of templates, by glob.
    pub(crate) templates: Vec<PathBuf>,
    pub(crate) warnings: Vec<Problem>,
}

/// A node of the routing tree. Receiver, grouping and waiting times are the ones in force: those of the parent where the file says none.
/// Time intervals are the node's own, as in Alertmanager.
#[derive(Debug, Clone)]
pub struct Route {
    /// Alertmanager's key of it: the matchers from the root on.
    pub(crate) key: String,
    pub(crate) receiver: String,
    /// All must match. A label that is not there is an empty one.
    pub(crate) matchers: Vec<Matcher>,
    /// `None` is `...`: by all labels.
    pub(crate) group_by: Option<Vec<String>>,
    pub(crate) group_wait: Duration,
    pub(crate) group_interval: Duration,
    pub(crate) repeat_interval: Duration,
    pub(crate) mute_time_intervals: Vec<String>,
    pub(crate) active_time_intervals: Vec<String>,
    /// Whether the siblings after it are asked too.
    pub(crate) is_continued: bool,
    pub(crate) routes: Vec<Self>,
}

/// Somebody to tell, by any number of ways.
#[derive(Debug, Clone)]
pub struct Receiver {
    pub(crate) name: String,
    pub(crate) integrations: Vec<Integration>,
}

/// One way to tell.
#[derive(Debug, Clone)]
pub struct Integration {
    pub(crate) send_resolved: bool,
    pub(crate) settings: Settings,
}

/// Alerts that make others not be told.
#[derive(Debug, Clone)]
pub struct InhibitRule {
    pub(crate) source_matchers: Vec<Matcher>,
    pub(crate) target_matchers: Vec<Matcher>,
    pub(crate) equal: Vec<String>,
}

impl Config {
    /// The root of the routing tree.
    #[must_use]
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// Everybody who can be told.
    #[must_use]
    pub fn receivers(&self) -> &[Receiver] {
        &self.receivers
    }

    /// Alerts that make others not be told.
    #[must_use]
    pub fn inhibit_rules(&self) -> &[InhibitRule] {
        &self.inhibit_rules
    }

    /// The times that routes name.
    #[must_use]
    pub fn time_intervals(&self) -> &[TimeInterval] {
        &self.time_intervals
    }

    /// What is no error and most likely not meant, with its place.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }
}

impl Receiver {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ways to tell, in Alertmanager's order.
    #[must_use]
    pub fn integrations(&self) -> &[Integration] {
        &self.integrations
    }
}

impl Integration {
    /// What it is and where it sends.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether it is told that alerts are over.
    #[must_use]
    pub fn send_resolved(&self) -> bool {
        self.send_resolved
    }
}
