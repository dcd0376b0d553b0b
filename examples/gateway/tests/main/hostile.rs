//! Requests that nobody should send.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Gateway, Reply, Upstream, answer, ask, refusal};

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
