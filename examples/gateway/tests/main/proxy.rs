//! `/proxy/PROVIDER/PATH`.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Gateway, Part, Reply, Upstream, answer, ask, eventually, refusal};

const MESSAGES: &str = "event: message_start\n\
data: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"claude-x\",\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":20,\"output_tokens\":1}}}\n\n\
event: content_block_delta\n\
data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\n\
event: message_delta\n\
data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":15}}\n\n\
event: message_stop\n\
data: {\"type\":\"message_stop\"}\n\n";

const RESPONSES: &str = "event: response.created\n\
data: {\"type\":\"response.created\",\"response\":{\"model\":\"gpt-x\"}}\n\n\
event: response.output_text.delta\n\
data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hello\"}\n\n\
event: response.completed\n\
data: {\"type\":\"response.completed\",\"response\":{\"model\":\"gpt-x\",\"usage\":{\"input_tokens\":30,\"input_tokens_details\":{\"cached_tokens\":8},\"output_tokens\":12,\"output_tokens_details\":{\"reasoning_tokens\":5},\"total_tokens\":42}}}\n\n";

#[tokio::test]
async fn anthropics_messages_pass_byte_for_byte_and_are_counted() {
    // Cut where it hurts.
    let upstream = Upstream::start(|_, _| {
        let (head, tail) = MESSAGES.split_at(150);
        Reply::events([
            Part::Data(head.to_owned()),
            Part::Wait(Duration::from_millis(20)),
            Part::Data(tail.to_owned()),
        ])
        .with("request-id", "req-9")
        .with("keep-alive", "timeout=5")
    })
    .await;
    let file = format!(
        "client_keys: [client]\nproviders:\n  claude: {{kind: anthropic, base_url: \"http://{}/v1\", key: sk-ant-1, models: [claude-x]}}\n",
        upstream.address
    );
    let gateway = Gateway::start(&file);
    let asked = r#"{"model":"claude-x","max_tokens":20,"stream":true,"messages":[]}"#;
    let request = gateway
        .post("/proxy/claude/v1/messages?beta=true", asked)
        .header("x-api-key", "client");
    let response = request
        .header("anthropic-beta", "b-1")
        .header("accept-encoding", "br")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["request-id"], "req-9");
    assert_eq!(response.headers().get("keep-alive"), None);
    assert_eq!(response.text().await.unwrap(), MESSAGES);

    let seen = &upstream.seen()[0];
    assert_eq!(seen.line, "POST /v1/messages?beta=true");
    assert_eq!(String::from_utf8_lossy(&seen.body), asked);
    assert_eq!(seen.header("x-api-key"), Some("sk-ant-1"));
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(seen.header("anthropic-beta"), Some("b-1"));
    assert_eq!(seen.header("accept-encoding"), Some("br"));
    assert_eq!(seen.header("host"), Some(&*upstream.address));
    assert_eq!(
        seen.header("content-length"),
        Some(&*asked.len().to_string())
    );

    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.lines("llm_tokens_total"),
        [
            "llm_tokens_total{provider=\"claude\",model=\"claude-x\",type=\"completion\"} 15",
            "llm_tokens_total{provider=\"claude\",model=\"claude-x\",type=\"prompt\"} 130",
        ]
    );
    assert_eq!(
        metrics.lines("llm_token_details_total"),
        [
            "llm_token_details_total{provider=\"claude\",model=\"claude-x\",type=\"cache_write\"} 20",
            "llm_token_details_total{provider=\"claude\",model=\"claude-x\",type=\"cached_prompt\"} 100",
        ]
    );
    for name in [
        "llm_requests_total",
        "llm_attempts_total",
        "llm_service_requests_total",
    ] {
        assert_eq!(metrics.sum(name, &["status=\"success\""]), 1.0, "{name}");
        assert_eq!(metrics.sum(name, &[]), 1.0, "{name}");
    }
    assert_eq!(
        metrics.sum("llm_time_to_first_token_seconds_count", &[]),
        1.0
    );
}

