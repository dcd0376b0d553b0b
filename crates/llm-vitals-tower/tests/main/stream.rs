//! How a streamed answer can end, and what is counted then.

use futures_util::{FutureExt as _, StreamExt as _};
use llm_vitals_provider::{ChatChunk, ChatReply, ChatStream, ErrorKind, ProviderError, Usage};
use llm_vitals_tower::LlmMetrics;
use tower::{Layer, ServiceExt as _};

use crate::support::{Items, Scrape, Scripted, chat, chunk, in_flight, millis, paused};

/// Sends a streamed chat through the layer to a service that yields `items`.
async fn stream(items: Items) -> (Scrape, ChatStream) {
    let (scrape, stream, _) = measured(items).await;
    (scrape, stream)
}

async fn measured(items: Items) -> (Scrape, ChatStream, LlmMetrics) {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let service = metrics.layer("openai").layer(Scripted::stream(items));
    match service.oneshot(chat("gpt-x").streamed()).await {
        Ok(ChatReply::Stream(stream)) => (scrape, stream, metrics),
        other => panic!("not a stream: {other:?}"),
    }
}

/// What a scrape shows after the whole stream was read.
async fn read(items: Items) -> Vec<String> {
    let (scrape, stream) = stream(items).await;
    stream.for_each(|_| std::future::ready(())).await;
    scrape.samples()
}

fn text(text: &str) -> Result<ChatChunk, fn() -> ProviderError> {
    Ok(ChatChunk::text("gpt-x", text))
}

fn stop() -> Result<ChatChunk, fn() -> ProviderError> {
    Ok(ChatChunk::finish("gpt-x", "stop"))
}

fn usage(prompt: u64, completion: u64) -> Result<ChatChunk, fn() -> ProviderError> {
    Ok(ChatChunk::new("gpt-x", vec![]).with_usage(Usage::new(prompt, completion)))
}

fn role() -> Result<ChatChunk, fn() -> ProviderError> {
    Ok(chunk(
        r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
    ))
}

#[tokio::test(start_paused = true)]
async fn a_stream_lasts_to_its_end_and_its_last_usage_counts() {
    let first = ChatChunk::text("gpt-x", "a").with_usage(Usage::new(7, 1));
    let samples = read(vec![
        (millis(10), role()),
        (millis(90), Ok(first)),
        (millis(100), stop()),
        (millis(100), usage(7, 5)),
    ])
    .await;
    assert_eq!(
        samples,
        [
            r#"llm_cost_unknown_requests_total{provider="openai",model="gpt-x",reason="no_price"} 1"#,
            r#"llm_request_duration_seconds_count{provider="openai",model="gpt-x",operation="chat",status="success"} 1"#,
            r#"llm_request_duration_seconds_sum{provider="openai",model="gpt-x",operation="chat",status="success"} 0.3"#,
            r#"llm_requests_total{provider="openai",model="gpt-x",operation="chat",status="success"} 1"#,
            // (300 ms - 100 ms) / (5 - 1): the token at 100 ms is the first.
            r#"llm_time_per_output_token_seconds_count{provider="openai",model="gpt-x"} 1"#,
            r#"llm_time_per_output_token_seconds_sum{provider="openai",model="gpt-x"} 0.05"#,
            r#"llm_time_to_first_chunk_seconds_count{provider="openai",model="gpt-x"} 1"#,
            r#"llm_time_to_first_chunk_seconds_sum{provider="openai",model="gpt-x"} 0.01"#,
            r#"llm_time_to_first_token_seconds_count{provider="openai",model="gpt-x"} 1"#,
            r#"llm_time_to_first_token_seconds_sum{provider="openai",model="gpt-x"} 0.1"#,
            r#"llm_tokens_total{provider="openai",model="gpt-x",type="completion"} 5"#,
            r#"llm_tokens_total{provider="openai",model="gpt-x",type="prompt"} 7"#,
            r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="reported"} 1"#,
        ]
    );
}

