//! Samples of this process' metrics, for the rules.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_alert::now_ms;
use llm_vitals_prometheus::Exposition;
use llm_vitals_promql::{Format, Labels, Scrape, Store};
use tokio::time::MissedTickBehavior;

use super::lock;

/// Takes the exposition into the store.
#[derive(Debug)]
pub(super) struct Samples {
    exposition: Exposition,
    store: Arc<Mutex<Store>>,
    scrape: Scrape,
}

impl Samples {
    /// Counters were 0 at `started_at`, in milliseconds since 1970.
    pub(super) fn new(exposition: Exposition, store: Arc<Mutex<Store>>, started_at: i64) -> Self {
        Self {
            exposition,
            store,
            scrape: Scrape::new(Labels::empty()).with_born_at_zero(started_at),
        }
    }

    /// Takes a sample at once and then every `interval`, until `stopped` is ready.
    pub(super) async fn keep(self, interval: Duration, stopped: impl Future<Output = ()>) {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut stopped = std::pin::pin!(stopped);
        let samples = Arc::new(Mutex::new(self));
        loop {
            tokio::select! {
                () = &mut stopped => return,
                _ = ticks.tick() => {}
            }
            let samples = Arc::clone(&samples);
            // Thousands of series take milliseconds, in which a stream would stand still.
            let taken = tokio::task::spawn_blocking(move || lock(&samples).take());
            if let Err(error) = taken.await {
                tracing::error!("taking samples of the metrics failed: {error}");
            }
        }
    }

    fn take(&mut self) {
        // Before the store is locked: the exposition asks the evaluator, which has the store while it works.
        let at = now_ms();
        let text = self.exposition.render();
        let mut store = lock(&self.store);
        let taken = self
            .scrape
            .ingest(&mut store, text.as_bytes(), Format::Text, at);
        if let Err(error) = taken {
            self.scrape.fail(&mut store, at);
            tracing::error!("alert rules have no data: {error}");
        }
    }
}
