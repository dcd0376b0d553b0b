//! Providers that fail, and clients that leave.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::Value;

use crate::support::{
    Gateway, Metrics, Part, Reply, Upstream, answer, ask, ask_streamed, event, eventually, refusal,
};

fn single(upstream: &Upstream) -> String {
    format!(
        "retry: {{attempts: 1}}\nproviders:\n{}",
        upstream.provider("up", "m")
    )
}

/// The metrics, once so many calls of one attempt each have ended.
async fn after(gateway: &Gateway, calls: f64) -> Metrics {
    gateway.metrics_after([calls; 3]).await
}

#[tokio::test]
async fn a_provider_that_is_killed_in_the_middle_is_an_error() {
    let upstream =
        Upstream::start(|_, _| Reply::events([Part::Data(event("Hel")), Part::Cut])).await;
    let gateway = Gateway::start(&single(&upstream));
    let text = gateway.chat(ask_streamed("m")).await.text().await.unwrap();
    let last = text.lines().rfind(|line| !line.is_empty()).unwrap();
    let error: Value = serde_json::from_str(last.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(error["error"]["type"], "upstream_error");
    assert_eq!(error["error"]["code"], "upstream_stream_interrupted");
    let metrics = after(&gateway, 1.0).await;
    assert_eq!(
        metrics.sum("llm_errors_total", &["error_type=\"stream_interrupted\""]),
        1.0
    );
    assert_eq!(
        metrics.sum("llm_service_requests_total", &["status=\"error\""]),
        1.0
    );
    assert_eq!(
        metrics.sum("llm_usage_reports_total", &["source=\"missing\""]),
        1.0
    );
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_is_cancelled_and_so_is_the_provider() {
    let upstream =
        Upstream::start(|_, _| Reply::events([Part::Data(event("Hel")), Part::UntilLeft])).await;
    let gateway = Gateway::start(&single(&upstream));
    let mut body = gateway.chat(ask_streamed("m")).await.bytes_stream();
    body.next().await.unwrap().unwrap();
    drop(body);
    let metrics = after(&gateway, 1.0).await;
    assert_eq!(
        metrics.sum("llm_requests_total", &["status=\"cancelled\""]),
        1.0
    );
    assert_eq!(
        metrics.sum("llm_attempts_total", &["status=\"cancelled\""]),
        1.0
    );
    assert_eq!(
        metrics.sum("llm_service_requests_total", &["status=\"cancelled\""]),
        1.0
    );
    assert_eq!(metrics.sum("llm_errors_total", &[]), 0.0);
    assert_eq!(metrics.sum("llm_requests_in_flight", &[]), 0.0);
    eventually("the provider sees it", async || {
        (upstream.left() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_before_the_head_is_cancelled_and_so_is_the_provider() {
    let upstream = Upstream::start(|_, _| Reply::never()).await;
    let gateway = Gateway::start(&single(&upstream));
    for (number, body) in [ask("m"), ask_streamed("m")].into_iter().enumerate() {
        let request = gateway.post("/v1/chat/completions", body).send();
        assert!(
            tokio::time::timeout(Duration::from_millis(600), request)
                .await
                .is_err()
        );
        let calls = f64::from(u8::try_from(number).unwrap()) + 1.0;
        let metrics = after(&gateway, calls).await;
        assert_eq!(
            metrics.sum("llm_requests_total", &["status=\"cancelled\""]),
            calls
        );
        assert_eq!(
            metrics.sum("llm_service_requests_total", &["status=\"cancelled\""]),
            calls
        );
    }
    eventually("the provider sees it", async || {
        (upstream.left() == 2).then_some(())
    })
    .await;
}

#[tokio::test]
async fn garbage_is_an_error_of_the_provider() {
    let bodies = ["<html>oops</html>", "[]", "{\"choices\": [{\"mess"];
    let upstream = Upstream::start(move |before, _| Reply::json(200, bodies[before])).await;
    let gateway = Gateway::start(&single(&upstream));
    // What is cut off is no garbage: the rest got lost on the way.
    for code in [
        "upstream_decode",
        "upstream_decode",
        "upstream_stream_interrupted",
    ] {
        let (status, error) = refusal(gateway.chat(ask("m")).await).await;
        assert_eq!((status, error["code"].as_str()), (502, Some(code)));
    }
    let metrics = after(&gateway, 3.0).await;
    assert_eq!(
        metrics.sum("llm_errors_total", &["error_type=\"decode\""]),
        2.0
    );
    assert_eq!(
        metrics.sum("llm_errors_total", &["error_type=\"stream_interrupted\""]),
        1.0
    );
}

#[tokio::test]
async fn a_slow_provider_is_a_timeout() {
    let upstream = Upstream::start(|_, _| Reply::never()).await;
    let gateway = Gateway::start(&format!(
        "timeouts: {{attempt: 200ms}}\n{}",
        single(&upstream)
    ));
    let (status, error) = refusal(gateway.chat(ask("m")).await).await;
    assert_eq!(
        (status, error["code"].as_str()),
        (504, Some("upstream_timeout"))
    );
    assert_eq!(
        error["message"],
        "up: no answer within 200ms: try again, or raise timeouts.attempt"
    );
    let metrics = after(&gateway, 1.0).await;
    assert_eq!(
        metrics.sum("llm_errors_total", &["error_type=\"timeout\""]),
        1.0
    );
    assert_eq!(
        metrics.sum("llm_attempts_total", &["status=\"error\""]),
        1.0
    );
    assert_eq!(
        metrics.sum("llm_requests_total", &["status=\"cancelled\""]),
        0.0
    );
}

#[tokio::test]
async fn nobody_there_is_a_failed_connection() {
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let file = format!(
        "retry: {{attempts: 1}}\nproviders:\n  up: {{kind: compatible, base_url: \"http://{gone}/v1\", models: [m]}}\n"
    );
    let gateway = Gateway::start(&file);
    let (status, error) = refusal(gateway.chat(ask("m")).await).await;
    assert_eq!(
        (status, error["code"].as_str()),
        (502, Some("upstream_connect"))
    );
    assert_eq!(
        gateway
            .metrics()
            .await
            .sum("llm_errors_total", &["error_type=\"connect\""]),
        1.0
    );
}

#[tokio::test]
async fn an_answer_of_ten_megabytes_passes() {
    let text = "x".repeat(10 << 20);
    let body = answer("m").replace("Hello", &text);
    let expected = text.len();
    let upstream = Upstream::start(move |_, _| Reply::json(200, body.clone())).await;
    let gateway = Gateway::start(&single(&upstream));
    let response = gateway.chat(ask("m")).await.text().await.unwrap();
    let response: Value = serde_json::from_str(&response).unwrap();
    assert_eq!(
        response["choices"][0]["message"]["content"]
            .as_str()
            .map(str::len),
        Some(expected)
    );
}
