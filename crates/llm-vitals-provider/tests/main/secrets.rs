//! Keys stay where they belong.

use std::error::Error;

use futures_util::StreamExt as _;
use llm_vitals_provider::anthropic::Anthropic;
use llm_vitals_provider::gemini::Gemini;
use llm_vitals_provider::openai::{Flavor, OpenAi};
use llm_vitals_provider::{ErrorKind, Provider, ProviderError, Secret};

use crate::openai::request;
use crate::server::{Server, answer, stream};

/// A key that looks like any word, and one with a letter that JSON quotes.
const KEYS: [&str; 2] = ["correct-horse", "hunt\"er2"];

fn clients(server: &Server, key: &str) -> [Box<dyn Provider>; 4] {
    let openai = |flavor| {
        let builder = OpenAi::builder(flavor).with_base_url(&server.url);
        builder.with_key(Secret::new(key)).build().unwrap()
    };
    let anthropic = Anthropic::builder().with_base_url(&server.url);
    let gemini = Gemini::builder().with_base_url(&server.url);
    [
        Box::new(openai(Flavor::OpenAi)),
        Box::new(openai(Flavor::Azure)),
        Box::new(anthropic.with_key(Secret::new(key)).build().unwrap()),
        Box::new(gemini.with_key(Secret::new(key)).build().unwrap()),
    ]
}

/// Everything that an error can show, down to its last cause.
fn shown(error: &ProviderError) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?}", error.body());
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    text
}

fn hides(error: &ProviderError, key: &str) {
    let text = shown(error);
    // The middle of the key, however it is quoted.
    let part = if key.starts_with("hunt") {
        "er2"
    } else {
        "horse"
    };
    assert!(!text.contains(key) && !text.contains(part), "{text}");
    // Both keys have an `e`, which shows when the server writes them as escapes.
    assert!(!text.contains("u0065"), "{text}");
    assert!(text.contains("***"), "{text}");
}

#[tokio::test]
async fn a_key_that_the_server_echoes_is_in_no_error() {
    for key in KEYS {
        let quoted = serde_json::to_string(key).unwrap();
        let escaped: String = key
            .chars()
            .map(|c| format!("\\u{:04x}", u32::from(c)))
            .collect();
        for body in [
            format!(r#"{{"error":{{"message":{quoted},"code":{quoted}}}}}"#),
            format!(r#"{{"error":{{"message":"wrong key {escaped}"}}}}"#),
            format!("your key is {key}"),
        ] {
            let head = [("x-request-id", key)];
            let server =
                Server::answering(answer(401, "application/json", &head, body.as_bytes())).await;
            for client in clients(&server, key) {
                let error = client.complete(request()).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Auth);
                hides(&error, key);
            }
            let server =
                Server::answering(answer(200, "application/json", &head, body.as_bytes())).await;
            for client in clients(&server, key) {
                hides(&client.complete(request()).await.unwrap_err(), key);
                hides(&client.models().await.unwrap_err(), key);
            }
            let event = format!("data: {body}\n\n");
            let server = Server::answering(stream(&event)).await;
            for client in clients(&server, key) {
                let mut stream = client.stream(request()).await.unwrap();
                hides(&stream.next().await.unwrap().unwrap_err(), key);
            }
        }
    }
}

#[tokio::test]
async fn a_redirect_does_not_take_the_key_along() {
    let elsewhere = Server::answering(answer(200, "application/json", &[], b"{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let location = [("location", elsewhere.url.as_str())];
        let server = Server::answering(answer(status, "text/html", &location, b"")).await;
        for client in clients(&server, KEYS[0]) {
            let error = client.complete(request()).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.status()),
                (ErrorKind::InvalidRequest, Some(status))
            );
            let error = client.check().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_key_is_in_no_url() {
    let server = Server::answering(answer(500, "text/plain", &[], b"")).await;
    for client in clients(&server, KEYS[0]) {
        let _ = client.complete(request()).await;
        let _ = client.stream(request()).await;
        let _ = client.models().await;
    }
    let received = server.received();
    assert_eq!(received.len(), 12);
    for request in received {
        assert!(!request.line.contains("horse"));
        let carried = request
            .headers
            .iter()
            .filter(|(_, value)| value.contains("horse"));
        assert_eq!(carried.count(), 1);
    }
}

#[test]
fn nothing_that_holds_a_key_shows_it() {
    let url = "https://user:correct-horse@host/v1?token=correct-horse";
    let secret = || Secret::new("correct-horse");
    let openai = OpenAi::builder(Flavor::OpenAi)
        .with_key(secret())
        .with_base_url(url);
    let openai = openai.with_header("x-gateway-token", "correct-horse");
    let anthropic = Anthropic::builder().with_key(secret()).with_base_url(url);
    let gemini = Gemini::builder().with_key(secret()).with_base_url(url);
    let mut text = format!("{openai:?} {anthropic:?} {gemini:?}");
    text.push_str(&format!("{:?}", openai.build().unwrap()));
    text.push_str(&format!("{:?}", anthropic.build().unwrap()));
    text.push_str(&format!("{:?}", gemini.build().unwrap()));
    assert!(!text.contains("horse"), "{text}");
    assert!(text.contains("https://host"), "{text}");
}

#[tokio::test]
async fn a_key_in_a_header_of_ones_own_is_hidden_too() {
    let server =
        Server::answering(answer(403, "text/plain", &[], b"bad token correct-horse")).await;
    let client = OpenAi::builder(Flavor::Vllm)
        .with_base_url(&server.url)
        .with_header("Authorization", "Token correct-horse");
    let error = client
        .build()
        .unwrap()
        .complete(request())
        .await
        .unwrap_err();
    assert_eq!(error.body(), Some("bad token ***"));
    assert_eq!(
        server.request().header("authorization"),
        Some("Token correct-horse")
    );
}
