//! Completions of plain text, in OpenAI's format.

use futures_util::StreamExt as _;
use llm_vitals_provider::openai::{Flavor, OpenAi};
use llm_vitals_provider::{ChatChunk, ChatReply, ChatResponse, ErrorKind, ProviderError, Usage};
use serde_json::{Map, Value, json};

use crate::openai::client;
use crate::server::{Act, Server, answer, events_until_close, json as json_answer};

const STREAM: &str = concat!(
    "data: {\"id\":\"c\",\"choices\":[{\"text\":\"Gr\u{fc}\u{df}e\",\"index\":0,\"finish_reason\":null,\"x\":[1]}],\"usage\":null}\n\n",
    "data: {\"choices\":[{\"text\":\"\",\"index\":0,\"finish_reason\":\"stop\"}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}\n\n",
    "data: [DONE]\n\n",
);

fn body(more: Value) -> Map<String, Value> {
    let mut body = json!({"model": "m", "prompt": "Say hello"});
    let (Value::Object(body), Value::Object(more)) = (&mut body, more) else {
        panic!("two objects")
    };
    body.extend(more);
    std::mem::take(body)
}

async fn whole(client: &OpenAi, more: Value) -> Result<ChatResponse, ProviderError> {
    match client.complete_text(body(more)).await? {
        ChatReply::Full(answer) => Ok(answer),
        ChatReply::Stream(stream) => panic!("{stream:?}"),
    }
}

async fn streamed(client: &OpenAi) -> Vec<Result<ChatChunk, ProviderError>> {
    let reply = client.complete_text(body(json!({"stream": true}))).await;
    match reply.unwrap() {
        ChatReply::Stream(stream) => stream.collect().await,
        ChatReply::Full(answer) => panic!("{answer:?}"),
    }
}

fn until_close(body: &str, act: fn(Vec<u8>) -> Act) -> Vec<Act> {
    let bytes = [events_until_close(), body.as_bytes().to_vec()].concat();
    vec![act(bytes), Act::Close]
}

#[tokio::test]
async fn a_whole_answer_keeps_every_field() {
    let sent = r#"{"id":"cmpl-1","object":"text_completion","model":"m-2026","x":{"y":[1]},
        "choices":[{"text":"Hi","index":0,"logprobs":{"tokens":["Hi"]},"finish_reason":"stop","z":1}],
        "usage":{"prompt_tokens":2,"completion_tokens":1,"total_tokens":3}}"#;
    let headers = [("x-request-id", "req_1")];
    let server =
        Server::answering(answer(200, "application/json", &headers, sent.as_bytes())).await;
    let more = json!({"prompt": [1, 2], "echo": true, "future": {"a": null}});
    let got = whole(&client(Flavor::OpenAi, &server), more.clone())
        .await
        .unwrap();
    assert_eq!(got.text(), "Hi");
    assert_eq!(got.usage(), Some(Usage::new(2, 1)));
    assert_eq!(got.head.request_id.as_deref(), Some("req_1"));
    let mut expected: Value = serde_json::from_str(sent).unwrap();
    let choice = expected["choices"][0].as_object_mut().unwrap();
    let text = choice.shift_remove("text").unwrap();
    choice.insert(
        "message".to_owned(),
        json!({"role": "assistant", "content": text}),
    );
    assert_eq!(serde_json::to_value(got).unwrap(), expected);
    let request = server.request();
    assert_eq!(request.line, "POST /completions");
    assert_eq!(request.header("authorization"), Some("Bearer sk-test"));
    assert_eq!(request.json(), Value::from(body(more)));
}

#[tokio::test]
async fn azure_names_the_deployment_in_the_path() {
    let server = Server::answering(json_answer(r#"{"choices":[]}"#)).await;
    whole(&client(Flavor::Azure, &server), json!({}))
        .await
        .unwrap();
    assert_eq!(
        server.request().line,
        "POST /openai/deployments/m/completions?api-version=2024-10-21"
    );
}

#[tokio::test]
async fn a_stream_keeps_every_field() {
    for act in [Act::Send as fn(_) -> _, Act::Slowly] {
        let server = Server::always(until_close(STREAM, act)).await;
        let chunks = streamed(&client(Flavor::Vllm, &server))
            .await
            .into_iter()
            .map(Result::unwrap);
        let chunks: Vec<_> = chunks.collect();
        let written = chunks.iter().map(|chunk| json!(chunk));
        assert_eq!(
            written.collect::<Vec<_>>(),
            [
                json!({"id": "c", "choices": [{"delta": {"content": "Gr\u{fc}\u{df}e"}, "index": 0, "finish_reason": null,
                    "x": [1]}], "usage": null}),
                json!({"choices": [{"delta": {"content": ""}, "index": 0, "finish_reason": "stop"}]}),
                json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 1}}),
            ]
        );
        assert!(chunks[0].has_token() && !chunks[1].has_token());
        assert_eq!(chunks[2].usage(), Some(Usage::new(9, 1)));
        assert_eq!(server.request().json()["stream"], true);
    }
}

#[tokio::test]
async fn a_stream_cut_anywhere_is_interrupted_unless_every_answer_ended() {
    let enough = STREAM.find("\"stop\"}]}").unwrap() + "\"stop\"}]}".len();
    let ends: Vec<usize> = (0..=STREAM.len())
        .filter(|end| STREAM.is_char_boundary(*end))
        .collect();
    let scripts = ends
        .iter()
        .map(|end| until_close(&STREAM[..*end], Act::Send));
    let server = Server::start(scripts).await;
    let client = client(Flavor::Vllm, &server);
    for end in ends {
        let items = streamed(&client).await;
        let error = items.iter().find_map(|item| item.as_ref().err());
        let expected = (end < enough).then_some(ErrorKind::StreamInterrupted);
        assert_eq!(
            error.map(ProviderError::kind),
            expected,
            "after {end} bytes"
        );
    }
}

#[tokio::test]
async fn an_error_is_one_wherever_it_stands() {
    let error = r#"{"error":{"message":"wrong key sk-test","code":"invalid_api_key","type":"invalid_request_error"}}"#;
    let server = Server::start([401, 200].map(|status| {
        vec![Act::Send(answer(
            status,
            "application/json",
            &[],
            error.as_bytes(),
        ))]
    }))
    .await;
    let asked = client(Flavor::Compatible, &server);
    for more in [json!({}), json!({"stream": true})] {
        let error = asked.complete_text(body(more)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Auth, "wrong key ***")
        );
        assert!(!format!("{error:?}").contains("sk-test"));
    }
    let server = Server::always(until_close(&format!("data: {error}\n\n"), Act::Send)).await;
    let items = streamed(&client(Flavor::Vllm, &server)).await;
    let kinds: Vec<_> = items
        .iter()
        .map(|item| item.as_ref().unwrap_err().kind())
        .collect();
    assert_eq!(kinds, [ErrorKind::Auth]);
}

#[tokio::test]
async fn a_request_without_a_model_is_not_sent() {
    let server = Server::answering(json_answer("{}")).await;
    let error = client(Flavor::OpenAi, &server)
        .complete_text(Map::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.received().len(), 0);
}
