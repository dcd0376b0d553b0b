//! `/v1/completions`.

use serde_json::{Value, json};

use crate::support::{Gateway, Part, Reply, Upstream};

#[tokio::test]
async fn a_completion_passes_as_it_is() {
    let body = r#"{"id":"cmpl-1","object":"text_completion","created":1,"model":"m","x":1,"choices":[{"text":"Hello","index":0,"logprobs":{"tokens":["Hello"]},"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}}"#;
    let upstream = Upstream::start(move |_, _| Reply::json(200, body)).await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let asked =
        json!({"model": "up/m", "prompt": [1, 2, 3], "logprobs": 5, "echo": true, "x": {"y": 1}});
    let response = gateway
        .post("/v1/completions", asked.to_string())
        .send()
        .await
        .unwrap();
    let got: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(got, serde_json::from_str::<Value>(body).unwrap());
    let seen = &upstream.seen()[0];
    assert_eq!(seen.line, "POST /v1/completions");
    assert_eq!(
        seen.header("authorization"),
        Some("Bearer sk-upstream-key-of-up")
    );
    let mut expected = asked;
    expected["model"] = "m".into();
    assert_eq!(seen.json(), expected);
    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.lines("llm_requests_total"),
        [
            "llm_requests_total{provider=\"up\",model=\"m\",operation=\"text_completion\",status=\"success\"} 1"
        ]
    );
    assert_eq!(metrics.sum("llm_tokens_total", &["type=\"prompt\""]), 2.0);
    assert_eq!(
        metrics.sum("llm_tokens_total", &["type=\"completion\""]),
        3.0
    );
}

#[tokio::test]
async fn a_streamed_completion_has_its_usage_asked_for_and_taken_out() {
    let upstream = Upstream::start(|before, _| {
        if before == 0 {
            return Reply::error(500, "server_error");
        }
        Reply::events([
            Part::Data("data: {\"model\":\"m\",\"choices\":[{\"text\":\"Hel\",\"index\":0,\"finish_reason\":null}],\"usage\":null}\n\n".to_owned()),
            Part::Data("data: {\"model\":\"m\",\"choices\":[{\"text\":\"lo\",\"index\":0,\"finish_reason\":\"stop\"}]}\n\n".to_owned()),
            Part::Data("data: {\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":3,\"total_tokens\":5}}\n\ndata: [DONE]\n\n".to_owned()),
        ])
    })
    .await;
    let gateway = Gateway::start(&format!(
        "retry: {{pause: 10ms}}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let asked = r#"{"model":"m","prompt":"Say hello","stream":true}"#;
    let text = gateway
        .post("/v1/completions", asked)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        !text.contains("usage") && text.ends_with("data: [DONE]\n\n"),
        "{text}"
    );
    let said: String = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok())
        .map(|event| event["choices"][0]["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(said, "Hello");
    assert_eq!(
        upstream.seen()[1].json()["stream_options"],
        json!({"include_usage": true})
    );
    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.sum("llm_tokens_total", &["type=\"completion\""]),
        3.0
    );
    assert_eq!(metrics.sum("llm_attempts_total", &[]), 2.0);
    assert_eq!(
        metrics.sum(
            "llm_service_requests_total",
            &["operation=\"text_completion\"", "status=\"success\""]
        ),
        1.0
    );
}

#[tokio::test]
async fn a_provider_without_completions_is_asked_a_chat() {
    let gateway = Gateway::start("");
    let asked = r#"{"model":"sim-fast","prompt":"Say hello","max_tokens":3}"#;
    let response = gateway.post("/v1/completions", asked).send().await.unwrap();
    let got: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(got["object"], "text_completion");
    assert_eq!(got["choices"][0]["text"], "This is a");
    assert_eq!(got["choices"][0]["finish_reason"], "length");
    assert_eq!(got["usage"]["completion_tokens"], 3);
    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.sum(
            "llm_requests_total",
            &["operation=\"text_completion\"", "provider=\"sim\""]
        ),
        1.0
    );
}

#[tokio::test]
async fn a_stream_without_its_marker_and_blank_line_is_whole() {
    let upstream = Upstream::start(|_, _| {
        Reply::events([Part::Data(
            "data: {\"choices\":[{\"text\":\"Hello\",\"index\":0,\"finish_reason\":\"stop\",\"x\":[1]}]}".to_owned(),
        )])
    })
    .await;
    let gateway = Gateway::start(&format!(
        "retry: {{attempts: 1}}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let asked = r#"{"model":"m","prompt":"Say hello","stream":true}"#;
    let request = gateway.post("/v1/completions", asked);
    let text = request.send().await.unwrap().text().await.unwrap();
    let data = text
        .strip_prefix("data: ")
        .and_then(|text| text.strip_suffix("\n\ndata: [DONE]\n\n"));
    assert_eq!(
        serde_json::from_str::<Value>(data.unwrap_or(&text)).unwrap(),
        json!({"object": "text_completion", "choices": [
            {"text": "Hello", "index": 0, "logprobs": null, "finish_reason": "stop", "x": [1]},
        ]})
    );
}

#[tokio::test]
async fn mistral_is_not_asked_for_the_usage_of_a_stream() {
    let upstream =
        Upstream::start(|_, _| Reply::events([Part::Data("data: [DONE]\n\n".to_owned())])).await;
    let gateway = Gateway::start(&format!(
        "providers:\n  up: {{kind: mistral, base_url: \"http://{}/v1\", models: [m]}}\n",
        upstream.address
    ));
    let asked =
        r#"{"model":"m","prompt":"Hi","stream":true,"stream_options":{"include_usage":true}}"#;
    let response = gateway.post("/v1/completions", asked).send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "data: [DONE]\n\n");
    assert_eq!(
        upstream.seen()[0].json(),
        json!({"model": "m", "prompt": "Hi", "stream": true})
    );
}
