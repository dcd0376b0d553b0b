//! The client of the Gemini API.

use std::time::Duration;

use futures_util::StreamExt as _;
use llm_vitals_provider::gemini::Gemini;
use llm_vitals_provider::{ChatRequest, EmbedRequest, ErrorKind, Message, Provider, Secret};
use serde_json::json;

use crate::server::{Act, Server, answer, json as json_answer, stream};

const KEY: &str = "AIzaSyTest0123456789abcdef";

pub(crate) fn client(server: &Server) -> Gemini {
    let builder = Gemini::builder().with_key(Secret::new(KEY));
    builder
        .with_base_url(format!("{}/v1beta", server.url))
        .build()
        .unwrap()
}

fn request() -> ChatRequest {
    ChatRequest::new("gemini-x", [Message::user("hello")])
}

#[tokio::test]
async fn a_turn_there_and_back() {
    let body = r#"{"candidates":[{"content":{"parts":[{"text":"Hi!"}],"role":"model"},"finishReason":"STOP","index":0,
        "safetyRatings":[]}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":2,"totalTokenCount":35,
        "thoughtsTokenCount":25,"promptTokensDetails":[{"modality":"TEXT","tokenCount":8}]},
        "modelVersion":"gemini-x-001","responseId":"r1"}"#;
    let server = Server::answering(json_answer(body)).await;
    let response = client(&server).complete(request()).await.unwrap();
    assert_eq!(response.text(), "Hi!");
    assert_eq!(response.model.as_deref(), Some("gemini-x-001"));
    let usage = response.usage().unwrap();
    assert_eq!(
        (
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.reasoning_tokens
        ),
        (8, 27, 25)
    );
    let sent = server.request();
    assert_eq!(sent.line, "POST /v1beta/models/gemini-x:generateContent");
    assert_eq!(sent.header("x-goog-api-key"), Some(KEY));
    assert_eq!(
        sent.json(),
        json!({"contents": [{"role": "user", "parts": [{"text": "hello"}]}]})
    );
}

pub(crate) const STREAM: &str = concat!(
    "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"Hel\"}],\"role\": \"model\"},\"index\": 0}],\
     \"usageMetadata\": {\"promptTokenCount\": 8,\"totalTokenCount\": 8},\"modelVersion\": \"gemini-x\"}\r\n\r\n",
    "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"lo\"}],\"role\": \"model\"},\"finishReason\": \"STOP\",\
     \"index\": 0}],\"usageMetadata\": {\"promptTokenCount\": 8,\"candidatesTokenCount\": 2,\"totalTokenCount\": 10}}\r\n\r\n",
);

#[tokio::test]
async fn a_stream_ends_with_the_body() {
    let server = Server::answering(stream(STREAM)).await;
    let stream = client(&server).stream(request()).await.unwrap();
    let chunks: Vec<_> = stream.map(Result::unwrap).collect().await;
    assert_eq!(chunks.len(), 3);
    assert_eq!(chunks[0].choices[0].delta.content.as_deref(), Some("Hel"));
    assert_eq!(chunks[1].choices[0].finish_reason.as_deref(), Some("stop"));
    assert_eq!(
        chunks[2]
            .usage()
            .map(|usage| (usage.prompt_tokens, usage.completion_tokens)),
        Some((8, 2))
    );
    assert_eq!(
        server.request().line,
        "POST /v1beta/models/gemini-x:streamGenerateContent?alt=sse"
    );
}

#[tokio::test]
async fn a_blocked_prompt_is_a_content_filter() {
    let body = r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":8}}"#;
    let server = Server::answering(json_answer(body)).await;
    let error = client(&server).complete(request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContentFilter);
    assert_eq!(
        error.to_string(),
        "gemini: the prompt was blocked (PROHIBITED_CONTENT): change it (status 200)"
    );
    let server = Server::answering(stream(&format!("data: {body}\n\n"))).await;
    let stream = client(&server).stream(request()).await.unwrap();
    let items: Vec<_> = stream.collect().await;
    assert_eq!(
        items[0].as_ref().unwrap_err().kind(),
        ErrorKind::ContentFilter
    );
}

