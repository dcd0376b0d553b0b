//! What a collector was told.

use std::time::Duration;

use crate::keys::KeySampling;
use crate::lease::Lease;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) name: Option<String>,
    pub(crate) interval: Duration,
    pub(crate) window: Duration,
    pub(crate) max_backoff: Duration,
    pub(crate) lease: Option<Lease>,
    pub(crate) commands: bool,
    pub(crate) latency_statistics: bool,
    pub(crate) slow_log: bool,
    pub(crate) latency_events: bool,
    pub(crate) keys: Option<KeySampling>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: None,
            interval: Duration::from_secs(5),
            window: Duration::from_secs(300),
            max_backoff: Duration::from_secs(30),
            lease: Some(Lease::default()),
            commands: true,
            latency_statistics: false,
            slow_log: false,
            latency_events: false,
            keys: None,
        }
    }
}
