//! Answers from the cache: in this process, in Redis, and when Redis does not work.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{
    END, Gateway, Metrics, Part, Redis, Reply, Upstream, answer, event, eventually,
};

fn ask(extra: &str) -> String {
    format!(r#"{{"model":"m","messages":[{{"role":"user","content":"Hi"}}]{extra}}}"#)
}

fn note(response: &Response) -> &str {
    let header = response.headers().get("x-llm-vitals-cache");
    header.map_or("", |value| value.to_str().unwrap())
}

/// Status, header and body.
async fn sent(gateway: &Gateway, body: String) -> (u16, String, Value) {
    let response = gateway.chat(body).await;
    let (status, note) = (response.status().as_u16(), note(&response).to_owned());
    let body = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, note, body)
}

/// Waits until an answer that was just given is kept.
async fn kept() {
    tokio::time::sleep(Duration::from_millis(150)).await;
}

fn lookups(metrics: &Metrics, cache: &str) -> [f64; 4] {
    ["hit", "miss", "stale", "error"].map(|result| {
        let labels = [format!("cache=\"{cache}\""), format!("result=\"{result}\"")];
        metrics.sum("llm_cache_lookups_total", &[&*labels[0], &*labels[1]])
    })
}

fn file(upstream: &Upstream, more: &str) -> String {
    format!(
        "{more}retry: {{attempts: 1}}\nproviders:\n{}prices: {{overrides: {{up: {{m: {{prompt: 1, completion: 2}}}}}}}}\n",
        upstream.provider("up", "m")
    )
}

