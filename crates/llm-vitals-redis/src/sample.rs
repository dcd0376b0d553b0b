//! What one tick learned of one node.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::info::Info;

#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) at: Instant,
    /// Seconds since 1970.
    pub(crate) unix: f64,
    pub(crate) info: Info,
    pub(crate) cluster: Option<Info>,
    pub(crate) slow_log: Option<SlowLog>,
    pub(crate) latency: Vec<LatencyEvent>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SlowLog {
    pub(crate) length: i64,
    pub(crate) last_id: i64,
    pub(crate) last_micros: i64,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct LatencyEvent {
    pub(crate) name: String,
    pub(crate) at: i64,
    pub(crate) millis: i64,
}

impl Sample {
    pub(crate) fn new(at: Instant, info: Info) -> Self {
        Self {
            at,
            unix: unix_now(),
            info,
            cluster: None,
            slow_log: None,
            latency: Vec::new(),
        }
    }

    /// When the server started, by its own clock where it tells it, in whole seconds since 1970.
    pub(crate) fn start_time(&self) -> Option<f64> {
        let now = self
            .info
            .number("server_time_usec")
            .map_or(self.unix, |micros| micros / 1e6);
        Some(now.floor() - self.info.number("uptime_in_seconds")?)
    }

    pub(crate) fn is_primary(&self) -> bool {
        self.info.get("role") == Some("master")
    }

    /// Keys in all databases.
    pub(crate) fn keys(&self) -> u64 {
        let keys = self.info.databases().map(|database| database.keys);
        keys.fold(0, u64::saturating_add)
    }

    /// Memory that counts, over the limit; none without a limit.
    pub(crate) fn memory_ratio(&self) -> Option<f64> {
        let limit = self.info.number("maxmemory").filter(|limit| *limit > 0.0)?;
        let uncounted = self.info.number("mem_not_counted_for_evict").unwrap_or(0.0);
        Some((self.info.number("used_memory")? - uncounted).max(0.0) / limit)
    }
}

pub(crate) fn unix_now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}
