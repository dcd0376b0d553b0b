//! Requests that nobody should send.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Gateway, Part, Reply, Upstream, answer, ask, refusal};

async fn upstream() -> Upstream {
    Upstream::start(|_, _| Reply::json(200, answer("m"))).await
}

#[tokio::test]
async fn a_model_name_of_ten_kilobytes_becomes_no_label() {
    let upstream = upstream().await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let name = "x".repeat(10_000);
    let (status, error) = refusal(gateway.chat(ask(&name)).await).await;
    assert_eq!(
        (status, error["code"].as_str()),
        (404, Some("model_not_found"))
    );
    assert!(error.to_string().len() < 400, "{error}");
    assert_eq!(gateway.chat(ask(&format!("up/{name}"))).await.status(), 200);
    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.lines("llm_requests_total"),
        [
            "llm_requests_total{provider=\"up\",model=\"other\",operation=\"chat\",status=\"success\"} 1"
        ]
    );
    assert!(!gateway.log().contains(&"x".repeat(1_000)));
}

#[tokio::test]
async fn ten_thousand_model_names_become_two_hundred_labels_and_the_rest_other() {
    let upstream = upstream().await;
    let gateway = Arc::new(Gateway::start(&format!(
        "providers:\n{}",
        upstream.provider("up", "m")
    )));
    let requests = futures_util::stream::iter(0..10_000).map(|number| {
        let gateway = Arc::clone(&gateway);
        async move {
            let response = gateway.chat(ask(&format!("up/model-{number}"))).await;
            assert_eq!(response.status(), 200);
            response.bytes().await.unwrap();
        }
    });
    requests.buffer_unordered(8).collect::<Vec<_>>().await;
    let metrics = gateway.metrics().await;
    let labels = metrics
        .series("llm_requests_total")
        .filter(|(series, value)| *value > 0.0 && !series.contains("other"));
    // Requests that end at the same moment may each find the last place free.
    let labels = labels.count();
    assert!((200..=208).contains(&labels), "{labels}");
    assert_eq!(metrics.sum("llm_requests_total", &[]), 10_000.0);
    let other = metrics.sum("llm_requests_total", &["model=\"other\""]);
    assert_eq!(other, 10_000.0 - f64::from(u32::try_from(labels).unwrap()));
    assert_eq!(
        metrics.sum("llm_label_overflow_total", &["label=\"model\""]),
        other
    );
}

