//! The snapshots' JSON.

use llm_vitals_provider::{ChatReply, ChatResponse, ErrorKind, ProviderError, Usage};
use llm_vitals_tower::LlmMetrics;
use tower::{Layer, ServiceExt as _};

use crate::support::{Scripted, chat, millis, paused};

async fn succeed(metrics: &LlmMetrics, provider: &'static str, after: u64) {
    let answer = ChatResponse::new("m", "hi").with_usage(Usage::new(3, 5));
    let service = metrics
        .layer(provider)
        .layer(Scripted::full(millis(after), answer));
    service.oneshot(chat("m")).await.unwrap();
}

async fn fail(metrics: &LlmMetrics, provider: &'static str) {
    let failing = Scripted::new(|_| async { Err(ProviderError::new(ErrorKind::Server, "no")) });
    metrics
        .layer(provider)
        .layer(failing)
        .oneshot(chat("m"))
        .await
        .unwrap_err();
}

fn json(metrics: &LlmMetrics) -> String {
    serde_json::to_string(&metrics.snapshot()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_defined_yet_is_null() {
    let metrics = paused().build();
    let _layer = metrics.layer("openai");
    assert_eq!(
        json(&metrics),
        r#"{"requests":{"totalRequests":0,"successfulRequests":0,"failedRequests":0,"averageLatency":null,"p95Latency":null,"p99Latency":null},"providers":{"openai":{"requestCount":0,"errorRate":null,"averageResponseTime":null,"tokenUsage":{"prompt":0,"completion":0,"total":0}}}}"#
    );
}

#[tokio::test(start_paused = true)]
async fn counts_run_since_the_start_and_latencies_over_the_window() {
    let metrics = paused().build();
    succeed(&metrics, "openai", 100).await;
    succeed(&metrics, "openai", 300).await;
    fail(&metrics, "openai").await;
    succeed(&metrics, "anthropic", 200).await;
    let pending = Scripted::new(|_| std::future::pending::<Result<ChatReply, ProviderError>>());
    let cancelled = tokio::time::timeout(
        millis(1),
        metrics.layer("openai").layer(pending).oneshot(chat("m")),
    )
    .await;
    assert!(cancelled.is_err());

    let snapshot = metrics.snapshot();
    let all = snapshot.requests;
    assert_eq!(
        (
            all.total_requests,
            all.successful_requests,
            all.failed_requests
        ),
        (5, 3, 1)
    );
    assert_eq!(all.average_latency, Some(200.0));
    let openai = snapshot.providers["openai"];
    assert_eq!(
        (openai.request_count, openai.average_response_time),
        (4, Some(200.0))
    );
    // A cancelled call is neither an error nor a success.
    assert_eq!(openai.error_rate, Some(1.0 / 3.0));
    assert_eq!(
        (
            openai.token_usage.prompt,
            openai.token_usage.completion,
            openai.token_usage.total
        ),
        (6, 10, 16)
    );
    // Two significant digits: at most 1 % above the true value.
    for quantile in [all.p95_latency, all.p99_latency] {
        assert!(
            quantile.is_some_and(|millis| (300.0..=303.0).contains(&millis)),
            "{quantile:?}"
        );
    }

    tokio::time::advance(millis(400_000)).await;
    let later = metrics.snapshot();
    assert_eq!(
        (
            later.requests.total_requests,
            later.requests.average_latency
        ),
        (5, None)
    );
    assert_eq!(later.providers["openai"].error_rate, None);
    assert_eq!(later.providers["openai"].token_usage.total, 16);
}
