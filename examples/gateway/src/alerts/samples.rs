//! Samples of this process' metrics, for the rules.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use llm_vitals_alert::now_ms;
use llm_vitals_dashboard::Spend;
use llm_vitals_prometheus::Exposition;
use llm_vitals_promql::{Dialect, Engine, Expr, Format, Labels, Scrape, Store, Value};
use tokio::time::MissedTickBehavior;

use super::{Alerts, lock};

/// All that was spent, and all calls whose cost is not known.
const COST: &str = "sum(llm_cost_usd_total)";
const UNPRICED: &str = "sum(llm_cost_unknown_requests_total)";

/// Takes the exposition into the store.
#[derive(Debug)]
pub(super) struct Samples {
    exposition: Exposition,
    store: Arc<Mutex<Store>>,
    spend: Arc<Mutex<Spend>>,
    scrape: Scrape,
}

impl Samples {
    /// Counters were 0 at `started_at`, in milliseconds since 1970.
    pub(super) fn new(exposition: Exposition, alerts: &Alerts, started_at: i64) -> Self {
        Self {
            exposition,
            store: Arc::clone(&alerts.store),
            spend: Arc::clone(&alerts.spend),
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
            return;
        }
        let mut spend = lock(&self.spend);
        spend.record_usd(at, total(&store, COST, at));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of requests"
        )]
        spend.record_unpriced(at, total(&store, UNPRICED, at) as u64);
    }
}

/// Nothing was counted yet where there are no series.
fn total(store: &Store, sum: &str, at: i64) -> f64 {
    let counted =
        Expr::parse(sum, Dialect::V3).and_then(|expr| Engine::new().eval_instant(store, &expr, at));
    match counted {
        Ok(Value::Vector(samples)) => samples
            .first()
            .map_or(0.0, llm_vitals_promql::Sample::value),
        _ => 0.0,
    }
}
