//! Exact answers and times, under paused time.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::{
    ChatChunk, ChatRequest, ChatResponse, ChatStream, EmbedRequest, ErrorKind, Limit, Message,
    Provider, ProviderError, StreamOptions, Tool, Usage,
};

const MS: Duration = Duration::from_millis(1);

fn ask(model: &str) -> ChatRequest {
    ChatRequest::new(model, [Message::user("Hello, you!")])
}

fn with_usage(model: &str) -> ChatRequest {
    let mut request = ask(model);
    request.stream_options = Some(StreamOptions::with_usage());
    request
}

fn slow() -> SimulatedModel {
    SimulatedModel::new("slow")
        .with_head_latency(Latency::constant(100 * MS))
        .with_first_token_latency(Latency::constant(300 * MS))
        .with_token_latency(Latency::constant(Duration::from_micros(12_500)))
        .with_length(Length::constant(5))
}

fn only(model: SimulatedModel) -> Simulated {
    Simulated::builder("sim").with_model(model).build()
}

/// Reads a stream to its end: its chunks with their times, and its error.
async fn drain(stream: ChatStream, start: Instant) -> (Vec<(u128, ChatChunk)>, Option<ErrorKind>) {
    let (mut chunks, mut error) = (Vec::new(), None);
    let mut stream = stream;
    while let Some(item) = stream.next().await {
        match item {
            Ok(chunk) => chunks.push((start.elapsed().as_millis(), chunk)),
            Err(failed) => error = Some(failed.kind()),
        }
    }
    (chunks, error)
}

