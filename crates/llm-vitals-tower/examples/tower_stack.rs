//! The layer in a plain tower stack: concurrency limit, load shedding, retries and a timeout around a provider.
//!
//! `cargo run -p llm-vitals-tower --example tower_stack`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use futures_util::StreamExt as _;
use llm_vitals_prometheus::Prometheus;
use llm_vitals_provider::simulated::{Simulated, SimulatedModel};
use llm_vitals_provider::{BoxError, ChatReply, ChatRequest, ErrorKind, Message, ProviderService};
use llm_vitals_tower::{HISTOGRAMS, LlmMetrics};
use tower::retry::Policy;
use tower::{Service as _, ServiceBuilder, ServiceExt as _};

/// Tries what may succeed the next time once more.
#[derive(Clone)]
struct OnceMore(bool);

impl Policy<ChatRequest, ChatReply, BoxError> for OnceMore {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        _: &mut ChatRequest,
        result: &mut Result<ChatReply, BoxError>,
    ) -> Option<Self::Future> {
        let error = result.as_ref().err()?;
        let again = self.0 && ErrorKind::of(error.as_ref()).is_retryable();
        self.0 = false;
        again.then(|| tokio::time::sleep(Duration::from_millis(100)))
    }

    fn clone_request(&mut self, request: &ChatRequest) -> Option<ChatRequest> {
        Some(request.clone())
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let exposition = Prometheus::builder()
        .with_histograms(HISTOGRAMS)
        .install()?;
    let metrics = LlmMetrics::new();
    let provider = Simulated::builder("sim")
        .with_model(SimulatedModel::new("sim-fast"))
        .build();

    let mut service = ServiceBuilder::new()
        .layer(metrics.layer("sim")) // the whole call
        .load_shed()
        .concurrency_limit(16)
        .retry(OnceMore(true))
        .layer(metrics.layer("sim").attempts()) // each attempt
        .timeout(Duration::from_secs(30)) // inside: a timeout is an error, not a cancel
        .service(ProviderService::new(provider));

    let request = ChatRequest::new("sim-fast", [Message::user("Is all well?")]);
    if let ChatReply::Full(answer) = service.ready().await?.call(request.clone()).await? {
        println!("{}", answer.text());
    }
    if let ChatReply::Stream(mut chunks) = service.ready().await?.call(request.streamed()).await? {
        while let Some(chunk) = chunks.next().await {
            chunk?;
        }
    }
    for line in exposition
        .render()
        .lines()
        .filter(|line| line.starts_with("llm_requests_total"))
    {
        println!("{line}");
    }
    Ok(())
}
