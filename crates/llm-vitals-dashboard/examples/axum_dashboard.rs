//! A dashboard over a program's own metrics: `cargo run -p llm-vitals-dashboard --features axum --example axum_dashboard`, then open
//! what it prints, or give it to Grafana as the address of a Prometheus server.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use llm_vitals_dashboard::{
    Application, CheckRow, CheckState, Dashboard, RecentError, RecentErrors,
};
use llm_vitals_prometheus::{Exposition, Prometheus};
use llm_vitals_promql::{Format, Labels, Scrape, Store};

const SAMPLE_INTERVAL: Duration = Duration::from_secs(1);

/// What only this program knows.
struct App {
    errors: RecentErrors,
}

impl Application for App {
    fn checks(&self) -> Option<Vec<CheckRow>> {
        let check = CheckRow::new("clock", CheckState::Up).with_last_run(now_ms(), Duration::ZERO);
        Some(vec![check])
    }

    fn errors(&self) -> Option<Vec<RecentError>> {
        Some(self.errors.recent())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let exposition = Prometheus::builder().install()?;
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let address = listener.local_addr()?;

    let store = Arc::new(Mutex::new(Store::new()));
    tokio::spawn(sample(exposition.clone(), Arc::clone(&store)));
    let errors = RecentErrors::default();
    tokio::spawn(work(errors.clone()));

    let dashboard = Dashboard::new(store)
        .with_sample_interval(SAMPLE_INTERVAL)
        .with_application(App { errors });
    let app = Router::new()
        .route_service("/metrics", exposition)
        .nest_service("/vitals", dashboard);
    println!("listening on http://{address}");
    println!("the dashboard: http://{address}/vitals");
    axum::serve(listener, app).await?;
    Ok(())
}

/// Takes the program's own exposition into the store, with exemplars.
async fn sample(exposition: Exposition, store: Arc<Mutex<Store>>) {
    let mut scrape = Scrape::new(Labels::new([("job", "example")])).with_born_at_zero(now_ms());
    let mut ticks = tokio::time::interval(SAMPLE_INTERVAL);
    loop {
        ticks.tick().await;
        let (at, text) = (now_ms(), exposition.render_openmetrics());
        let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = scrape.ingest(&mut store, text.as_bytes(), Format::OpenMetrics, at) {
            scrape.fail(&mut store, at);
            println!("no samples: {error}");
        }
    }
}

/// Calls of a provider, as a program would count them.
async fn work(errors: RecentErrors) {
    for number in 0_u32.. {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let status = if number % 9 == 0 { "error" } else { "success" };
        metrics::counter!("llm_requests_total", "provider" => "openai", "status" => status)
            .increment(1);
        if status == "error" {
            let error = RecentError::new(now_ms(), "rate_limited")
                .with_provider("openai")
                .with_status(429)
                .with_message("Rate limit reached for sk-proj-example0123456789");
            errors.push(error);
        }
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