#[tokio::test]
async fn the_responses_api_passes_byte_for_byte_and_is_counted() {
    let upstream = Upstream::start(|_, _| Reply::events([Part::Data(RESPONSES.to_owned())])).await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "gpt-x")));
    for path in ["/proxy/up/v1/responses", "/proxy/up/responses"] {
        let request = gateway
            .post(path, r#"{"model":"gpt-x","stream":true,"input":"Hi"}"#)
            .bearer_auth("anything");
        assert_eq!(
            request.send().await.unwrap().text().await.unwrap(),
            RESPONSES
        );
    }
    for seen in upstream.seen() {
        assert_eq!(seen.line, "POST /v1/responses");
        assert_eq!(
            seen.header("authorization"),
            Some("Bearer sk-upstream-key-of-up")
        );
    }
    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.sum(
            "llm_requests_total",
            &["operation=\"responses\"", "status=\"success\""]
        ),
        2.0
    );
    assert_eq!(metrics.sum("llm_tokens_total", &["type=\"prompt\""]), 60.0);
    assert_eq!(
        metrics.sum("llm_tokens_total", &["type=\"completion\""]),
        24.0
    );
    assert_eq!(
        metrics.sum("llm_token_details_total", &["type=\"cached_prompt\""]),
        16.0
    );
    assert_eq!(
        metrics.sum("llm_token_details_total", &["type=\"reasoning\""]),
        10.0
    );
    assert_eq!(
        metrics.sum(
            "llm_service_requests_total",
            &["operation=\"responses\"", "status=\"success\""]
        ),
        2.0
    );
}

#[tokio::test]
async fn a_refusal_passes_as_it_is() {
    let upstream = Upstream::start(|_, _| Reply::json(418, "{\"mine\":true}")).await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let response = gateway
        .post("/proxy/up/v1/chat/completions", ask("m"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 418);
    assert_eq!(response.text().await.unwrap(), "{\"mine\":true}");
    let metrics = gateway.metrics().await;
    for name in [
        "llm_requests_total",
        "llm_attempts_total",
        "llm_service_requests_total",
    ] {
        assert_eq!(metrics.sum(name, &["status=\"error\""]), 1.0, "{name}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_cancels_the_provider() {
    let upstream = Upstream::start(|before, _| match before {
        0 => Reply::events([
            Part::Data(RESPONSES.split_at(200).0.to_owned()),
            Part::UntilLeft,
        ]),
        _ => Reply::never(),
    })
    .await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "gpt-x")));
    let request = || {
        gateway
            .post(
                "/proxy/up/v1/responses",
                r#"{"model":"gpt-x","stream":true}"#,
            )
            .send()
    };
    let mut body = request().await.unwrap().bytes_stream();
    body.next().await.unwrap().unwrap();
    drop(body);
    assert!(
        tokio::time::timeout(Duration::from_millis(600), request())
            .await
            .is_err()
    );
    eventually("the provider sees both", async || {
        (upstream.left() == 2).then_some(())
    })
    .await;
    let metrics = gateway.metrics().await;
    for name in [
        "llm_requests_total",
        "llm_attempts_total",
        "llm_service_requests_total",
    ] {
        assert_eq!(metrics.sum(name, &["status=\"cancelled\""]), 2.0, "{name}");
    }
}

#[tokio::test]
async fn errors_before_the_head_have_openais_shape() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let file = format!(
        "providers:\n{}  gone: {{kind: compatible, base_url: \"http://127.0.0.1:9/v1\", models: [n]}}\n",
        upstream.provider("up", "m")
    );
    let gateway = Gateway::start(&file);
    for (path, status, code) in [
        ("/proxy/gone/v1/responses", 502, "upstream_connect"),
        ("/proxy/nobody/v1/responses", 404, "not_found"),
    ] {
        let (got, error) = refusal(gateway.post(path, "{}").send().await.unwrap()).await;
        assert_eq!(
            (got, error["code"].as_str()),
            (status, Some(code)),
            "{path}"
        );
    }
    // A library would tidy such a path up before it sends it.
    let address = gateway.base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request =
        "GET /proxy/up/v1/%2e%2e/admin HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
    assert_eq!(upstream.seen().len(), 0);
}
