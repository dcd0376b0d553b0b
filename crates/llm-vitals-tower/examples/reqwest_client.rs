//! The layer around a `reqwest::Client`: provider by host, model and usage by what passes.
//!
//! `cargo run -p llm-vitals-tower --features reqwest --example reqwest_client`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "support/upstream.rs"]
mod upstream;

use llm_vitals_provider::BoxError;
use llm_vitals_tower::LlmMetrics;
use tower::{Layer as _, Service as _, ServiceExt as _};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let base = upstream::serve().await?;
    let metrics = LlmMetrics::new();
    // The host tells the provider; this one is nobody's, so it is named.
    let mut client = metrics
        .http_layer()
        .with_provider("local")
        .layer(reqwest::Client::new());

    for stream in [false, true] {
        let body = format!(
            r#"{{"model":"gpt-example","stream":{stream},"messages":[{{"role":"user","content":"Well?"}}]}}"#
        );
        let mut request = reqwest::Request::new(
            reqwest::Method::POST,
            format!("{base}/chat/completions").parse()?,
        );
        *request.body_mut() = Some(body.into());
        let answer = client.ready().await?.call(request).await?;
        println!(
            "{} with {} bytes",
            answer.status(),
            answer.bytes().await?.len()
        );
    }
    let local = metrics.snapshot().providers["local"];
    println!(
        "{} requests, {} tokens",
        local.request_count, local.token_usage.total
    );
    assert_eq!((local.request_count, local.token_usage.total), (2, 32));
    Ok(())
}
