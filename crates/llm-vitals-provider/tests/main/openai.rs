//! The client of OpenAI's format.

use std::time::Duration;

use futures_util::StreamExt as _;
use llm_vitals_provider::openai::{Flavor, OpenAi};
use llm_vitals_provider::{
    ChatRequest, EmbedRequest, ErrorKind, Limit, Message, Provider, Secret, Usage,
};
use serde_json::{Value, json};

use crate::server::{Act, Server, answer, chunked_events, json as json_answer, piece, stream};

pub(crate) fn client(flavor: Flavor, server: &Server) -> OpenAi {
    let builder = OpenAi::builder(flavor).with_key(Secret::new("sk-test"));
    builder.with_base_url(&server.url).build().unwrap()
}

pub(crate) fn request() -> ChatRequest {
    ChatRequest::new("gpt-x", [Message::user("hello")])
}

const ANSWER: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-x-2026",
    "choices":[{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null},"logprobs":null,
    "finish_reason":"stop"}],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,
    "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},
    "completion_tokens_details":{"reasoning_tokens":3,"audio_tokens":0}},"service_tier":"default","x_new":[1]}"#;

const STREAM: &str = concat!(
    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-x\",\"choices\":[{\"index\":0,\
     \"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n",
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n",
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1,\"total_tokens\":10}}\n\n",
    "data: [DONE]\n\n",
);

#[tokio::test]
async fn a_whole_answer_and_its_head() {
    let headers = [
        ("x-request-id", "req_1"),
        ("x-ratelimit-limit-requests", "60"),
        ("x-ratelimit-remaining-requests", "59"),
        ("x-ratelimit-reset-requests", "1s"),
    ];
    let server =
        Server::answering(answer(200, "application/json", &headers, ANSWER.as_bytes())).await;
    let mut sent = request().streamed();
    sent.extra
        .insert("future_field".to_owned(), json!({"a": null}));
    let response = client(Flavor::OpenAi, &server)
        .complete(sent)
        .await
        .unwrap();

    let value: Value = serde_json::from_str(ANSWER).unwrap();
    assert_eq!(serde_json::to_value(&response).unwrap(), value);
    let usage = response.usage().unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (19, 10));
    assert_eq!((usage.cached_prompt_tokens, usage.reasoning_tokens), (4, 3));
    assert_eq!(response.head.request_id.as_deref(), Some("req_1"));
    let limit = response.head.rate_limits.unwrap().requests;
    assert_eq!(limit, Some(Limit::new(60, 59, Duration::from_secs(1))));

    let request = server.request();
    assert_eq!(request.line, "POST /chat/completions");
    assert_eq!(request.header("authorization"), Some("Bearer sk-test"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(
        request.json(),
        json!({"model": "gpt-x", "messages": [{"role": "user", "content": "hello"}], "future_field": {"a": null}})
    );
}

#[tokio::test]
async fn a_stream_of_chunks_with_usage() {
    let server = Server::answering(stream(STREAM)).await;
    let stream = client(Flavor::OpenAi, &server)
        .stream(request())
        .await
        .unwrap();
    let chunks: Vec<_> = stream.map(Result::unwrap).collect().await;
    let sent = STREAM
        .lines()
        .filter_map(|line| line.strip_prefix("data: {"));
    let sent: Vec<Value> = sent
        .map(|rest| serde_json::from_str(&format!("{{{rest}")).unwrap())
        .collect();
    let got: Vec<Value> = chunks
        .iter()
        .map(|chunk| serde_json::to_value(chunk).unwrap())
        .collect();
    assert_eq!(got, sent);
    assert_eq!(chunks[3].usage(), Some(Usage::new(9, 1)));
    assert_eq!(server.request().json()["stream"], true);
}

#[tokio::test]
async fn a_connection_serves_again_after_a_stream() {
    let server = Server::answering(stream(STREAM)).await;
    let client = client(Flavor::OpenAi, &server);
    for _ in 0..3 {
        let stream = client.stream(request()).await.unwrap();
        assert_eq!(stream.count().await, 4);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_stream_may_end_without_done_when_every_answer_did() {
    let body = STREAM.replace("data: [DONE]\n\n", "");
    let server = Server::answering(stream(&body)).await;
    let stream = client(Flavor::OpenAi, &server)
        .stream(request())
        .await
        .unwrap();
    let items: Vec<_> = stream.collect().await;
    assert_eq!(items.len(), 4);
    assert!(items.iter().all(Result::is_ok));
}

#[tokio::test]
async fn an_answer_that_began_and_has_no_end_is_interrupted() {
    let body = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
        data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"a\"}}]}\n\n";
    let server = Server::answering(stream(body)).await;
    let stream = client(Flavor::OpenAi, &server)
        .stream(request())
        .await
        .unwrap();
    let items: Vec<_> = stream.collect().await;
    assert_eq!(items.len(), 3);
    assert_eq!(
        items[2].as_ref().unwrap_err().kind(),
        ErrorKind::StreamInterrupted
    );
}

#[tokio::test]
async fn errors_within_a_stream_are_of_their_kind() {
    for (event, kind, code) in [
        (
            r#"{"id":"g","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],
               "error":{"code":429,"message":"Provider is rate limited"}}"#,
            ErrorKind::RateLimited,
            None,
        ),
        (
            r#"{"error":{"message":"The server had an error","type":"server_error","code":null}}"#,
            ErrorKind::Server,
            Some("server_error"),
        ),
        (
            r#"{"error":{"message":"Too busy","type":"overloaded","code":"engine_overloaded"}}"#,
            ErrorKind::Overloaded,
            Some("engine_overloaded"),
        ),
    ] {
        let event = event.replace('\n', "");
        let first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
        let server =
            Server::answering(stream(&format!("{first}data: {event}\n\ndata: [DONE]\n\n"))).await;
        let stream = client(Flavor::OpenRouter, &server)
            .stream(request())
            .await
            .unwrap();
        let items: Vec<_> = stream.collect().await;
        assert_eq!(items.len(), 2, "{event}");
        let error = items[1].as_ref().unwrap_err();
        assert_eq!((error.kind(), error.code()), (kind, code), "{event}");
        assert_eq!(error.status(), Some(200));
    }
}

#[tokio::test]
async fn a_named_error_event_is_an_error_whatever_its_data_is() {
    let server = Server::answering(stream("event: error\ndata: out of memory\n\n")).await;
    let stream = client(Flavor::Vllm, &server)
        .stream(request())
        .await
        .unwrap();
    let items: Vec<_> = stream.collect().await;
    let error = items[0].as_ref().unwrap_err();
    assert_eq!(error.to_string(), "vllm: out of memory (status 200)");
    assert_eq!(error.kind(), ErrorKind::Server);
}

#[tokio::test]
async fn an_error_in_json_where_a_stream_was_asked_for() {
    let body = r#"{"error":{"message":"No such model","type":"invalid_request_error","code":"model_not_found"}}"#;
    let server = Server::answering(json_answer(body)).await;
    let error = client(Flavor::OpenAi, &server)
        .stream(request())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::InvalidRequest, "No such model")
    );
    let server = Server::answering(json_answer(ANSWER)).await;
    let error = client(Flavor::OpenAi, &server)
        .stream(request())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let server = Server::answering(answer(200, "text/html", &[], b"<html>Sign in</html>")).await;
    let error = client(Flavor::OpenAi, &server)
        .stream(request())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.body()),
        (ErrorKind::Decode, Some("<html>Sign in</html>"))
    );
}