#[tokio::test]
async fn a_refusal_says_when_to_come_again() {
    let body = r#"[{"error":{"code":429,"message":"Quota exceeded for metric","status":"RESOURCE_EXHAUSTED","details":[
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}]"#;
    let server = Server::answering(answer(429, "application/json", &[], body.as_bytes())).await;
    let error = client(&server).stream(request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(34)));
    assert_eq!(error.code(), Some("RESOURCE_EXHAUSTED"));
    let body = format!(
        r#"{{"error":{{"code":400,"message":"API key not valid: {KEY}","status":"INVALID_ARGUMENT"}}}}"#
    );
    let server = Server::answering(answer(400, "application/json", &[], body.as_bytes())).await;
    let error = client(&server).complete(request()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Auth, "API key not valid: ***")
    );
}

#[tokio::test]
async fn a_model_stays_within_its_place_in_the_path() {
    let body = r#"{"candidates":[{"finishReason":"STOP"}]}"#;
    let server = Server::answering(json_answer(body)).await;
    let gemini = client(&server);
    for model in ["models/gemini-x", "tunedModels/mine", "../../v1/keys?x=1#y"] {
        let mut asked = request();
        asked.model = model.to_owned();
        gemini.complete(asked).await.unwrap();
    }
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            "POST /v1beta/models/gemini-x:generateContent",
            "POST /v1beta/tunedModels/mine:generateContent",
            "POST /v1beta/models/..%2F..%2Fv1%2Fkeys%3Fx=1%23y:generateContent",
        ]
    );
}

#[tokio::test]
async fn embeddings_of_one_text_and_of_several() {
    let one = json_answer(r#"{"embedding":{"values":[0.1,-0.25]}}"#);
    let several = json_answer(
        r#"{"embeddings":[{"values":[1]},{"values":[2]}],"usageMetadata":{"promptTokenCount":4}}"#,
    );
    let server = Server::start([vec![Act::Send(one)], vec![Act::Send(several)]]).await;
    let gemini = client(&server);
    let response = gemini
        .embed(EmbedRequest::new("embed-x", "a"))
        .await
        .unwrap();
    assert_eq!(
        response.data,
        [json!({"object": "embedding", "index": 0, "embedding": [0.1, -0.25]})]
    );
    assert_eq!(response.usage, None);
    let response = gemini
        .embed(EmbedRequest::new("embed-x", vec!["a", "b"]))
        .await
        .unwrap();
    assert_eq!(response.data.len(), 2);
    assert_eq!(
        response
            .usage
            .and_then(|usage| usage.counts())
            .map(|usage| usage.prompt_tokens),
        Some(4)
    );
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            "POST /v1beta/models/embed-x:embedContent",
            "POST /v1beta/models/embed-x:batchEmbedContents"
        ]
    );
}

#[tokio::test]
async fn every_page_of_models_is_read() {
    let first = json_answer(
        r#"{"models":[{"name":"models/gemini-a","displayName":"A"}],"nextPageToken":"t/1"}"#,
    );
    let last = json_answer(r#"{"models":[{"name":"models/gemini-b"}]}"#);
    let server = Server::start([vec![Act::Send(first)], vec![Act::Send(last)]]).await;
    let gemini = client(&server);
    let models = gemini.models().await.unwrap();
    assert_eq!(
        serde_json::to_value(models).unwrap(),
        json!([
            {"id": "gemini-a", "object": "model", "owned_by": "google", "displayName": "A"},
            {"id": "gemini-b", "object": "model", "owned_by": "google"},
        ])
    );
    gemini.check().await.unwrap();
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /v1beta/models?pageSize=1000",
            "GET /v1beta/models?pageSize=1000&pageToken=t%2F1",
            "GET /v1beta/models?pageSize=1",
        ]
    );
}
