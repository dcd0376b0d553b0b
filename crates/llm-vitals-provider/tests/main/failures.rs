//! Refusals, garbage and servers that are not there.

use std::time::Duration;

use llm_vitals_provider::openai::{Flavor, OpenAi};
use llm_vitals_provider::{ErrorKind, Limit, Provider};

use crate::openai::{client, request};
use crate::server::{Act, Server, answer};

async fn refused(
    status: u16,
    kind: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> llm_vitals_provider::ProviderError {
    let server = Server::answering(answer(status, kind, headers, body.as_bytes())).await;
    client(Flavor::OpenAi, &server)
        .complete(request())
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_rate_limit_says_what_is_left_and_when_to_come_again() {
    let headers = [
        ("retry-after", "7"),
        ("x-request-id", "req_9"),
        ("x-ratelimit-limit-tokens", "1000"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "6m0s"),
    ];
    let body = r#"{"error":{"message":"Rate limit reached","type":"tokens","code":"rate_limit_exceeded"}}"#;
    let error = refused(429, "application/json", &headers, body).await;
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.request_id(), Some("req_9"));
    assert_eq!(error.status(), Some(429));
    assert_eq!(error.body(), Some(body));
    let tokens = error.rate_limits().unwrap().tokens;
    assert_eq!(tokens, Some(Limit::new(1000, 0, Duration::from_secs(360))));
    assert_eq!(
        error.to_string(),
        "openai: Rate limit reached (status 429, rate_limit_exceeded)"
    );
}

#[tokio::test]
async fn refusals_are_classified() {
    let html = "<html><body>500 Internal Server Error</body></html>";
    for (status, kind, body, expected) in [
        (
            401,
            "application/json",
            r#"{"error":{"message":"Incorrect API key provided"}}"#,
            ErrorKind::Auth,
        ),
        (
            402,
            "application/json",
            r#"{"error":{"message":"Insufficient credits","code":402}}"#,
            ErrorKind::Quota,
        ),
        (
            429,
            "application/json",
            r#"{"error":{"message":"x","code":"insufficient_quota"}}"#,
            ErrorKind::Quota,
        ),
        (
            400,
            "application/json",
            r#"{"error":{"message":"x","code":"context_length_exceeded"}}"#,
            ErrorKind::ContextLength,
        ),
        (
            404,
            "application/json",
            r#"{"error":{"message":"x","code":"model_not_found"}}"#,
            ErrorKind::InvalidRequest,
        ),
        (
            422,
            "application/json",
            r#"{"object":"error","message":{"detail":[]},"type":"invalid_request_error"}"#,
            ErrorKind::InvalidRequest,
        ),
        (500, "text/html", html, ErrorKind::Server),
        (502, "text/html", "", ErrorKind::Server),
        (
            503,
            "text/plain",
            "no healthy upstream",
            ErrorKind::Overloaded,
        ),
        (
            504,
            "text/plain",
            "upstream request timeout",
            ErrorKind::Timeout,
        ),
        (
            529,
            "application/json",
            r#"{"type":"error","error":{"type":"overloaded_error","message":"x"}}"#,
            ErrorKind::Overloaded,
        ),
    ] {
        let error = refused(status, kind, &[], body).await;
        assert_eq!(
            (error.kind(), error.status()),
            (expected, Some(status)),
            "{body}"
        );
        assert_eq!(error.body(), Some(body).filter(|body| !body.is_empty()));
    }
}

#[tokio::test]
async fn a_refusal_whose_body_breaks_off_is_still_one() {
    let mut broken = answer(
        401,
        "application/json",
        &[],
        br#"{"error":{"message":"no"}}"#,
    );
    broken.truncate(broken.len() - 9);
    let server = Server::always(vec![Act::Send(broken), Act::Close]).await;
    let error = client(Flavor::OpenAi, &server)
        .complete(request())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(
        error.to_string(),
        "openai: the server refused the request (status 401)"
    );
}

#[tokio::test]
async fn garbage_is_a_decode_error_and_a_cut_answer_is_interrupted() {
    for (body, kind) in [
        ("not json", ErrorKind::Decode),
        ("", ErrorKind::Decode),
        ("<html>", ErrorKind::Decode),
        ("[]", ErrorKind::Decode),
        (r#"{"id":"a"}"#, ErrorKind::Decode),
        (r#"{"choices":"none"}"#, ErrorKind::Decode),
        (
            r#"{"choices":[{"message":{"role":"assi"#,
            ErrorKind::StreamInterrupted,
        ),
        (
            r#"{"choices":[],"error":{"message":"x","code":502}}"#,
            ErrorKind::Server,
        ),
    ] {
        let error = refused(200, "application/json", &[], body).await;
        assert_eq!((error.kind(), error.status()), (kind, Some(200)), "{body}");
    }
}

#[tokio::test]
async fn an_answer_whose_connection_breaks_is_interrupted() {
    let mut broken = answer(200, "application/json", &[], br#"{"choices":[]}"#);
    broken.truncate(broken.len() - 1);
    let server = Server::always(vec![Act::Send(broken), Act::Close]).await;
    let error = client(Flavor::OpenAi, &server)
        .complete(request())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StreamInterrupted);
    let server = Server::always(vec![Act::Close]).await;
    let error = client(Flavor::OpenAi, &server)
        .complete(request())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::StreamInterrupted, None)
    );
}

#[tokio::test]
async fn nobody_there_is_a_connect_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = OpenAi::builder(Flavor::Ollama)
        .with_base_url(url)
        .build()
        .unwrap();
    let error = client.check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(
        error.to_string(),
        "ollama: no answer: no connection: is the base URL right, and the server up?"
    );
}

#[tokio::test]
async fn a_server_without_tls_is_a_connect_error() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let plain = b"HTTP/1.1 400 Bad Request\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut socket, plain)
            .await
            .unwrap();
    });
    let client = OpenAi::builder(Flavor::OpenAi).with_base_url(url);
    let error = client.build().unwrap().check().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
}

#[test]
fn a_client_that_cannot_work_is_not_built() {
    let bad = |builder: llm_vitals_provider::openai::OpenAiBuilder| {
        builder.build().unwrap_err().to_string()
    };
    let builder = || OpenAi::builder(Flavor::Compatible);
    let secret = |key: &str| llm_vitals_provider::Secret::new(key);
    assert_eq!(
        bad(builder()),
        "compatible: has no base URL: give one, there is no default for this server"
    );
    for url in ["host/v1", "ftp://host", "https://", "mailto:a@b"] {
        assert_eq!(
            bad(builder().with_base_url(url)),
            "compatible: the base URL is none: it must look like https://host/v1",
            "{url}"
        );
    }
    let builder = || builder().with_base_url("http://host");
    assert_eq!(
        bad(builder().with_key(secret("a\nb"))),
        "compatible: the key holds what no header can carry: is there a line end in it?"
    );
    assert_eq!(
        bad(builder().with_header("a b", "c")),
        "compatible: the header a b cannot be sent: check its name and its value"
    );
}