#[tokio::test]
async fn azure_names_the_deployment_in_the_path() {
    let server = Server::answering(json_answer(ANSWER)).await;
    let azure = OpenAi::builder(Flavor::Azure)
        .with_key(Secret::new("azure-key"))
        .with_api_version("2026-01-01")
        .with_base_url(format!("{}/", server.url))
        .build()
        .unwrap();
    let mut sent = request();
    sent.model = "my deploy/ment".to_owned();
    azure.complete(sent).await.unwrap();
    let request = server.request();
    assert_eq!(
        request.line,
        "POST /openai/deployments/my%20deploy%2Fment/chat/completions?api-version=2026-01-01"
    );
    assert_eq!(request.header("api-key"), Some("azure-key"));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn groq_reports_usage_in_a_field_of_its_own() {
    let body = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\
        \"x_groq\":{\"id\":\"req\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}}\n\ndata: [DONE]\n\n";
    let server = Server::answering(stream(body)).await;
    let stream = client(Flavor::Groq, &server)
        .stream(request())
        .await
        .unwrap();
    let chunks: Vec<_> = stream.map(Result::unwrap).collect().await;
    assert_eq!(chunks[0].usage(), Some(Usage::new(3, 2)));
}

#[tokio::test]
async fn a_check_costs_nothing() {
    let models = json_answer(
        r#"{"object":"list","data":[{"id":"m1","object":"model","owned_by":"us","created":5}]}"#,
    );
    let server = Server::answering(models).await;
    let openai = client(Flavor::OpenAi, &server);
    openai.check().await.unwrap();
    assert_eq!(server.request().line, "GET /models");
    let models = openai.models().await.unwrap();
    assert_eq!(
        serde_json::to_value(models).unwrap(),
        json!([{"id": "m1", "object": "model", "owned_by": "us", "created": 5}])
    );

    let server = Server::answering(json_answer(
        r#"{"data":{"label":"k","limit_remaining":null}}"#,
    ))
    .await;
    client(Flavor::OpenRouter, &server).check().await.unwrap();
    assert_eq!(server.request().line, "GET /key");

    let server = Server::answering(json_answer(
        r#"{"data":{"label":"k","limit_remaining":-0.01}}"#,
    ))
    .await;
    let error = client(Flavor::OpenRouter, &server)
        .check()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Quota);
}

#[tokio::test]
async fn embeddings_and_their_usage() {
    let body = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,-0.2]}],
        "model":"e","usage":{"prompt_tokens":8,"total_tokens":8}}"#;
    let server = Server::answering(json_answer(body)).await;
    let request = EmbedRequest::new("e", "hello");
    let response = client(Flavor::OpenAi, &server)
        .embed(request)
        .await
        .unwrap();
    assert_eq!(response.data[0]["embedding"], json!([0.1, -0.2]));
    assert_eq!(
        response.usage.and_then(|usage| usage.counts()),
        Some(Usage::new(8, 0))
    );
    let sent = server.request();
    assert_eq!(sent.line, "POST /embeddings");
    assert_eq!(sent.json(), json!({"model": "e", "input": "hello"}));
}

#[tokio::test]
async fn a_dropped_stream_closes_the_connection() {
    let first = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    let script = vec![
        Act::Send(chunked_events(&[])),
        Act::Send(piece(first)),
        Act::Hold,
    ];
    let mut server = Server::always(script).await;
    let mut stream = client(Flavor::OpenAi, &server)
        .stream(request())
        .await
        .unwrap();
    assert!(stream.next().await.unwrap().unwrap().has_token());
    drop(stream);
    server.closed().await;
}

#[tokio::test]
async fn a_dropped_request_closes_the_connection() {
    let mut server = Server::always(vec![Act::Hold]).await;
    let client = client(Flavor::OpenAi, &server);
    let asked = tokio::time::timeout(Duration::from_millis(200), client.complete(request()));
    assert!(asked.await.is_err());
    assert_eq!(server.received().len(), 1);
    server.closed().await;
}
