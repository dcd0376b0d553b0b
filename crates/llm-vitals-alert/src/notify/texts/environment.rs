//! What texts of notifications are filled in from.

use std::time::Duration;

use crate::notify::notification::Notification;
use crate::template::{Environment, Language, Value};

use super::{data, functions};

/// How long a text may be, before and after it is filled in.
const MOST_BYTES: usize = 256 << 10;
/// How long filling it in may take.
const LONGEST: Duration = Duration::from_secs(2);

/// What may stand in texts of notifications and in files of templates.
pub(super) const LANGUAGE: Language = Language {
    functions: FUNCTIONS,
    variables: &["$"],
    has_methods: true,
    most_bytes: MOST_BYTES,
};

const FUNCTIONS: &[&str] = &[
    "and",
    "args",
    "date",
    "eq",
    "ge",
    "gt",
    "html",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "index",
    "join",
    "le",
    "len",
    "lt",
    "match",
    "ne",
    "not",
    "or",
    "parseDuration",
    "print",
    "printf",
    "println",
    "reReplaceAll",
    "safeHtml",
    "since",
    "stringSlice",
    "stripDomain",
    "stripPort",
    "title",
    "toLower",
    "toUpper",
    "trimSpace",
    "truncate",
    "tz",
    "urlquery",
];

pub(super) struct NotificationEnvironment {
    root: Value,
    now_ms: i64,
    escape: fn(&str, &str) -> String,
    clock: quanta::Clock,
    started: quanta::Instant,
}

impl NotificationEnvironment {
    pub(super) fn new(notification: &Notification, escape: fn(&str, &str) -> String) -> Self {
        let clock = quanta::Clock::new();
        Self {
            root: data::root(notification),
            now_ms: notification.at,
            escape,
            started: clock.now(),
            clock,
        }
    }
}

impl Environment for NotificationEnvironment {
    fn root(&self) -> Value {
        self.root.clone()
    }

    fn function(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>> {
        functions::call(name, arguments, self.now_ms)
    }

    fn most_bytes(&self) -> usize {
        MOST_BYTES
    }

    fn is_out_of_time(&self) -> bool {
        self.clock.now().duration_since(self.started) > LONGEST
    }

    fn escape(&self, before: &str, text: String) -> String {
        (self.escape)(before, &text)
    }
}
