//! Watches Redis while the gateway runs.

use std::time::Duration;

use llm_vitals_redis::{RedisCollector, RedisMetrics, RedisTarget};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::{ConfigError, RedisConfig};

/// How long giving the lease back may take at the end.
const LAST: Duration = Duration::from_secs(1);

/// A collector that is about to start.
#[derive(Debug)]
pub(crate) struct Watch(RedisCollector);

/// A collector at work.
#[derive(Debug)]
pub(crate) struct Watching {
    task: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Watch {
    /// Checks the URL, and makes no connection.
    pub(crate) fn new(config: &RedisConfig) -> Result<Self, ConfigError> {
        let client = RedisTarget::standalone(config.url.expose())
            .build()
            .map_err(|error| ConfigError::new(format!("redis: {error}")))?;
        Ok(Self(
            RedisCollector::new(client).with_interval(config.interval),
        ))
    }

    pub(crate) fn metrics(&self) -> RedisMetrics {
        self.0.metrics()
    }

    pub(crate) fn start(self) -> Watching {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(self.0.run(async {
            // It ends when the sender is dropped, too.
            let _ = stopped.await;
        }));
        Watching { task, stop }
    }
}

impl Watching {
    /// Gives the lease back, so that another process need not wait until it has run out.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        if tokio::time::timeout(LAST, self.task).await.is_err() {
            tracing::debug!("the lease in Redis runs out by itself");
        }
    }
}
