//! The layer around an axum server that answers for a model, with the exposition beside it.
//!
//! `cargo run -p llm-vitals-tower --example axum_server`, then `curl` what it prints.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "support/upstream.rs"]
mod upstream;

use std::env;

use axum::Router;
use llm_vitals_prometheus::Prometheus;
use llm_vitals_provider::BoxError;
use llm_vitals_tower::{HISTOGRAMS, LlmMetrics};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let exposition = Prometheus::builder()
        .with_histograms(HISTOGRAMS)
        .install()?;
    let metrics = LlmMetrics::new();
    let served = metrics.clone();
    exposition.add(move |out| served.render(out));

    let app = Router::new()
        .merge(upstream::router().layer(metrics.http_layer().with_provider("here")))
        .route_service("/metrics", exposition);
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
