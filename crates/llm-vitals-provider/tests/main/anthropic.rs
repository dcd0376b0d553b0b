//! The client of the Messages API.

use futures_util::StreamExt as _;
use llm_vitals_provider::anthropic::Anthropic;
use llm_vitals_provider::{ChatRequest, EmbedRequest, ErrorKind, Limit, Message, Provider, Secret};
use serde_json::json;

use crate::server::{Server, answer, json as json_answer, stream};

pub(crate) fn client(server: &Server) -> Anthropic {
    let builder = Anthropic::builder().with_key(Secret::new("sk-ant-test"));
    builder.with_base_url(&server.url).build().unwrap()
}

fn request() -> ChatRequest {
    ChatRequest::new(
        "claude-x",
        [Message::system("Be brief."), Message::user("hello")],
    )
}

#[tokio::test]
async fn a_message_there_and_back() {
    let body = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude-x-2026","content":[{"type":"text",
        "text":"Hi!"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":12,"output_tokens":6,
        "cache_creation_input_tokens":20,"cache_read_input_tokens":30,"cache_creation":{
        "ephemeral_5m_input_tokens":15,"ephemeral_1h_input_tokens":5}}}"#;
    let headers = [
        ("request-id", "req_1"),
        ("anthropic-ratelimit-input-tokens-limit", "1000"),
        ("anthropic-ratelimit-input-tokens-remaining", "900"),
    ];
    let server =
        Server::answering(answer(200, "application/json", &headers, body.as_bytes())).await;
    let response = client(&server).complete(request()).await.unwrap();
    assert_eq!(response.text(), "Hi!");
    assert_eq!(response.model.as_deref(), Some("claude-x-2026"));
    assert_eq!(response.choices[0].finish_reason.as_deref(), Some("stop"));
    let usage = response.usage().unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (62, 6));
    assert_eq!(
        (usage.cached_prompt_tokens, usage.cache_write_tokens),
        (30, 20)
    );
    assert_eq!(usage.cache_write_1h_tokens, 5);
    assert_eq!(response.head.request_id.as_deref(), Some("req_1"));
    let mut limit = Limit::default();
    (limit.limit, limit.remaining) = (Some(1000), Some(900));
    assert_eq!(response.head.rate_limits.unwrap().input_tokens, Some(limit));

    let sent = server.request();
    assert_eq!(sent.line, "POST /messages");
    assert_eq!(sent.header("x-api-key"), Some("sk-ant-test"));
    assert_eq!(sent.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(
        sent.json(),
        json!({
            "model": "claude-x",
            "max_tokens": 4096,
            "system": [{"type": "text", "text": "Be brief."}],
            "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}],
        })
    );
}

pub(crate) const STREAM: &str = concat!(
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\
     \"role\":\"assistant\",\"content\":[],\"model\":\"claude-x\",\"stop_reason\":null,\"usage\":{\"input_tokens\":25,\
     \"output_tokens\":1}}}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\
     \"text\":\"\"}}\n\n",
    "event: ping\ndata: {\"type\": \"ping\"}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\
     \"text\":\"Hello\"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\
     \"text\":\"!\"}}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\
     \"stop_sequence\":null},\"usage\":{\"output_tokens\":15}}\n\n",
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
);

#[tokio::test]
async fn a_stream_becomes_chunks() {
    let server = Server::answering(stream(STREAM)).await;
    let stream = client(&server).stream(request()).await.unwrap();
    let chunks: Vec<_> = stream.map(Result::unwrap).collect().await;
    let texts = chunks.iter().flat_map(|chunk| &chunk.choices);
    let texts: String = texts
        .filter_map(|choice| choice.delta.content.as_deref())
        .collect();
    assert_eq!(texts, "Hello!");
    assert_eq!(chunks.len(), 5);
    assert_eq!(chunks[3].choices[0].finish_reason.as_deref(), Some("stop"));
    let usage = chunks[4].usage().unwrap();
    assert_eq!(
        (usage.prompt_tokens, usage.completion_tokens, usage.partial),
        (25, 15, false)
    );
    assert_eq!(server.request().json()["stream"], true);
}

#[tokio::test]
async fn an_error_event_is_of_its_kind() {
    let begun = STREAM.split("event: message_delta").next().unwrap();
    let error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\
        \"message\":\"Overloaded\"}}\n\n";
    let server = Server::answering(stream(&format!("{begun}{error}"))).await;
    let stream = client(&server).stream(request()).await.unwrap();
    let items: Vec<_> = stream.collect().await;
    let error = items.last().unwrap().as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overloaded);
    assert_eq!(
        error.to_string(),
        "anthropic: Overloaded (status 200, overloaded_error)"
    );
}

#[tokio::test]
async fn a_stream_without_its_last_event_is_interrupted() {
    let body = STREAM.split("event: message_stop").next().unwrap();
    let server = Server::answering(stream(body)).await;
    let stream = client(&server).stream(request()).await.unwrap();
    let items: Vec<_> = stream.collect().await;
    assert_eq!(items.len(), 6);
    assert_eq!(
        items[5].as_ref().unwrap_err().kind(),
        ErrorKind::StreamInterrupted
    );
}

#[tokio::test]
async fn what_cannot_be_converted_is_not_sent() {
    let server = Server::answering(json_answer("{}")).await;
    let mut asked = request();
    asked.n = Some(2);
    let error = client(&server).complete(asked).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(
        error.to_string(),
        "anthropic: cannot send the field n: the Messages API gives one answer"
    );
    let error = client(&server)
        .embed(EmbedRequest::new("m", "a"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn every_page_of_models_is_read() {
    let first = json_answer(
        r#"{"data":[{"type":"model","id":"claude-a","display_name":"A"}],"has_more":true,"last_id":"claude-a"}"#,
    );
    let last = json_answer(
        r#"{"data":[{"type":"model","id":"claude-b"}],"has_more":false,"last_id":"claude-b"}"#,
    );
    let server = Server::start([
        vec![crate::server::Act::Send(first)],
        vec![crate::server::Act::Send(last)],
    ])
    .await;
    let claude = client(&server);
    let models = claude.models().await.unwrap();
    let ids: Vec<_> = models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, ["claude-a", "claude-b"]);
    claude.check().await.unwrap();
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /models?limit=1000",
            "GET /models?limit=1000&after_id=claude-a",
            "GET /models?limit=1"
        ]
    );
}