fn text_of(chunks: &[(u128, ChatChunk)], index: u32) -> String {
    let choices = chunks.iter().flat_map(|(_, chunk)| &chunk.choices);
    choices
        .filter(|choice| choice.index == Some(index))
        .filter_map(|choice| choice.delta.content.as_deref())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_stream_keeps_its_times() {
    let provider = only(slow());
    let start = Instant::now();
    let stream = provider.stream(with_usage("slow")).await.unwrap();
    assert_eq!(start.elapsed(), 100 * MS);
    let (chunks, error) = drain(stream, start).await;
    // The role comes with the head; tokens at 400, 412.5, 425 ...; timers are exact to a millisecond and do not drift.
    let times: Vec<u128> = chunks.iter().map(|(time, _)| *time).collect();
    assert_eq!(times, [100, 400, 413, 425, 438, 450, 450, 450]);
    assert_eq!(text_of(&chunks, 0), "This is a simulated answer.");
    let tokens: Vec<bool> = chunks.iter().map(|(_, chunk)| chunk.has_token()).collect();
    assert_eq!(tokens, [false, true, true, true, true, true, false, false]);
    assert_eq!(
        chunks[6].1.choices[0].finish_reason.as_deref(),
        Some("stop")
    );
    assert_eq!(chunks[7].1.usage(), Some(Usage::new(3, 5)));
    assert_eq!(error, None);
}

#[tokio::test(start_paused = true)]
async fn a_whole_answer_takes_as_long_as_its_stream() {
    let provider = only(slow());
    let start = Instant::now();
    let answer = provider.complete(ask("slow")).await.unwrap();
    assert_eq!(start.elapsed(), 450 * MS);
    assert_eq!(answer.text(), "This is a simulated answer.");
    assert_eq!(answer.usage(), Some(Usage::new(3, 5)));
    assert_eq!(answer.id.as_deref(), Some("chatcmpl-sim-0"));
    assert_eq!(answer.head.request_id.as_deref(), Some("req-sim-0"));
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_is_late_finds_what_has_come() {
    let provider = only(slow());
    let mut stream = provider.stream(ask("slow")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let start = Instant::now();
    while stream.next().await.is_some() {}
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_model_without_options_needs_no_timer() {
    let provider = only(SimulatedModel::new("m"));
    let answer = provider.complete(ask("m")).await.unwrap();
    assert_eq!(answer.text().split(' ').count(), 20);
    let stream = provider.stream(ask("m")).await.unwrap();
    let (chunks, _) = drain(stream, Instant::now()).await;
    assert_eq!(chunks.len(), 22);
    // No usage report, as nobody asked for it.
    assert!(chunks.iter().all(|(_, chunk)| chunk.usage.is_none()));
}

fn varied(seed: u64) -> Simulated {
    let model = SimulatedModel::new("m")
        .with_head_latency(Latency::log_normal(200 * MS, 0.7))
        .with_token_latency(Latency::uniform(5 * MS, 30 * MS))
        .with_length(Length::log_normal(12, 0.6))
        .with_reasoning(Length::uniform(0, 4))
        .with_faults(0.2, [(ErrorKind::Server, 3), (ErrorKind::Overloaded, 1)])
        .with_stream_cuts(0.2);
    Simulated::builder("sim")
        .with_model(model)
        .with_seed(seed)
        .build()
}

/// What request after request comes to: its text or failure, and its time.
async fn record(provider: &Simulated) -> Vec<(String, u128)> {
    let mut record = Vec::new();
    for _ in 0..40 {
        let start = Instant::now();
        let said = match provider.stream(with_usage("m")).await {
            Ok(stream) => {
                let (chunks, error) = drain(stream, start).await;
                format!("{} {error:?} {:?}", text_of(&chunks, 0), chunks.last())
            }
            Err(error) => error.to_string(),
        };
        record.push((said, start.elapsed().as_millis()));
    }
    record
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_answers() {
    // `created` counts from the building of each provider, so that it is the same too.
    let first = record(&varied(1)).await;
    assert_eq!(first, record(&varied(1)).await);
    assert_ne!(first, record(&varied(2)).await);
    let failed = first.iter().filter(|(said, _)| said.starts_with("sim: "));
    assert!((1..20).contains(&failed.count()));
    let cut = first
        .iter()
        .filter(|(said, _)| said.contains("StreamInterrupted"));
    assert!((1..20).contains(&cut.count()));
}

#[tokio::test(start_paused = true)]
async fn what_request_k_does_does_not_depend_on_the_others() {
    let model = || {
        SimulatedModel::new("m")
            .with_head_latency(Latency::log_normal(200 * MS, 0.7))
            .with_length(Length::uniform(1, 50))
    };
    let one_by_one = only(model());
    let mut texts = Vec::new();
    for _ in 0..20 {
        texts.push(one_by_one.complete(ask("m")).await.unwrap().text());
    }
    let at_once = only(model());
    let answers = (0..20).map(|_| at_once.complete(ask("m")));
    let answers = futures_util::future::join_all(answers).await;
    let together: Vec<String> = answers
        .into_iter()
        .map(|answer| answer.unwrap().text())
        .collect();
    assert_eq!(texts, together);
}

#[tokio::test(start_paused = true)]
async fn faults_come_as_often_as_they_should() {
    let provider = only(
        SimulatedModel::new("m")
            .with_length(Length::constant(1))
            .with_faults(0.3, [(ErrorKind::Server, 2), (ErrorKind::Auth, 1)]),
    );
    let (mut server, mut auth) = (0, 0);
    for _ in 0..10_000 {
        match provider
            .complete(ask("m"))
            .await
            .map_err(|error| error.kind())
        {
            Err(ErrorKind::Server) => server += 1,
            Err(ErrorKind::Auth) => auth += 1,
            answer => assert!(answer.is_ok()),
        }
    }
    assert!((1_900..2_100).contains(&server), "{server}");
    assert!((900..1_100).contains(&auth), "{auth}");
}

#[tokio::test(start_paused = true)]
async fn a_fault_shows_when_and_as_it_should() {
    let busy = Fault::from(ErrorKind::RateLimited).with_retry_after(Duration::from_secs(20));
    let provider = only(slow().with_faults(1.0, [(busy, 1)]));
    let start = Instant::now();
    let error = provider.complete(ask("slow")).await.unwrap_err();
    assert_eq!(start.elapsed(), 100 * MS);
    assert_eq!(
        (
            error.kind(),
            error.status(),
            error.retry_after(),
            error.provider()
        ),
        (
            ErrorKind::RateLimited,
            Some(429),
            Some(Duration::from_secs(20)),
            Some("sim")
        )
    );
    let late = Fault::from(ErrorKind::Timeout).with_delay(Duration::from_secs(30));
    let provider = only(slow().with_faults(1.0, [(late, 1)]));
    let start = Instant::now();
    assert!(provider.stream(ask("slow")).await.is_err());
    assert_eq!(start.elapsed(), Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn streams_break_off_and_fail_after_a_token() {
    for (model, kind) in [
        (slow().with_stream_cuts(1.0), ErrorKind::StreamInterrupted),
        (
            slow().with_stream_faults(1.0, [(ErrorKind::Overloaded, 1)]),
            ErrorKind::Overloaded,
        ),
    ] {
        let provider = only(model);
        let mut lengths = Vec::new();
        for _ in 0..50 {
            let stream = provider.stream(with_usage("slow")).await.unwrap();
            let (chunks, error) = drain(stream, Instant::now()).await;
            assert_eq!(error, Some(kind));
            let tokens = chunks.iter().filter(|(_, chunk)| chunk.has_token()).count();
            assert!(chunks.iter().all(|(_, chunk)| chunk.usage.is_none()));
            lengths.push(tokens);
        }
        // At every place where they can.
        lengths.sort_unstable();
        lengths.dedup();
        assert_eq!(lengths[0], 1);
        assert!(lengths.len() >= 4 && lengths.iter().all(|length| *length <= 5));
        // Whole answers are whole.
        assert!(provider.complete(ask("slow")).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_counts_down_refuses_and_begins_anew() {
    let provider = Simulated::builder("sim")
        .with_model(SimulatedModel::new("m").with_length(Length::constant(7)))
        .with_rate_limit(
            RateLimit::per(Duration::from_secs(60))
                .with_requests(2)
                .with_tokens(1_000),
        )
        .build();
    let reset = Duration::from_secs(60);
    for (requests, tokens) in [(1, 990), (0, 980)] {
        let answer = provider.complete(ask("m")).await.unwrap();
        let limits = answer.head.rate_limits.unwrap();
        assert_eq!(limits.requests, Some(Limit::new(2, requests, reset)));
        assert_eq!(limits.tokens, Some(Limit::new(1_000, tokens, reset)));
    }
    tokio::time::sleep(Duration::from_secs(45)).await;
    let error = provider.stream(ask("m")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::RateLimited, Some(429))
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(15)));
    let limits = error.rate_limits().unwrap();
    assert_eq!(
        limits.requests,
        Some(Limit::new(2, 0, Duration::from_secs(15)))
    );
    assert_eq!(limits.retry_after, Some(Duration::from_secs(15)));
    // A check costs nothing.
    provider.check().await.unwrap();
    tokio::time::sleep(error.retry_after().unwrap()).await;
    let answer = provider.stream(ask("m")).await.unwrap();
    let limits = answer.head().rate_limits.unwrap();
    assert_eq!(limits.requests, Some(Limit::new(2, 1, reset)));
}

#[tokio::test(start_paused = true)]
async fn tokens_run_out_too() {
    let provider = Simulated::builder("sim")
        .with_model(SimulatedModel::new("m").with_length(Length::constant(7)))
        .with_rate_limit(RateLimit::per(Duration::from_secs(1)).with_tokens(12))
        .build();
    assert!(provider.complete(ask("m")).await.is_ok());
    let error = provider.complete(ask("m")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    let left = error.rate_limits().unwrap().tokens.unwrap().remaining;
    assert_eq!(left, Some(2));
}

#[tokio::test(start_paused = true)]
async fn an_outage_begins_and_ends() {
    let provider = Simulated::builder("sim")
        .with_model(SimulatedModel::new("m"))
        .with_outage(
            Duration::from_secs(10)..Duration::from_secs(20),
            ErrorKind::Connect,
        )
        .build();
    for (second, fails) in [(0, false), (10, true), (19, true), (20, false)] {
        tokio::time::sleep_until(provider.started() + Duration::from_secs(second)).await;
        let expected = fails.then_some(ErrorKind::Connect);
        let kind = |result: Result<(), ProviderError>| result.err().map(|error| error.kind());
        assert_eq!(kind(provider.check().await), expected, "{second}");
        assert_eq!(kind(provider.models().await.map(|_| ())), expected);
        assert_eq!(
            kind(provider.complete(ask("m")).await.map(|_| ())),
            expected
        );
        let embedded = provider.embed(EmbedRequest::new("m", "x")).await;
        assert_eq!(kind(embedded.map(|_| ())), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_is_no_longer_in_flight() {
    let provider = only(slow());
    let early = tokio::time::timeout(50 * MS, provider.complete(ask("slow"))).await;
    assert!(early.is_err());
    assert_eq!((provider.in_flight(), provider.requests()), (0, 1));
    let mut stream = provider.stream(ask("slow")).await.unwrap();
    stream.next().await.unwrap().unwrap();
    assert_eq!(provider.in_flight(), 1);
    drop(stream);
    assert_eq!(provider.in_flight(), 0);
    let mut stream = provider.stream(ask("slow")).await.unwrap();
    while stream.next().await.is_some() {}
    // It has ended, though it is still held.
    assert_eq!(provider.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn scripted_answers_come_exactly_and_in_order() {
    let provider = only(slow());
    let response = ChatResponse::new("gpt-x", "exact").with_usage(Usage::new(9, 4));
    provider.script(Script::response(response.clone()).with_head_latency(70 * MS));
    provider.script(Script::error(ProviderError::new(
        ErrorKind::Quota,
        "no credit",
    )));
    let chunk = ChatChunk::text("gpt-x", "half");
    provider.script(
        Script::chunks([chunk.clone()])
            .with_chunk_latency(40 * MS)
            .with_error_at_end(ProviderError::new(ErrorKind::StreamInterrupted, "cut")),
    );
    provider.script(Script::response(response.clone()));
    provider.script(Script::hang());
    let start = Instant::now();
    assert_eq!(provider.complete(ask("any")).await.unwrap(), response);
    assert_eq!(start.elapsed(), 70 * MS);
    let refused = provider.complete(ask("any")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Quota);
    let start = Instant::now();
    let stream = provider.stream(ask("any")).await.unwrap();
    let (chunks, error) = drain(stream, start).await;
    assert_eq!(chunks, [(40, chunk)]);
    assert_eq!(
        (error, start.elapsed()),
        (Some(ErrorKind::StreamInterrupted), 80 * MS)
    );
    let stream = provider.stream(ask("any")).await.unwrap();
    let (chunks, _) = drain(stream, Instant::now()).await;
    assert_eq!(text_of(&chunks, 0), "exact");
    assert_eq!(chunks.last().unwrap().1.usage(), Some(Usage::new(9, 4)));
    let never = tokio::time::timeout(Duration::from_secs(3600), provider.stream(ask("any"))).await;
    assert!(never.is_err());
    // The queue is empty: the model itself answers.
    let answer = provider.complete(ask("slow")).await.unwrap();
    assert_eq!(answer.text(), "This is a simulated answer.");
}

#[tokio::test(start_paused = true)]
async fn a_limit_on_tokens_cuts_the_answer() {
    let provider = only(slow().with_reasoning(Length::constant(2)));
    let cut = |most: u64| {
        let mut request = ask("slow");
        request.max_tokens = Some(100);
        request.max_completion_tokens = Some(most);
        request
    };
    for (most, text, reasoning, reason) in [
        (7, "This is a simulated answer.", 2, "stop"),
        (4, "This is", 2, "length"),
        (1, "", 1, "length"),
    ] {
        let answer = provider.complete(cut(most)).await.unwrap();
        let usage = answer.usage().unwrap();
        assert_eq!(answer.text(), text);
        assert_eq!(
            (usage.completion_tokens, usage.reasoning_tokens),
            (most, reasoning)
        );
        assert_eq!(answer.choices[0].finish_reason.as_deref(), Some(reason));
    }
    let answer = provider.complete(ask("slow")).await.unwrap();
    assert_eq!(
        answer.choices[0].message.reasoning_content.as_deref(),
        Some("Nobody thinks")
    );
}

#[tokio::test(start_paused = true)]
async fn the_lower_limit_on_tokens_counts_whole_and_streamed() {
    let provider = only(slow().with_most_tokens(3));
    for (asked, text, truncated) in [
        (None, "This is a", true),
        (Some(2), "This is", true),
        (Some(100), "This is a", true),
    ] {
        let mut request = with_usage("slow");
        request.max_tokens = asked;
        let whole = provider.complete(request.clone()).await.unwrap();
        assert_eq!((&*whole.text(), whole.is_truncated()), (text, truncated));
        let stream = provider.stream(request).await.unwrap();
        let (chunks, error) = drain(stream, Instant::now()).await;
        let mut answers = crate::Answers::default();
        for (_, chunk) in &chunks {
            answers.see(chunk);
        }
        assert_eq!(error, None);
        assert_eq!(
            (&*text_of(&chunks, 0), answers.any_truncated()),
            (text, truncated)
        );
    }
    let roomy = only(slow().with_most_tokens(5));
    let answer = roomy.complete(ask("slow")).await.unwrap();
    assert_eq!(answer.text(), "This is a simulated answer.");
    assert!(!answer.is_truncated());
}

#[tokio::test(start_paused = true)]
async fn several_answers_are_streamed_side_by_side() {
    let provider = only(slow().with_length(Length::uniform(1, 9)));
    let mut request = with_usage("slow");
    request.n = Some(3);
    let whole = {
        let provider = only(slow().with_length(Length::uniform(1, 9)));
        provider.complete(request.clone()).await.unwrap()
    };
    let stream = provider.stream(request).await.unwrap();
    let (chunks, error) = drain(stream, Instant::now()).await;
    assert_eq!(error, None);
    for (choice, index) in whole.choices.iter().zip(0..) {
        let text = choice.message.content.as_ref().unwrap().text();
        assert_eq!(text_of(&chunks, index), text);
    }
    let finished = chunks.iter().flat_map(|(_, chunk)| &chunk.choices);
    assert_eq!(
        finished
            .filter(|choice| choice.finish_reason.is_some())
            .count(),
        3
    );
    let tokens = chunks.iter().filter(|(_, chunk)| chunk.has_token()).count();
    let usage = chunks.last().unwrap().1.usage().unwrap();
    assert_eq!(
        (usage, whole.usage().unwrap()),
        (Usage::new(3, tokens as u64), usage)
    );
}

#[tokio::test(start_paused = true)]
async fn a_demanded_tool_is_called() {
    let provider = only(slow());
    let mut request = ask("slow");
    let schema = json!({
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer"},
            "unit": {"enum": ["C", "F"]},
            "note": {"type": "string"},
        },
        "required": ["city", "days", "unit"],
    });
    request.tools = Some(vec![
        Tool::function("weather", schema),
        Tool::function("other", json!({})),
    ]);
    // Nothing demands a call yet.
    assert!(
        provider
            .complete(request.clone())
            .await
            .unwrap()
            .text()
            .starts_with("This")
    );
    let expected = r#"{"city":"simulated","days":1,"unit":"C"}"#;
    request.tool_choice = Some(json!("required"));
    let whole = provider.complete(request.clone()).await.unwrap();
    let call = &whole.choices[0].message.tool_calls.as_ref().unwrap()[0];
    let function = call.function.as_ref().unwrap();
    assert_eq!(function.name.as_deref(), Some("weather"));
    assert_eq!(function.arguments.as_deref(), Some(expected));
    assert_eq!(
        whole.choices[0].finish_reason.as_deref(),
        Some("tool_calls")
    );
    let stream = provider.stream(request.clone()).await.unwrap();
    let (chunks, _) = drain(stream, Instant::now()).await;
    let choices = chunks.iter().flat_map(|(_, chunk)| &chunk.choices);
    let calls = choices.flat_map(|choice| choice.delta.tool_calls.iter().flatten());
    let arguments: String = calls
        .filter_map(|call| call.function.as_ref()?.arguments.clone())
        .collect();
    assert_eq!(arguments, expected);
    request.tool_choice = Some(json!({"type": "function", "function": {"name": "other"}}));
    let whole = provider.complete(request).await.unwrap();
    let call = &whole.choices[0].message.tool_calls.as_ref().unwrap()[0];
    assert_eq!(
        call.function.as_ref().unwrap().arguments.as_deref(),
        Some("{}")
    );
}

#[tokio::test(start_paused = true)]
async fn embeddings_depend_on_the_text_alone() {
    let provider = only(SimulatedModel::new("m").with_dimensions(4));
    let embed = async |request: EmbedRequest| provider.embed(request).await.unwrap();
    let vector = |value: &Value| -> Vec<f64> {
        let numbers = value["embedding"].as_array().unwrap();
        numbers
            .iter()
            .map(|number| number.as_f64().unwrap())
            .collect()
    };
    let two = embed(EmbedRequest::new("m", json!(["hello", "world!"]))).await;
    assert_eq!(two.data.len(), 2);
    let hello = vector(&two.data[0]);
    assert_eq!(hello.len(), 4);
    assert!((hello.iter().map(|number| number * number).sum::<f64>() - 1.0).abs() < 1e-5);
    assert_ne!(hello, vector(&two.data[1]));
    assert_eq!(two.usage.unwrap().counts(), Some(Usage::new(2 + 2, 0)));
    let again = embed(EmbedRequest::new("m", "hello")).await;
    assert_eq!(vector(&again.data[0]), hello);
    let mut request = EmbedRequest::new("m", json!([[1, 2, 3], [4]]));
    request.dimensions = Some(2);
    request.encoding_format = Some("base64".to_owned());
    let encoded = embed(request).await;
    assert_eq!(encoded.data[1]["embedding"].as_str().unwrap().len(), 12);
    assert_eq!(encoded.usage.unwrap().counts(), Some(Usage::new(4, 0)));
    let empty = provider.embed(EmbedRequest::new("m", json!([]))).await;
    assert_eq!(empty.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test(start_paused = true)]
async fn what_a_provider_refuses_is_refused() {
    let provider = only(slow().with_context_window(3).with_cached_share(0.5));
    let error = provider.complete(ask("nobody")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::InvalidRequest, Some(404))
    );
    let mut request = ask("slow");
    request.n = Some(0);
    let error = provider.complete(request).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::InvalidRequest, Some(400))
    );
    let answer = provider.complete(ask("slow")).await.unwrap();
    assert_eq!(answer.usage().unwrap().cached_prompt_tokens, 1);
    let long = ChatRequest::new(
        "slow",
        [Message::system("twelve chars"), Message::user("x")],
    );
    let error = provider.complete(long).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextLength);
    let models = provider.models().await.unwrap();
    assert_eq!((models.len(), models[0].id.as_str()), (1, "slow"));
}

#[tokio::test]
async fn a_model_can_leave_usage_out() {
    let provider = only(SimulatedModel::new("m").without_usage());
    assert_eq!(provider.complete(ask("m")).await.unwrap().usage(), None);
    let stream = provider.stream(with_usage("m")).await.unwrap();
    let (chunks, _) = drain(stream, Instant::now()).await;
    assert!(chunks.iter().all(|(_, chunk)| chunk.usage.is_none()));
}

#[test]
fn it_can_be_shared() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Simulated>();
}
