//! The layer in async-openai's client, streams too.
//!
//! `cargo run -p llm-vitals-tower --features reqwest --example async_openai`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "support/upstream.rs"]
mod upstream;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::middleware::ReqwestService;
use async_openai::middleware::retry::OpenAIRetryLayer;
use async_openai::types::chat::{ChatCompletionRequestUserMessage, CreateChatCompletionRequest};
use futures_util::StreamExt as _;
use llm_vitals_provider::{BoxError, ErrorKind};
use llm_vitals_tower::LlmMetrics;
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let base = upstream::serve().await?;
    let metrics = LlmMetrics::new();
    let measured = metrics
        .http_layer()
        .with_provider("openai")
        .with_classifier(|error: &OpenAIError| ErrorKind::of(error))
        .any_request();
    let service = ServiceBuilder::new()
        .layer(measured)
        .layer(OpenAIRetryLayer::default())
        .service(ReqwestService::new(reqwest::Client::new()));
    let config = OpenAIConfig::new().with_api_base(base).with_api_key("none");
    let client = Client::with_config(config).with_http_service(service);

    let request = CreateChatCompletionRequest {
        model: "gpt-example".to_owned(),
        messages: vec![ChatCompletionRequestUserMessage::from("Is all well?").into()],
        ..Default::default()
    };
    let answer = client.chat().create(request.clone()).await?;
    println!(
        "{}",
        answer.choices[0]
            .message
            .content
            .as_deref()
            .unwrap_or_default()
    );
    let mut chunks = client.chat().create_stream(request).await?;
    while let Some(chunk) = chunks.next().await {
        chunk?;
    }
    drop(chunks);
    // The client reads a stream in a task of its own, which ends a moment later.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let openai = metrics.snapshot().providers["openai"];
    println!(
        "{} requests, {} tokens",
        openai.request_count, openai.token_usage.total
    );
    assert_eq!((openai.request_count, openai.token_usage.total), (2, 32));
    Ok(())
}
