//! `/proxy/PROVIDER/PATH`.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{
    FAMILIES, Gateway, Metrics, Part, Reply, Upstream, answer, ask, eventually, refusal,
};

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
    // What is compressed could not be counted.
    assert_eq!(seen.header("accept-encoding"), None);
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
    assert_eq!(ended(&metrics), [[1.0, 0.0, 0.0]; 3]);
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
    assert_eq!(ended(&metrics), [[0.0, 1.0, 0.0]; 3]);
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
    let metrics = gateway.metrics_after([2.0; 3]).await;
    assert_eq!(ended(&metrics), [[0.0, 0.0, 2.0]; 3]);
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
    let mut stream = TcpStream::connect(address).await.unwrap();
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

/// How many requests each of the families counted, by how they ended: success, error, cancelled.
fn ended(metrics: &Metrics) -> [[f64; 3]; 3] {
    FAMILIES.map(|name| {
        ["success", "error", "cancelled"]
            .map(|status| metrics.sum(name, &[&format!("status=\"{status}\"")]))
    })
}

/// Begins a request whose body is longer than what is sent of it.
async fn begun(gateway: &Gateway, length: usize) -> TcpStream {
    let address = gateway.base.trim_start_matches("http://");
    let mut client = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /proxy/up/v1/responses HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{{\"model\": \"m\", "
    );
    client.write_all(head.as_bytes()).await.unwrap();
    client
}

#[tokio::test]
async fn a_client_that_breaks_its_upload_off_is_cancelled() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let client = begun(&gateway, 1_000).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(client);
    let metrics = gateway.metrics_after([1.0; 3]).await;
    assert_eq!(ended(&metrics), [[0.0, 0.0, 1.0]; 3]);
    assert_eq!(metrics.sum("llm_errors_total", &[]), 0.0);
    assert_eq!(metrics.sum("llm_requests_in_flight", &[]), 0.0);
    assert!(!gateway.log().contains(" WARN "), "{}", gateway.log());
}

#[tokio::test]
async fn a_client_that_breaks_its_upload_off_within_the_answer_is_cancelled() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let file = format!(
        "checks: {{interval: 1h}}\nproviders:\n  up: {{kind: compatible, base_url: \"http://{address}/v1\", models: [m]}}\n"
    );
    let gateway = Gateway::start(&file);
    let (left, seen) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let mut server = loop {
            let (mut server, _) = listener.accept().await.unwrap();
            let mut begin = [0; 4];
            server.read_exact(&mut begin).await.unwrap();
            // The check asks for the models.
            if begin == *b"POST" {
                break server;
            }
        };
        // The answer begins before the request has ended.
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        let event = "data: {\"type\":\"response.created\"}\n\n";
        let begin = format!("{head}{:x}\r\n{event}\r\n", event.len());
        server.write_all(begin.as_bytes()).await.unwrap();
        while server.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
        left.send(()).unwrap();
    });
    let mut client = begun(&gateway, 1_000).await;
    let mut answer = vec![0; 15];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 200 OK");
    drop(client);
    let metrics = gateway.metrics_after([1.0; 3]).await;
    assert_eq!(ended(&metrics), [[0.0, 0.0, 1.0]; 3]);
    tokio::time::timeout(Duration::from_secs(5), seen)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn a_body_that_turns_out_too_long_is_no_error_of_the_provider() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let gateway = Gateway::start(&format!(
        "limits: {{body: 64KB}}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let pieces = (0..10).map(|_| Ok::<_, std::io::Error>("x".repeat(20_000)));
    let pieces = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let request = gateway.post("/proxy/up/v1/responses", "").body(pieces);
    let (status, error) = refusal(request.send().await.unwrap()).await;
    assert_eq!(
        (status, error["code"].as_str(), error["message"].as_str()),
        (
            413,
            Some("request_too_large"),
            Some("the request is longer than 64000 bytes: send less, or raise limits.body")
        )
    );
    let metrics = gateway.metrics_after([1.0; 3]).await;
    assert_eq!(ended(&metrics), [[0.0, 0.0, 1.0]; 3]);
    assert_eq!(metrics.sum("llm_errors_total", &[]), 0.0);
}

#[tokio::test]
async fn every_family_agrees_on_what_is_an_error() {
    let redirect = || Reply::json(302, "").with("location", "/elsewhere");
    let broken = || {
        let error = "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"no\"}\n\n";
        Reply::events([Part::Data(error.to_owned()), Part::UntilLeft])
    };
    for reply in [redirect as fn() -> Reply, broken] {
        let upstream = Upstream::start(move |_, _| reply()).await;
        let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
        let request = gateway.post("/proxy/up/v1/responses", r#"{"model":"m","stream":true}"#);
        let mut body = request.send().await.unwrap().bytes_stream();
        body.next().await;
        drop(body);
        assert_eq!(
            ended(&gateway.metrics_after([1.0; 3]).await),
            [[0.0, 1.0, 0.0]; 3],
            "{:?}",
            upstream.seen()
        );
    }
}

#[tokio::test]
async fn a_refusal_of_the_gateway_is_an_error_of_the_service_alone() {
    let upstream = Upstream::start(|_, _| Reply::never()).await;
    let gateway = Gateway::start(&format!(
        "limits: {{concurrency: 1, queue: 0}}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let post = || {
        gateway
            .post("/proxy/up/v1/responses", r#"{"model":"m"}"#)
            .send()
    };
    let first = post();
    let refused = async {
        eventually("the first one is in", async || {
            (upstream.seen().len() == 1).then_some(())
        })
        .await;
        refusal(post().await.unwrap()).await
    };
    let (status, error) = tokio::select! {
        refused = refused => refused,
        first = first => panic!("{first:?}"),
    };
    assert_eq!((status, error["code"].as_str()), (503, Some("overloaded")));
    let metrics = gateway.metrics_after([1.0, 1.0, 2.0]).await;
    assert_eq!(
        ended(&metrics),
        [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 1.0, 1.0]]
    );
}
