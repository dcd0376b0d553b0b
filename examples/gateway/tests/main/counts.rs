//! Retries and fallbacks, counted by hand.

use std::time::Duration;

use crate::support::{
    END, Gateway, Part, Reply, Upstream, answer, ask, ask_streamed, event, refusal,
};

/// Two providers and a route over both; few pauses, so that it is quick.
fn file(one: &Upstream, two: &Upstream) -> String {
    format!(
        "retry: {{attempts: 2, pause: 10ms}}\nproviders:\n{}{}routes:\n  both: [one/m, two/m]\n",
        one.provider("one", "m"),
        two.provider("two", "m")
    )
}

#[tokio::test]
async fn a_scripted_run_agrees_with_a_count_by_hand() {
    // What provider `one` answers to its attempts, one after the other.
    let one = Upstream::start(|before, _| match before {
        // 1: fails once, then answers.
        0 => Reply::error(429, "rate_limit_exceeded").with("retry-after", "0"),
        1 => Reply::json(200, answer("m")),
        // 2: fails twice; the other provider answers.
        2 | 3 => Reply::error(500, "server_error"),
        // 3: refuses for a reason that stays; nobody else is asked.
        4 => Reply::error(400, "invalid_request_error"),
        // 4: an error in place of a stream's first chunk, twice.
        5 | 6 => Reply::events([Part::Data(
            "data: {\"error\":{\"message\":\"busy\",\"type\":\"server_error\",\"code\":\"server_error\"}}\n\n".to_owned(),
        )]),
        // 5: breaks off after content, when it is too late to try again.
        7 => Reply::events([Part::Data(event("Hel")), Part::Cut]),
        // 6: fails twice, and so does the other one.
        _ => Reply::error(503, "overloaded"),
    })
    .await;
    let two = Upstream::start(|before, _| match before {
        0 => Reply::json(200, answer("m")),
        1 => Reply::events([Part::Data(event("Hello")), Part::Data(END.to_owned())]),
        _ => Reply::error(503, "overloaded"),
    })
    .await;
    let gateway = Gateway::start(&file(&one, &two));

    let statuses = async |body: String| gateway.chat(body).await.status().as_u16();
    assert_eq!(statuses(ask("both")).await, 200);
    assert_eq!(statuses(ask("both")).await, 200);
    assert_eq!(statuses(ask("both")).await, 400);
    let text = gateway
        .chat(ask_streamed("both"))
        .await
        .text()
        .await
        .unwrap();
    assert!(
        text.contains("Hello") && text.ends_with("data: [DONE]\n\n"),
        "{text}"
    );
    let text = gateway
        .chat(ask_streamed("both"))
        .await
        .text()
        .await
        .unwrap();
    assert!(text.contains("Hel") && !text.contains("[DONE]"), "{text}");
    assert!(
        text.contains("\"code\":\"upstream_stream_interrupted\""),
        "{text}"
    );
    assert_eq!(statuses(ask("both")).await, 503);
    assert_eq!((one.seen().len(), two.seen().len()), (10, 4));

    let metrics = gateway.metrics().await;
    // The client saw: 1, 2 and 4 answered; 3, 5 and 6 not.
    assert_eq!(
        metrics.lines("llm_service_requests_total"),
        [
            "llm_service_requests_total{operation=\"chat\",status=\"error\"} 3",
            "llm_service_requests_total{operation=\"chat\",status=\"success\"} 3",
        ]
    );
    // Calls of `one`: 1 answered; 2, 3, 4, 5 and 6 not. Calls of `two`: 2 and 4 answered; 6 not.
    assert_eq!(
        metrics.lines("llm_requests_total"),
        [
            "llm_requests_total{provider=\"one\",model=\"m\",operation=\"chat\",status=\"error\"} 5",
            "llm_requests_total{provider=\"one\",model=\"m\",operation=\"chat\",status=\"success\"} 1",
            "llm_requests_total{provider=\"two\",model=\"m\",operation=\"chat\",status=\"error\"} 1",
            "llm_requests_total{provider=\"two\",model=\"m\",operation=\"chat\",status=\"success\"} 2",
        ]
    );
    // Attempts at `one`: 2 + 2 + 1 + 2 + 1 + 2, one of them answered. At `two`: 1 + 1 answered, 2 not.
    assert_eq!(
        metrics.lines("llm_attempts_total"),
        [
            "llm_attempts_total{provider=\"one\",model=\"m\",status=\"error\"} 9",
            "llm_attempts_total{provider=\"one\",model=\"m\",status=\"success\"} 1",
            "llm_attempts_total{provider=\"two\",model=\"m\",status=\"error\"} 2",
            "llm_attempts_total{provider=\"two\",model=\"m\",status=\"success\"} 2",
        ]
    );
    assert_eq!(
        metrics.lines("llm_errors_total"),
        [
            "llm_errors_total{provider=\"one\",model=\"m\",error_type=\"invalid_request\"} 1",
            "llm_errors_total{provider=\"one\",model=\"m\",error_type=\"overloaded\"} 1",
            "llm_errors_total{provider=\"one\",model=\"m\",error_type=\"server\"} 2",
            "llm_errors_total{provider=\"one\",model=\"m\",error_type=\"stream_interrupted\"} 1",
            "llm_errors_total{provider=\"two\",model=\"m\",error_type=\"overloaded\"} 1",
        ]
    );
    for (name, expected) in [
        ("llm_service_request_duration_seconds_count", 6.0),
        ("llm_request_duration_seconds_count", 9.0),
        ("llm_attempt_duration_seconds_count", 14.0),
        ("llm_requests_in_flight", 0.0),
    ] {
        assert_eq!(metrics.sum(name, &[]), expected, "{name}");
    }
    assert_eq!(metrics.sum("llm_tokens_total", &["type=\"prompt\""]), 33.0);
}

