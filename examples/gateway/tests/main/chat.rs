//! Chats and embeddings that go well.

use serde_json::{Value, json};

use crate::support::{END, Gateway, Part, Reply, Upstream, answer, ask_streamed, event};

fn data(text: impl Into<String>) -> Part {
    Part::Data(text.into())
}

#[tokio::test]
async fn a_plain_chat_passes_unknown_fields_both_ways() {
    let sent = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1.5, "model": "m-2026", "x_answer": {"a": [1, null]},
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello", "x_message": 1},
            "finish_reason": "stop", "x_choice": 2.5}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, "x_usage": "y"},
    });
    let body = sent.to_string();
    let upstream =
        Upstream::start(move |_, _| Reply::json(200, body.clone()).with("x-request-id", "req-1"))
            .await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));

    let asked = json!({"model": "up/m", "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi", "x_part": 1}],
        "x_message": true}], "temperature": 0.25, "x_request": {"deep": [1, 2, {"b": null}]}, "seed": 7, "user": null});
    let response = gateway.chat(asked.to_string()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["x-request-id"], "req-1");
    let got: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(got, sent);

    let seen = &upstream.seen()[0];
    let mut expected = asked;
    expected["model"] = "m".into();
    assert_eq!(seen.json(), expected);
    assert_eq!(seen.line, "POST /v1/chat/completions");
    assert_eq!(
        seen.header("authorization"),
        Some("Bearer sk-upstream-key-of-up")
    );

    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.lines("llm_tokens_total"),
        [
            "llm_tokens_total{provider=\"up\",model=\"m\",type=\"completion\"} 7",
            "llm_tokens_total{provider=\"up\",model=\"m\",type=\"prompt\"} 11",
        ]
    );
    assert_eq!(metrics.sum("llm_requests_in_flight", &[]), 0.0);
}

#[tokio::test]
async fn usage_is_asked_for_and_kept_from_those_who_did_not_ask() {
    let upstream = Upstream::start(|_, _| {
        let role = r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null,"x":1}"#;
        Reply::events([data(format!("data: {role}\n\n")), data(event("Hel")), data(event("lo")), data(END)])
    })
    .await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));

    let response = gateway.chat(ask_streamed("m")).await;
    assert_eq!(
        response.headers()["content-type"],
        "text/event-stream; charset=utf-8"
    );
    let text = response.text().await.unwrap();
    assert!(!text.contains("usage"), "{text}");
    assert!(text.contains("\"x\":1"), "{text}");
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    let events: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .collect();
    assert_eq!(events.len(), 5);
    assert_eq!(
        upstream.seen()[0].json()["stream_options"],
        json!({"include_usage": true})
    );

    let asked = r#"{"model":"m","stream":true,"stream_options":{"include_usage":true,"x":1},"messages":[]}"#;
    let text = gateway.chat(asked).await.text().await.unwrap();
    assert!(
        text.contains(r#""usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}"#),
        "{text}"
    );
    assert_eq!(
        upstream.seen()[1].json()["stream_options"],
        json!({"include_usage": true, "x": 1})
    );

    let metrics = gateway.metrics().await;
    assert_eq!(metrics.sum("llm_tokens_total", &["type=\"prompt\""]), 22.0);
    assert_eq!(
        metrics.sum("llm_tokens_total", &["type=\"completion\""]),
        14.0
    );
    assert_eq!(
        metrics.sum("llm_usage_reports_total", &["source=\"reported\""]),
        2.0
    );
    assert_eq!(
        metrics.sum("llm_time_to_first_token_seconds_count", &[]),
        2.0
    );
    assert_eq!(
        metrics.sum(
            "llm_requests_total",
            &["operation=\"chat\"", "status=\"success\""]
        ),
        2.0
    );
}

#[tokio::test]
async fn each_event_reaches_the_client_when_it_comes() {
    use futures_util::StreamExt as _;
    use std::time::Duration;
    let wait = || Part::Wait(Duration::from_millis(300));
    let upstream = Upstream::start(move |_, _| {
        Reply::events([
            data(event("a")),
            wait(),
            data(event("b")),
            wait(),
            data(END),
        ])
    })
    .await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    gateway.chat(ask_streamed("m")).await.text().await.unwrap();

    let start = tokio::time::Instant::now();
    let mut body = gateway.chat(ask_streamed("m")).await.bytes_stream();
    let mut times = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.unwrap();
        if piece.windows(9).any(|nine| nine == b"\"content\"") {
            times.push(start.elapsed());
        }
    }
    assert_eq!(times.len(), 2);
    assert!(times[0] < Duration::from_millis(280), "{times:?}");
    assert!((280..580).contains(&times[1].as_millis()), "{times:?}");
    let metrics = gateway.metrics().await;
    let first = metrics.sum("llm_time_to_first_token_seconds_sum", &[]);
    assert!(first < 0.56, "{first}");
    let whole = metrics.sum("llm_request_duration_seconds_sum", &["status=\"success\""]);
    assert!(whole > 1.2, "{whole}");
}

#[tokio::test]
async fn embeddings_are_passed_on_and_counted() {
    let body = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1.0]}],"model":"e","usage":{"prompt_tokens":4,"total_tokens":4},"x":1}"#;
    let upstream = Upstream::start(move |_, _| Reply::json(200, body)).await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "e")));
    let response = gateway
        .post("/v1/embeddings", r#"{"model":"e","input":["a","b"],"x":2}"#)
        .send()
        .await
        .unwrap();
    let got: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(got, serde_json::from_str::<Value>(body).unwrap());
    assert_eq!(
        upstream.seen()[0].json(),
        json!({"model": "e", "input": ["a", "b"], "x": 2})
    );
    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.sum(
            "llm_requests_total",
            &["operation=\"embeddings\"", "status=\"success\""]
        ),
        1.0
    );
    assert_eq!(metrics.sum("llm_tokens_total", &["type=\"prompt\""]), 4.0);
}

#[tokio::test]
async fn models_are_listed_and_looked_up() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let gateway = Gateway::start(&format!(
        "providers:\n{}",
        upstream.provider("up", "a/b, c")
    ));
    let get = async |path: &str| -> Value {
        serde_json::from_str(
            &gateway
                .get(path)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap(),
        )
        .unwrap()
    };
    let list = get("/v1/models").await;
    let ids: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a/b", "c", "up/a/b", "up/c"]);
    assert_eq!(
        get("/v1/models/up/a/b").await,
        json!({"id": "up/a/b", "object": "model", "owned_by": "up"})
    );
    assert_eq!(
        get("/v1/models/d").await["error"]["code"],
        "model_not_found"
    );
}
