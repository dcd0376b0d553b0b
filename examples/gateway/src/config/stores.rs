//! Redis, and the answers that are kept.

use std::time::Duration;

use llm_vitals_provider::Secret;
use serde::Deserialize;

use super::checked;
use super::env::EnvSecret;
use super::units::{Bytes, Span};

/// The Redis as it is written in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedisFile {
    url: EnvSecret,
    #[serde(default, deserialize_with = "checked::maybe_some_time")]
    interval: Option<Span>,
}

/// The Redis that is watched, and that keeps answers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RedisConfig {
    /// It may hold a password.
    pub(crate) url: Secret,
    /// The time between two looks at it.
    pub(crate) interval: Duration,
}

/// Which answers are kept, and how many.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Cache {
    pub(crate) enabled: bool,
    /// How long an answer is kept.
    #[serde(deserialize_with = "checked::some_time")]
    pub(crate) ttl: Span,
    /// The longest answer that is kept.
    pub(crate) entry: Bytes,
    /// All answers together, in this process; Redis has a limit of its own.
    pub(crate) memory: Bytes,
}

impl RedisConfig {
    /// At its usual pace.
    pub(crate) const fn new(url: Secret) -> Self {
        Self {
            url,
            interval: Duration::from_secs(5),
        }
    }
}

impl From<RedisFile> for RedisConfig {
    fn from(file: RedisFile) -> Self {
        let mut config = Self::new(file.url.0);
        if let Some(interval) = file.interval {
            config.interval = interval.0;
        }
        config
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            enabled: true,
            ttl: Span(Duration::from_secs(3_600)),
            entry: Bytes(1_000_000),
            memory: Bytes(64_000_000),
        }
    }
}