#[tokio::test]
async fn a_retry_waits_as_long_as_it_is_asked_to() {
    let upstream = Upstream::start(|before, _| match before {
        0 => Reply::error(429, "rate_limit_exceeded").with("retry-after", "1"),
        _ => Reply::json(200, answer("m")),
    })
    .await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let start = tokio::time::Instant::now();
    assert_eq!(gateway.chat(ask("m")).await.status(), 200);
    assert!(
        start.elapsed() >= Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn a_provider_that_asks_for_too_long_is_not_asked_again() {
    let upstream =
        Upstream::start(|_, _| Reply::error(429, "rate_limit_exceeded").with("retry-after", "60"))
            .await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let response = gateway.chat(ask("m")).await;
    assert_eq!(response.headers()["retry-after"], "60");
    let (status, error) = refusal(response).await;
    assert_eq!(
        (status, error["code"].as_str()),
        (429, Some("rate_limit_exceeded"))
    );
    assert_eq!(upstream.seen().len(), 1);
}

#[tokio::test]
async fn a_wrong_account_at_one_provider_is_no_reason_not_to_ask_the_next() {
    let one = Upstream::start(|_, _| Reply::error(401, "invalid_api_key")).await;
    let two = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let gateway = Gateway::start(&file(&one, &two));
    assert_eq!(gateway.chat(ask("both")).await.status(), 200);
    assert_eq!((one.seen().len(), two.seen().len()), (1, 1));
    // Asked for by its name, it is the only one, and its key is not the client's business.
    let (status, error) = refusal(gateway.chat(ask("one/m")).await).await;
    assert_eq!(
        (status, error["code"].as_str()),
        (502, Some("upstream_auth"))
    );
}

#[tokio::test]
async fn what_the_gateway_refuses_itself_counts_for_the_service_alone() {
    let upstream = Upstream::start(|_, _| Reply::never()).await;
    let limits = "limits: {concurrency: 1, queue: 0}";
    let gateway = Gateway::start(&format!(
        "{limits}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let first = tokio::spawn(gateway.post("/v1/chat/completions", ask("m")).send());
    crate::support::eventually("the first request arrives", async || {
        (upstream.seen().len() == 1).then_some(())
    })
    .await;
    let response = gateway.chat(ask("m")).await;
    assert_eq!(response.headers()["retry-after"], "1");
    let (status, error) = refusal(response).await;
    assert_eq!((status, error["code"].as_str()), (503, Some("overloaded")));
    let metrics = gateway.metrics().await;
    assert_eq!(
        metrics.sum("llm_service_requests_total", &["status=\"error\""]),
        1.0
    );
    assert_eq!(metrics.sum("llm_requests_total", &[]), 0.0);
    assert_eq!(metrics.sum("llm_requests_in_flight", &[]), 1.0);
    first.abort();
}

#[tokio::test]
async fn a_provider_of_another_name_has_the_prices_of_its_kind() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("gpt-4o"))).await;
    let gateway = Gateway::start(&format!(
        "providers:\n  openai-eu: {{kind: openai, base_url: \"http://{}/v1\", models: [gpt-4o]}}\n",
        upstream.address
    ));
    assert_eq!(gateway.chat(ask("gpt-4o")).await.status(), 200);
    let metrics = gateway.metrics().await;
    // 11 tokens of a prompt and 7 of an answer cost something.
    let cost: f64 = metrics
        .series("llm_cost_usd_total")
        .map(|(_, value)| value)
        .sum();
    assert!(cost > 0.0, "{cost}");
}