#[tokio::test]
async fn an_identical_request_costs_no_call() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let gateway = Gateway::start(&file(&upstream, ""));
    let expected: Value = serde_json::from_str(&answer("m")).unwrap();
    let sure = || ask(r#","temperature":0"#);
    let first = sent(&gateway, sure()).await;
    assert_eq!(first, (200, "miss".to_owned(), expected.clone()));
    kept().await;
    for body in [sure(), ask(r#","user":"u","temperature":0.0"#)] {
        let again = sent(&gateway, body).await;
        assert_eq!(again, (200, "hit".to_owned(), expected.clone()));
    }
    assert_eq!(upstream.seen().len(), 1);
    let metrics = gateway.metrics().await;
    assert_eq!(lookups(&metrics, "memory"), [2.0, 1.0, 0.0, 0.0]);
    // 11 and 7 tokens, at 1 and 2 dollars for a million.
    assert_eq!(metrics.sum("llm_cache_saved_tokens_total", &[]), 36.0);
    let saved = metrics.sum("llm_cache_saved_cost_usd_total", &[]);
    assert_eq!(saved, 0.00005);
    assert_eq!(
        metrics.sum("llm_requests_total", &["status=\"success\""]),
        1.0
    );
    let answered = metrics.sum("llm_service_requests_total", &["status=\"success\""]);
    assert_eq!(answered, 3.0);
    assert_eq!(metrics.sum("llm_tokens_total", &[]), 18.0);
}

#[tokio::test]
async fn chance_is_not_kept_unless_asked_for_and_nothing_is_when_refused() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let gateway = Gateway::start(&file(&upstream, ""));
    let with = async |value: &str, body: String| {
        let request = gateway.post("/v1/chat/completions", body);
        let request = request.header("x-llm-vitals-cache", value);
        let response = request.send().await.unwrap();
        let note = note(&response).to_owned();
        response.bytes().await.unwrap();
        kept().await;
        note
    };
    for body in [ask(""), ask(r#","temperature":0.7"#)] {
        assert_eq!(sent(&gateway, body.clone()).await.1, "");
        assert_eq!(with("on", body.clone()).await, "miss");
        assert_eq!(with("on", body.clone()).await, "hit");
        assert_eq!(sent(&gateway, body).await.1, "");
    }
    for _ in 0..2 {
        assert_eq!(with("off", ask(r#","temperature":0"#)).await, "");
    }
    assert_eq!(upstream.seen().len(), 8);
    let metrics = gateway.metrics().await;
    assert_eq!(lookups(&metrics, "memory"), [2.0, 2.0, 0.0, 0.0]);
}

#[tokio::test]
async fn a_stream_answers_a_plain_request_and_the_other_way_round() {
    let upstream = Upstream::start(|_, seen| {
        if seen.json()["stream"] == true {
            Reply::events([
                Part::Data(event("Hel")),
                Part::Data(event("lo")),
                Part::Data(END.to_owned()),
            ])
        } else {
            Reply::json(200, answer("m"))
        }
    })
    .await;
    let gateway = Gateway::start(&file(&upstream, ""));
    let streamed = async |extra: &str| {
        let response = gateway
            .chat(ask(&format!(r#","stream":true{extra}"#)))
            .await;
        let note = note(&response).to_owned();
        let text = response.text().await.unwrap();
        kept().await;
        let content: String = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data: ")?).ok())
            .filter_map(|chunk| Some(chunk["choices"][0]["delta"]["content"].as_str()?.to_owned()))
            .collect();
        (note, content, text)
    };
    let usage = json!({"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18});

    // Streamed first. The client did not ask for the usage, and it is kept all the same.
    let (note, content, text) = streamed(r#","temperature":0"#).await;
    assert_eq!((&*note, &*content), ("miss", "Hello"));
    assert!(!text.contains("usage"), "{text}");
    let (_, note, body) = sent(&gateway, ask(r#","temperature":0"#)).await;
    assert_eq!(note, "hit");
    assert_eq!(body["object"], "chat.completion");
    assert_eq!(body["choices"][0]["message"]["content"], "Hello");
    assert_eq!(body["choices"][0]["finish_reason"], "stop");
    assert_eq!(body["usage"], usage);

    // Plain first.
    sent(&gateway, ask(r#","seed":1,"temperature":0"#)).await;
    kept().await;
    let (note, content, text) = streamed(r#","seed":1,"temperature":0"#).await;
    assert_eq!((&*note, &*content), ("hit", "Hello"));
    assert!(!text.contains("usage"), "{text}");
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    let wants = r#","seed":1,"temperature":0,"stream_options":{"include_usage":true}"#;
    let (note, _, text) = streamed(wants).await;
    assert_eq!(note, "hit");
    assert!(text.contains(&format!(r#""usage":{usage}"#)), "{text}");

    assert_eq!(upstream.seen().len(), 2);
    let metrics = gateway.metrics().await;
    assert_eq!(lookups(&metrics, "memory"), [3.0, 2.0, 0.0, 0.0]);
    assert_eq!(metrics.sum("llm_cache_saved_tokens_total", &[]), 54.0);
}

#[tokio::test]
async fn what_failed_broke_off_or_is_too_long_is_not_kept() {
    let upstream = Upstream::start(|_, seen| match seen.json()["seed"].as_u64() {
        Some(1) => Reply::error(400, "no"),
        Some(2) => Reply::events([Part::Data(event("Hel")), Part::Cut]),
        Some(3) => Reply::json(200, answer("m").replace("\"stop\"", "\"content_filter\"")),
        _ => Reply::json(200, answer("m").replace("Hello", &"x".repeat(3_000))),
    })
    .await;
    let gateway = Gateway::start(&file(&upstream, "cache: {entry: 2KB}\n"));
    for extra in [
        r#""seed":1"#,
        r#""seed":2,"stream":true"#,
        r#""seed":3"#,
        r#""seed":4"#,
    ] {
        for _ in 0..2 {
            let response = gateway
                .chat(ask(&format!(r#","temperature":0,{extra}"#)))
                .await;
            assert_eq!(note(&response), "miss");
            response.bytes().await.unwrap();
            kept().await;
        }
    }
    assert_eq!(upstream.seen().len(), 8);
    let metrics = gateway.metrics().await;
    assert_eq!(lookups(&metrics, "memory"), [0.0, 8.0, 0.0, 0.0]);
}

#[tokio::test]
async fn texts_and_embeddings_are_kept_too() {
    let upstream = Upstream::start(|_, seen| {
        if seen.line.contains("embeddings") {
            Reply::json(
                200,
                r#"{"object":"list","data":[{"embedding":[0.5]}],"model":"m","usage":{"prompt_tokens":4,"total_tokens":4}}"#,
            )
        } else {
            Reply::json(
                200,
                r#"{"id":"t","object":"text_completion","model":"m","choices":[{"text":"Hello","index":0,"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#,
            )
        }
    })
    .await;
    let gateway = Gateway::start(&file(&upstream, ""));
    for (path, body) in [
        ("/v1/completions", r#"{"model":"m","prompt":"Hi"}"#),
        ("/v1/embeddings", r#"{"model":"m","input":"Hi"}"#),
    ] {
        let mut bodies = Vec::new();
        for expected in ["miss", "hit"] {
            let request = gateway.post(path, body).header("x-llm-vitals-cache", "on");
            let response = request.send().await.unwrap();
            assert_eq!(note(&response), expected, "{path}");
            bodies.push(response.text().await.unwrap());
            kept().await;
        }
        assert_eq!(bodies[0], bodies[1]);
    }
    assert_eq!(upstream.seen().len(), 2);
    let metrics = gateway.metrics().await;
    assert_eq!(metrics.sum("llm_cache_saved_tokens_total", &[]), 7.0);
}

#[tokio::test]
async fn a_cache_in_redis_is_shared_and_a_broken_one_is_a_miss() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let file = file(&upstream, &format!("redis: {{url: \"{}\"}}\n", redis.url()));
    let (first, second) = (Gateway::start(&file), Gateway::start(&file));
    let body = || ask(r#","temperature":0"#);
    assert_eq!(sent(&first, body()).await.1, "miss");
    kept().await;
    assert_eq!(redis.ask(&["KEYS", "llm-vitals:answer:1:*"]).await, "1");
    assert_eq!(sent(&second, body()).await.1, "hit");
    let metrics = second.metrics().await;
    assert_eq!(lookups(&metrics, "redis"), [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(
        metrics.sum("llm_cache_saved_tokens_total", &["cache=\"redis\""]),
        18.0
    );

    // It hangs: one request waits for a moment, those after it for nothing.
    redis.signal("STOP");
    for _ in 0..5 {
        let (status, note, _) = sent(&second, body()).await;
        assert_eq!((status, &*note), (200, "miss"));
    }
    redis.signal("CONT");
    let start = tokio::time::Instant::now();
    redis.kill();
    for _ in 0..5 {
        let (status, note, _) = sent(&second, body()).await;
        assert_eq!((status, &*note), (200, "miss"));
    }
    assert!(start.elapsed() < Duration::from_secs(2));
    let metrics = second.metrics().await;
    assert_eq!(lookups(&metrics, "redis"), [1.0, 0.0, 0.0, 10.0]);
    assert_eq!(upstream.seen().len(), 11);

    redis.restart().await;
    eventually("it is used again", async || {
        let (status, note, _) = sent(&second, body()).await;
        assert_eq!(status, 200);
        (note == "hit").then_some(())
    })
    .await;
}
