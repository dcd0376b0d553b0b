//! Limits, times, and how often: each with its default.

use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use llm_vitals_cost::Overrides;
use serde::Deserialize;

use super::checked;
use super::units::{Bytes, Span};

/// How much is taken at once.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Limits {
    /// The longest request.
    #[serde(deserialize_with = "checked::some_bytes")]
    pub(crate) body: Bytes,
    /// Requests that are answered at once.
    #[serde(deserialize_with = "checked::some_requests")]
    pub(crate) concurrency: usize,
    /// Requests that wait for one of these places.
    pub(crate) queue: usize,
    /// How long they wait.
    pub(crate) queue_wait: Span,
    /// Open connections of clients.
    #[serde(deserialize_with = "checked::some_connections")]
    pub(crate) connections: NonZero<usize>,
}

/// How long things may take.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Timeouts {
    /// An attempt at a provider: to the whole answer, or to the first chunk of a streamed one.
    #[serde(deserialize_with = "checked::some_time")]
    pub(crate) attempt: Span,
    /// The connection to a provider, TLS included.
    #[serde(deserialize_with = "checked::some_time")]
    pub(crate) connect: Span,
    /// Between two pieces of a provider's answer, and between two that a client takes.
    #[serde(deserialize_with = "checked::some_time")]
    pub(crate) idle: Span,
    /// The head of a client's request, or a connection without one.
    #[serde(deserialize_with = "checked::some_time")]
    pub(crate) header: Span,
    /// The body of a client's request.
    #[serde(deserialize_with = "checked::some_time")]
    pub(crate) body: Span,
}

/// When a call is tried again.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Retry {
    /// Attempts at one provider, the first one included.
    #[serde(deserialize_with = "checked::some_attempts")]
    pub(crate) attempts: NonZero<u32>,
    /// The pause before the second attempt; it doubles with each further one.
    pub(crate) pause: Span,
    /// Retries for each call, 0 to 10, in the last ten seconds.
    #[serde(deserialize_with = "checked::budget")]
    pub(crate) budget: f32,
    /// Retries a second besides.
    #[serde(deserialize_with = "checked::budget_floor")]
    pub(crate) budget_floor: u32,
}

/// How the gateway ends.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Drain {
    /// How long requests are still taken while `/health/ready` fails already.
    pub(crate) delay: Span,
    /// How long requests may take to end after that.
    pub(crate) timeout: Span,
}

/// How providers are checked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Checks {
    /// The time between two checks, give or take a fifth.
    #[serde(deserialize_with = "checked::interval")]
    pub(crate) interval: Span,
    /// How long one may take.
    #[serde(deserialize_with = "checked::some_time")]
    pub(crate) timeout: Span,
}

/// Which alert rules are evaluated, and how often.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Alerts {
    /// Rule files.
    pub(crate) files: Vec<PathBuf>,
    /// Whether the rules in the binary are evaluated too. By default they are where there are no files.
    pub(crate) default_pack: Option<bool>,
    /// Where the state is kept over a restart.
    pub(crate) state: Option<PathBuf>,
    /// Between two evaluations of a group that does not say.
    #[serde(deserialize_with = "checked::alert_interval")]
    pub(crate) interval: Span,
    /// Between two samples of this process' metrics.
    #[serde(deserialize_with = "checked::alert_interval")]
    pub(crate) sample_interval: Span,
}

/// Where prices come from.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Prices {
    /// The user's own prices, which win.
    pub(crate) overrides: Option<Overrides>,
    /// A price file of LiteLLM, read again when it changes.
    pub(crate) litellm_file: Option<PathBuf>,
    /// Whether the prices in the binary count where nothing else does.
    pub(crate) bundled: bool,
}

const fn seconds(seconds: u64) -> Span {
    Span(Duration::from_secs(seconds))
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: Bytes(20_000_000),
            concurrency: 1_000,
            queue: 1_000,
            queue_wait: seconds(10),
            connections: const { NonZero::new(10_000).unwrap() },
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            attempt: seconds(300),
            connect: seconds(10),
            idle: seconds(120),
            header: seconds(75),
            body: seconds(60),
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: const { NonZero::new(3).unwrap() },
            pause: Span(Duration::from_millis(200)),
            budget: 0.2,
            budget_floor: 10,
        }
    }
}

impl Default for Drain {
    fn default() -> Self {
        Self {
            delay: seconds(0),
            timeout: seconds(30),
        }
    }
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            interval: seconds(30),
            timeout: seconds(10),
        }
    }
}

impl Default for Alerts {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            default_pack: None,
            state: None,
            interval: seconds(15),
            sample_interval: seconds(5),
        }
    }
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            overrides: None,
            litellm_file: None,
            bundled: true,
        }
    }
}