/// The samples of a stream without usage that ended so, at `seconds`, with its first chunk and token at 10 ms.
fn without_usage(status: &str, seconds: &str, error: Option<&str>) -> Vec<String> {
    let model = r#"provider="openai",model="gpt-x""#;
    let mut samples = vec![
        format!(r#"llm_cost_unknown_requests_total{{{model},reason="no_usage"}} 1"#),
        format!(
            r#"llm_request_duration_seconds_count{{{model},operation="chat",status="{status}"}} 1"#
        ),
        format!(
            r#"llm_request_duration_seconds_sum{{{model},operation="chat",status="{status}"}} {seconds}"#
        ),
        format!(r#"llm_requests_total{{{model},operation="chat",status="{status}"}} 1"#),
        format!("llm_time_to_first_chunk_seconds_count{{{model}}} 1"),
        format!("llm_time_to_first_chunk_seconds_sum{{{model}}} 0.01"),
        format!("llm_time_to_first_token_seconds_count{{{model}}} 1"),
        format!("llm_time_to_first_token_seconds_sum{{{model}}} 0.01"),
        format!(r#"llm_usage_reports_total{{{model},source="missing"}} 1"#),
    ];
    if let Some(error) = error {
        samples.push(format!(
            r#"llm_errors_total{{{model},error_type="{error}"}} 1"#
        ));
    }
    samples.sort();
    samples
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_usage_is_counted_as_missing() {
    let samples = read(vec![(millis(10), text("a")), (millis(40), stop())]).await;
    assert_eq!(samples, without_usage("success", "0.05", None));
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_its_end_is_an_error() {
    let samples = read(vec![(millis(10), text("a")), (millis(40), text("b"))]).await;
    assert_eq!(
        samples,
        without_usage("error", "0.05", Some("stream_interrupted"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_source_that_knows_its_end_need_not_say_why_it_stopped() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let known = Scripted::new(|_| async {
        let chunks = futures_util::stream::iter([text("a")]);
        let chunks = chunks.map(|item| item.map_err(|error| error()));
        Ok(ChatReply::Stream(
            ChatStream::new(chunks)
                .with_known_end()
                .wrapped(|inner| inner),
        ))
    });
    let service = metrics.layer("openai").layer(known);
    let Ok(ChatReply::Stream(stream)) = service.oneshot(chat("gpt-x").streamed()).await else {
        panic!("not a stream");
    };
    stream.for_each(|_| std::future::ready(())).await;
    let series =
        r#"llm_requests_total{provider="openai",model="gpt-x",operation="chat",status="success"}"#;
    assert_eq!(scrape.value(series), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn an_error_in_the_stream_is_an_error_though_its_head_was_well() {
    let overloaded = || ProviderError::new(ErrorKind::Overloaded, "busy");
    let samples = read(vec![(millis(10), text("a")), (millis(40), Err(overloaded))]).await;
    assert_eq!(samples, without_usage("error", "0.05", Some("overloaded")));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_is_cancelled() {
    let (scrape, mut stream, metrics) =
        measured(vec![(millis(10), text("a")), (millis(500), stop())]).await;
    assert!(stream.next().await.is_some());
    assert_eq!(in_flight(&metrics, "openai"), "1");
    tokio::time::advance(millis(40)).await;
    assert!(stream.next().now_or_never().is_none());
    drop(stream);
    assert_eq!(scrape.samples(), without_usage("cancelled", "0.05", None));
    assert_eq!(in_flight(&metrics, "openai"), "0");
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stops_after_the_last_answer_saw_a_success() {
    let items = vec![
        (millis(10), text("a")),
        (millis(40), stop()),
        (millis(500), usage(1, 2)),
    ];
    let (scrape, mut stream) = stream(items).await;
    stream.next().await;
    stream.next().await;
    drop(stream);
    assert_eq!(scrape.samples(), without_usage("success", "0.05", None));
}

#[tokio::test(start_paused = true)]
async fn the_usage_of_a_cancelled_stream_counts_when_it_was_reported() {
    let report = ChatChunk::text("gpt-x", "a").with_usage(Usage::new(9, 4));
    let (scrape, mut stream) = stream(vec![(millis(10), Ok(report)), (millis(90), stop())]).await;
    stream.next().await;
    drop(stream);
    let tokens = r#"llm_tokens_total{provider="openai",model="gpt-x",type="#;
    assert_eq!(scrape.value(&format!(r#"{tokens}"prompt"}}"#)), Some(9.0));
    assert_eq!(
        scrape.value(&format!(r#"{tokens}"completion"}}"#)),
        Some(4.0)
    );
    // Only a complete answer says how long a token took.
    assert_eq!(
        scrape.value("llm_time_per_output_token_seconds_count"),
        None
    );
}

#[tokio::test(start_paused = true)]
async fn an_explicit_zero_is_a_report() {
    let samples = read(vec![
        (millis(10), text("a")),
        (millis(0), stop()),
        (millis(0), usage(0, 0)),
    ])
    .await;
    let reported =
        r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="reported"} 1"#;
    assert!(samples.contains(&reported.to_owned()), "{samples:#?}");
    assert!(
        !samples.iter().any(|line| line.contains("missing")),
        "{samples:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_several_answers_ends_when_all_have() {
    let indexed = |index: u32, finish: &str| {
        Ok(chunk(&format!(
            r#"{{"choices":[{{"index":{index},"delta":{{"content":"a"}},"finish_reason":{finish}}}]}}"#
        )))
    };
    let begun = || {
        vec![
            (millis(10), indexed(0, "null")),
            (millis(10), indexed(1, "null")),
        ]
    };
    let mut half = begun();
    half.push((millis(10), indexed(0, "\"stop\"")));
    let mut whole = begun();
    whole.push((millis(10), indexed(1, "\"stop\"")));
    whole.push((millis(10), indexed(0, "\"length\"")));
    assert_eq!(
        read(half).await,
        without_usage("error", "0.03", Some("stream_interrupted"))
    );
    let mut ended = without_usage("success", "0.04", None);
    ended.push(r#"llm_truncated_answers_total{provider="openai",model="gpt-x"} 1"#.to_owned());
    ended.sort();
    assert_eq!(read(whole).await, ended);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stops_in_the_second_answer_left() {
    let indexed = |index: u32, finish: &str| {
        Ok(chunk(&format!(
            r#"{{"choices":[{{"index":{index},"delta":{{"content":"a"}},"finish_reason":{finish}}}]}}"#
        )))
    };
    let items = vec![
        (millis(10), indexed(0, "\"stop\"")),
        (millis(10), indexed(1, "null")),
        (millis(10), indexed(1, "\"stop\"")),
    ];
    let (scrape, mut stream) = stream(items).await;
    stream.next().await;
    stream.next().await;
    drop(stream);
    assert_eq!(scrape.samples(), without_usage("cancelled", "0.02", None));
}

#[tokio::test(start_paused = true)]
async fn a_placeholder_says_nothing_of_the_time_per_token() {
    let mut partial = Usage::new(9, 4);
    partial.partial = true;
    let begin = ChatChunk::text("gpt-x", "a").with_usage(partial);
    let (scrape, stream) = stream(vec![(millis(10), Ok(begin)), (millis(90), stop())]).await;
    stream.for_each(|_| std::future::ready(())).await;
    assert_eq!(
        scrape.value("llm_time_per_output_token_seconds_count"),
        None
    );
    let tokens = r#"llm_tokens_total{provider="openai",model="gpt-x",type="#;
    assert_eq!(scrape.value(&format!(r#"{tokens}"prompt"}}"#)), Some(9.0));
    assert_eq!(scrape.value(&format!(r#"{tokens}"completion"}}"#)), None);
    let missing = r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="missing"}"#;
    assert_eq!(scrape.value(missing), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn a_tool_call_is_a_first_token() {
    let call = r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}}]}"#;
    let done = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#;
    let items = vec![(millis(10), Ok(chunk(call))), (millis(40), Ok(chunk(done)))];
    assert_eq!(read(items).await, without_usage("success", "0.05", None));
}

#[tokio::test(start_paused = true)]
async fn a_role_alone_is_a_chunk_and_no_token() {
    let (scrape, stream) = stream(vec![(millis(10), role()), (millis(20), stop())]).await;
    stream.for_each(|_| std::future::ready(())).await;
    let model = r#"{provider="openai",model="gpt-x"}"#;
    assert_eq!(
        scrape.value(&format!("llm_time_to_first_chunk_seconds_sum{model}")),
        Some(0.01)
    );
    assert_eq!(scrape.value("llm_time_to_first_token_seconds_count"), None);
}

#[tokio::test(start_paused = true)]
async fn one_token_has_no_time_per_token() {
    let (scrape, stream) = stream(vec![
        (millis(10), text("a")),
        (millis(20), stop()),
        (millis(0), usage(3, 1)),
    ])
    .await;
    stream.for_each(|_| std::future::ready(())).await;
    assert_eq!(
        scrape.value("llm_time_per_output_token_seconds_count"),
        None
    );
}