#[tokio::test]
async fn a_long_body_is_refused() {
    let upstream = upstream().await;
    let gateway = Gateway::start(&format!(
        "limits: {{body: 64KB}}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let long = ask("m").replace("Hi", &"x".repeat(200_000));
    for path in [
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/embeddings",
        "/proxy/up/v1/responses",
    ] {
        let (status, error) = refusal(gateway.post(path, long.clone()).send().await.unwrap()).await;
        assert_eq!(
            (status, error["code"].as_str()),
            (413, Some("request_too_large")),
            "{path}"
        );
        assert_eq!(
            error["message"],
            "the request is longer than 64000 bytes: send less, or raise limits.body"
        );
    }
    // A body that does not say how long it is.
    for path in ["/v1/chat/completions", "/proxy/up/v1/responses"] {
        let pieces = (0..10).map(|_| Ok::<_, std::io::Error>("x".repeat(20_000)));
        let pieces = futures_util::stream::iter(pieces);
        let request = gateway
            .post(path, "")
            .body(reqwest::Body::wrap_stream(pieces));
        let (status, error) = refusal(request.send().await.unwrap()).await;
        assert_eq!(
            (status, error["code"].as_str()),
            (413, Some("request_too_large")),
            "{path}"
        );
    }
    assert_eq!(upstream.seen().len(), 0);
}

#[tokio::test]
async fn without_a_key_a_page_of_another_host_stays_out() {
    let upstream = upstream().await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let chat = || gateway.post("/v1/chat/completions", ask("m"));
    let plain = gateway
        .http
        .post(format!("{}/v1/chat/completions", gateway.base))
        .header("content-type", "text/plain");
    let (status, error) = refusal(plain.body(ask("m")).send().await.unwrap()).await;
    assert_eq!(
        (status, error["code"].as_str()),
        (415, Some("unsupported_media_type"))
    );
    for (name, value) in [("host", "evil.example"), ("origin", "https://evil.example")] {
        for request in [
            chat(),
            gateway.get("/metrics"),
            gateway.get("/v1/models"),
            gateway.get("/proxy/up/x"),
        ] {
            let (status, error) = refusal(request.header(name, value).send().await.unwrap()).await;
            assert_eq!(
                (status, error["code"].as_str()),
                (403, Some("forbidden")),
                "{name}"
            );
        }
    }
    let health = gateway
        .get("/health")
        .header("host", "evil.example")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!health.contains("up"), "{health}");
    assert_eq!(upstream.seen().len(), 0);
}

#[tokio::test]
async fn keys_are_asked_for_and_never_shown() {
    let upstream = Upstream::start(|before, seen| match before {
        0 => Reply::json(200, answer("m")),
        // A careless server repeats what it was sent.
        _ => Reply::json(
            401,
            format!(
                "{{\"error\":{{\"message\":\"bad key: {:?}\"}}}}",
                seen.headers
            )
            .replace('"', "'"),
        ),
    })
    .await;
    let file = format!(
        "client_keys: [client-key-1, client-key-2]\nmanagement_token: management-token\nproviders:\n{}",
        upstream.provider("up", "m")
    );
    let gateway = Gateway::start(&file);
    let chat = |key: &str| {
        gateway
            .post("/v1/chat/completions", ask("m"))
            .bearer_auth(key)
            .send()
    };
    let (status, error) = refusal(gateway.chat(ask("m")).await).await;
    assert_eq!(
        (status, error["code"].as_str()),
        (401, Some("invalid_api_key"))
    );
    assert_eq!(chat("client-key-3").await.unwrap().status(), 401);
    assert_eq!(chat("client-key-2").await.unwrap().status(), 200);
    let leaked = chat("client-key-1").await.unwrap().text().await.unwrap();
    let raw = gateway
        .post("/v1/completions", r#"{"model":"m","prompt":"Hi"}"#)
        .bearer_auth("client-key-1");
    let leaked = leaked + &raw.send().await.unwrap().text().await.unwrap();
    assert!(!leaked.contains("sk-upstream"), "{leaked}");

    let metrics = gateway.get("/metrics");
    assert_eq!(
        metrics.try_clone().unwrap().send().await.unwrap().status(),
        401
    );
    assert_eq!(
        metrics
            .try_clone()
            .unwrap()
            .bearer_auth("client-key-1")
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
    let metrics = metrics
        .bearer_auth("management-token")
        .send()
        .await
        .unwrap();
    assert_eq!(metrics.status(), 200);
    let metrics = metrics.text().await.unwrap();
    for text in [gateway.log(), metrics] {
        for secret in ["sk-upstream", "client-key", "management-token"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[tokio::test]
async fn what_is_no_request_is_told_so() {
    let upstream = upstream().await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    for (path, body) in [
        ("/v1/chat/completions", "{\"model\": \"m\"}"),
        ("/v1/chat/completions", "{"),
        ("/v1/completions", "{\"prompt\": \"x\"}"),
        ("/v1/embeddings", "[]"),
    ] {
        let (status, error) = refusal(gateway.post(path, body).send().await.unwrap()).await;
        assert_eq!(
            (status, error["type"].as_str()),
            (400, Some("invalid_request_error")),
            "{path} {body}"
        );
    }
    let deep = "[".repeat(100_000);
    assert_eq!(gateway.chat(deep).await.status(), 400);
    let (status, error) = refusal(gateway.get("/v1/nothing").send().await.unwrap()).await;
    assert_eq!((status, error["code"].as_str()), (404, Some("not_found")));
    let (status, error) = refusal(gateway.get("/v1/chat/completions").send().await.unwrap()).await;
    assert_eq!(
        (status, error["code"].as_str()),
        (405, Some("method_not_allowed"))
    );
    assert_eq!(upstream.seen().len(), 0);
}

#[tokio::test]
async fn a_client_that_never_finishes_its_head_is_let_go() {
    let gateway = Gateway::start("timeouts: {header: 300ms}\n");
    let address = gateway.base.trim_start_matches("http://");
    let mut slow = tokio::net::TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /v1/models HTTP/1.1\r\nhost: loc")
        .await
        .unwrap();
    let closed =
        tokio::time::timeout(Duration::from_secs(5), slow.read_to_end(&mut Vec::new())).await;
    assert!(closed.is_ok());
    let mut long = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "GET /v1/models HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n",
        "x".repeat(300_000)
    );
    // The answer may come before everything is sent.
    let _ = long.write_all(head.as_bytes()).await;
    let mut answer = vec![0; 12];
    long.read_exact(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 431");
}

#[tokio::test]
async fn a_client_that_never_finishes_its_body_is_let_go() {
    let gateway = Gateway::start("timeouts: {body: 300ms}\n");
    let endless = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let request = gateway
        .post("/v1/chat/completions", "")
        .body(reqwest::Body::wrap_stream(endless));
    let (status, error) = refusal(request.send().await.unwrap()).await;
    assert_eq!(status, 408);
    assert_eq!(
        error["message"],
        "the request's body took longer than 300ms: send it faster, or raise timeouts.body"
    );
}

/// Sends what a library would not send, and reads until the connection is closed.
async fn raw(gateway: &Gateway, request: &str) -> String {
    let address = gateway.base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_client_that_never_reads_is_let_go_and_cancelled() {
    let upstream = Upstream::start(|_, seen| {
        // More than fits between here and the client.
        let text = "x".repeat(64 << 10);
        let event = if seen.line.contains("chat") {
            crate::support::event(&text)
        } else {
            format!("data: {{\"type\":\"response.output_text.delta\",\"delta\":\"{text}\"}}\n\n")
        };
        Reply::events((0..800).map(|_| Part::Data(event.clone())))
    })
    .await;
    let gateway = Gateway::start(&format!(
        "timeouts: {{idle: 500ms}}\nlimits: {{concurrency: 1, queue: 0}}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let address = gateway.base.trim_start_matches("http://");
    let mut counted = 0.0;
    for path in ["/v1/chat/completions", "/proxy/up/v1/responses"] {
        let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
        let body = crate::support::ask_streamed("m");
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        client.write_all(request.as_bytes()).await.unwrap();
        counted += 1.0;
        let metrics = gateway.metrics_after([counted; 3]).await;
        for family in crate::support::FAMILIES {
            assert_eq!(
                metrics.sum(family, &["status=\"cancelled\""]),
                counted,
                "{path} {family}"
            );
        }
        assert_eq!(metrics.sum("llm_requests_in_flight", &[]), 0.0);
        drop(client);
    }
}

#[tokio::test]
async fn what_asks_for_the_providers_key_is_not_passed_on() {
    let upstream = Upstream::start(|_, seen| {
        let key = seen.header("authorization").unwrap_or_default();
        Reply::json(403, format!("{{\"refused\":\"{key}\"}}"))
    })
    .await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let head = "host: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    for method in ["TRACE", "CONNECT"] {
        let answer = raw(
            &gateway,
            &format!("{method} /proxy/up/x HTTP/1.1\r\n{head}"),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
        assert!(answer.contains("\"method_not_allowed\""), "{answer}");
    }
    for path in [
        "a/..%2fadmin",
        "a/..%5cadmin",
        "%2e%2e/admin",
        "..;/admin",
        "a\\b",
        "%252e%252e/admin",
    ] {
        let answer = raw(
            &gateway,
            &format!("GET /proxy/up/{path} HTTP/1.1\r\n{head}"),
        )
        .await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
    }
    assert_eq!(upstream.seen().len(), 0);
    let metrics = gateway.metrics().await;
    assert_eq!(metrics.sum("llm_requests_total", &[]), 0.0);

    let response = gateway.get("/proxy/up?x=1").send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(response.headers()["content-length"], "24");
    assert_eq!(
        response.text().await.unwrap(),
        "{\"refused\":\"Bearer ***\"}"
    );
    assert_eq!(upstream.seen()[0].line, "GET /v1?x=1");
}

#[tokio::test]
async fn an_answer_with_two_lengths_is_passed_on_with_one() {
    let upstream = Upstream::start(|_, _| {
        // Two pieces, so that it is sent in chunks.
        let piece = || Part::Data("data: 1\n\n".to_owned());
        Reply::events([piece(), piece()]).with("content-length", "3")
    })
    .await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let request = "GET /proxy/up/x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = raw(&gateway, request).await.to_ascii_lowercase();
    assert!(answer.contains("transfer-encoding: chunked"), "{answer}");
    assert!(!answer.contains("content-length"), "{answer}");
}

#[tokio::test]
async fn a_wrong_method_is_refused_in_openais_shape_everywhere() {
    let gateway = Gateway::start("");
    for path in ["/metrics", "/stats", "/health", "/health/ready"] {
        let (status, error) = refusal(gateway.post(path, "{}").send().await.unwrap()).await;
        assert_eq!(
            (status, error["code"].as_str()),
            (405, Some("method_not_allowed")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_body_just_over_the_usual_limit_is_told_so() {
    let upstream = upstream().await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let long = "x".repeat(21_000_000);
    for path in ["/v1/chat/completions", "/proxy/up/v1/responses"] {
        for _ in 0..3 {
            let response = gateway.post(path, long.clone()).send().await.unwrap();
            assert_eq!(response.status(), 413, "{path}");
        }
    }
}

#[tokio::test]
async fn a_taken_address_is_named_with_its_field() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let file = format!("listen: 127.0.0.1:0\nmanagement_listen: {address}\n");
    let output = crate::support::run_to_its_end(&[], Some(&file), &[]);
    let shown = String::from_utf8(output.stderr).unwrap();
    assert!(
        shown.contains("choose another address under `management_listen`"),
        "{shown}"
    );
}
