//! Answers that ended at the limit of tokens, as both layers count them.

use std::io;

use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use llm_vitals_provider::{
    ChatChunk, ChatReply, ChatResponse, ChatStream, EmbedRequest, EmbedResponse, ErrorKind,
    ProviderError, Usage,
};
use tower::{Layer, ServiceExt as _, service_fn};

use crate::http::{pieces, post, send, whole};
use crate::support::{Items, Scrape, Scripted, chat, chunk, millis, paused};

const MODEL: &str = r#"provider="openai",model="gpt-x""#;

fn truncated(scrape: &Scrape) -> Option<f64> {
    scrape.value(&format!("llm_truncated_answers_total{{{MODEL}}}"))
}

/// How many calls ended so, and how many of them with a truncated answer.
fn counts(scrape: &Scrape, status: &str) -> (Option<f64>, Option<f64>) {
    let series = format!(r#"llm_requests_total{{{MODEL},operation="chat",status="{status}"}}"#);
    (scrape.value(&series), truncated(scrape))
}

/// An answer with a choice for each reason.
fn answer(reasons: &[&str]) -> ChatResponse {
    let mut answer = ChatResponse::new("gpt-x", "hi").with_usage(Usage::new(3, 5));
    let choice = answer.choices[0].clone();
    answer.choices = reasons
        .iter()
        .map(|reason| {
            let mut choice = choice.clone();
            choice.finish_reason = Some((*reason).to_owned());
            choice
        })
        .collect();
    answer
}

fn text(index: u32) -> Result<ChatChunk, fn() -> ProviderError> {
    let json = format!(r#"{{"choices":[{{"index":{index},"delta":{{"content":"a"}}}}]}}"#);
    Ok(chunk(&json))
}

fn end(index: u32, reason: &str) -> Result<ChatChunk, fn() -> ProviderError> {
    let mut chunk = ChatChunk::finish("gpt-x", reason);
    chunk.choices[0].index = Some(index);
    Ok(chunk)
}

/// Streams `items` through the layer to a reader who takes `taken` of them.
async fn streamed(items: Vec<Result<ChatChunk, fn() -> ProviderError>>, taken: usize) -> Scrape {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let items: Items = items.into_iter().map(|item| (millis(1), item)).collect();
    let service = metrics.layer("openai").layer(Scripted::stream(items));
    let Ok(ChatReply::Stream(mut stream)) = service.oneshot(chat("gpt-x").streamed()).await else {
        panic!("not a stream");
    };
    for _ in 0..taken {
        if stream.next().await.is_none() {
            break;
        }
    }
    drop(stream);
    scrape
}

#[tokio::test(start_paused = true)]
async fn whole_answers_are_counted_once_for_all_their_choices() {
    for (reasons, counted) in [
        (&["stop"][..], 0.0),
        (&["length"], 1.0),
        (&["stop", "length"], 1.0),
        (&["length", "length", "length"], 1.0),
        (&["tool_calls", "content_filter"], 0.0),
        (&[], 0.0),
    ] {
        let scrape = Scrape::install();
        let service = paused()
            .build()
            .layer("openai")
            .layer(Scripted::full(millis(1), answer(reasons)));
        service.oneshot(chat("gpt-x")).await.unwrap();
        let expected = (Some(1.0), Some(counted));
        assert_eq!(counts(&scrape, "success"), expected, "{reasons:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_truncated_answer_without_usage_is_counted_with_an_estimate_and_without() {
    for builder in [paused(), paused().with_estimated_usage(4.0)] {
        let scrape = Scrape::install();
        let mut answer = answer(&["length"]);
        answer.usage = None;
        let service = builder
            .build()
            .layer("openai")
            .layer(Scripted::full(millis(1), answer));
        service.oneshot(chat("gpt-x")).await.unwrap();
        assert_eq!(counts(&scrape, "success"), (Some(1.0), Some(1.0)));
    }
}

#[tokio::test(start_paused = true)]
async fn no_truncated_answers_yet_reads_0_where_there_can_be_some() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let failing = Scripted::new(async |_| Err(ProviderError::new(ErrorKind::Overloaded, "no")));
    let service = metrics.layer("openai").layer(failing);
    service.oneshot(chat("gpt-x")).await.unwrap_err();
    assert_eq!(counts(&scrape, "error"), (Some(1.0), Some(0.0)));

    let scrape = Scrape::install();
    let embed = service_fn(async |request: EmbedRequest| {
        Ok::<_, ProviderError>(EmbedResponse::new(request.model, [vec![0.5]]))
    });
    let service = paused().build().layer("openai").layer(embed);
    service
        .oneshot(EmbedRequest::new("gpt-x", "text"))
        .await
        .unwrap();
    assert_eq!(truncated(&scrape), None);
}

#[tokio::test(start_paused = true)]
async fn attempts_and_the_service_count_no_truncated_answers() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    for layer in [metrics.layer("openai").attempts(), metrics.service_layer()] {
        let service = layer.layer(Scripted::full(millis(1), answer(&["length"])));
        service.oneshot(chat("gpt-x")).await.unwrap();
    }
    let text = scrape.text();
    assert!(text.contains("llm_attempts_total") && text.contains("llm_service_requests_total"));
    assert!(!text.contains("llm_truncated_answers_total"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn streams_are_counted_when_all_their_choices_have_ended() {
    for (items, counted) in [
        (vec![text(0), end(0, "stop")], 0.0),
        (vec![text(0), end(0, "length")], 1.0),
        (
            vec![text(0), text(1), end(1, "length"), text(0), end(0, "stop")],
            1.0,
        ),
        (vec![text(0), text(1), end(0, "stop"), end(1, "stop")], 0.0),
    ] {
        // Read to the end, and left after the last chunk.
        for taken in [items.len() + 1, items.len()] {
            let scrape = streamed(items.clone(), taken).await;
            let expected = (Some(1.0), Some(counted));
            assert_eq!(counts(&scrape, "success"), expected, "{items:?} {taken}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_fails_breaks_off_or_is_left_counts_nothing() {
    let fails = || ProviderError::new(ErrorKind::Overloaded, "busy");
    let error = vec![text(0), end(0, "length"), Err(fails as fn() -> _)];
    let scrape = streamed(error, 9).await;
    assert_eq!(counts(&scrape, "error"), (Some(1.0), Some(0.0)));
    let half = vec![text(0), text(1), end(0, "length"), text(1)];
    let scrape = streamed(half.clone(), 9).await;
    assert_eq!(counts(&scrape, "error"), (Some(1.0), Some(0.0)));
    let scrape = streamed(half, 4).await;
    assert_eq!(counts(&scrape, "cancelled"), (Some(1.0), Some(0.0)));
}

#[tokio::test(start_paused = true)]
async fn a_stream_with_a_known_end_may_leave_a_choice_open() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let service = metrics.layer("openai").layer(Scripted::new(async |_| {
        let chunks = [text(0), text(1), end(0, "length")];
        let chunks = chunks.map(|chunk| chunk.map_err(|error| error()));
        let stream = ChatStream::new(stream::iter(chunks)).with_known_end();
        Ok(ChatReply::Stream(stream))
    }));
    let Ok(ChatReply::Stream(stream)) = service.oneshot(chat("gpt-x").streamed()).await else {
        panic!("not a stream");
    };
    stream.for_each(|_| std::future::ready(())).await;
    assert_eq!(counts(&scrape, "success"), (Some(1.0), Some(1.0)));
}

const CHAT: &str = "https://api.openai.com/v1/chat/completions";
const TEXT: &str = "https://api.openai.com/v1/completions";
const RESPONSES: &str = "https://api.openai.com/v1/responses";
const MESSAGES: &str = "https://api.anthropic.com/v1/messages";
const GEMINI: &str =
    "https://generativelanguage.googleapis.com/v1beta/models/gpt-x:generateContent";
const GEMINI_STREAM: &str =
    "https://generativelanguage.googleapis.com/v1beta/models/gpt-x:streamGenerateContent";
const CONVERSE: &str = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/gpt-x/converse";
const OLLAMA: &str = "http://127.0.0.1:11434/api/chat";

const JSON: &str = "application/json";
const SSE: &str = "text/event-stream";
const LINES: &str = "application/x-ndjson";

/// An address, a content type, a body with a gap for the reason, a reason at the limit, and another one.
const FORMATS: [(&str, &str, &str, &str, &str); 12] = [
    (
        CHAT,
        JSON,
        r#"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"},{"index":1,"message":{"content":"a"},"finish_reason":"@"}]}"#,
        "length",
        "stop",
    ),
    (
        CHAT,
        SSE,
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}},{\"index\":1,\"delta\":{\"content\":\"a\"}}]}\n\n\
         data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"@\"}]}\n\n\
         data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        "length",
        "stop",
    ),
    (
        TEXT,
        JSON,
        r#"{"choices":[{"index":0,"text":"a","finish_reason":"@"}]}"#,
        "length",
        "stop",
    ),
    (
        TEXT,
        SSE,
        "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"finish_reason\":\"@\"}]}\n\ndata: [DONE]\n\n",
        "length",
        "stop",
    ),
    (
        RESPONSES,
        JSON,
        r#"{"status":"incomplete","incomplete_details":{"reason":"@"},"output":[]}"#,
        "max_output_tokens",
        "content_filter",
    ),
    (
        RESPONSES,
        SSE,
        "data: {\"type\":\"response.incomplete\",\"response\":{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"@\"}}}\n\n",
        "max_output_tokens",
        "content_filter",
    ),
    (
        MESSAGES,
        JSON,
        r#"{"type":"message","content":[{"type":"text","text":"a"}],"stop_reason":"@"}"#,
        "max_tokens",
        "end_turn",
    ),
    (
        MESSAGES,
        SSE,
        "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n\
         data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"@\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n",
        "model_context_window_exceeded",
        "end_turn",
    ),
    (
        GEMINI,
        JSON,
        r#"{"candidates":[{"finishReason":"STOP"},{"index":1,"finishReason":"@"}]}"#,
        "MAX_TOKENS",
        "STOP",
    ),
    (
        GEMINI_STREAM,
        JSON,
        r#"[{"candidates":[{"content":{"parts":[{"text":"a"}]}}]},{"candidates":[{"finishReason":"@"}]}]"#,
        "MAX_TOKENS",
        "STOP",
    ),
    (
        CONVERSE,
        JSON,
        r#"{"output":{},"stopReason":"@"}"#,
        "max_tokens",
        "end_turn",
    ),
    (
        OLLAMA,
        LINES,
        "{\"message\":{\"content\":\"a\"},\"done\":false}\n{\"done\":true,\"done_reason\":\"@\"}\n",
        "length",
        "stop",
    ),
];

/// What is counted of an answer, by the model alone.
async fn exchanged(url: &str, content_type: &str, body: String) -> (f64, f64) {
    let scrape = Scrape::install();
    let request = post(url, r#"{"model":"gpt-x"}"#);
    let response = send(&paused().build(), request, whole(200, content_type, body)).await;
    response.into_body().collect().await.unwrap();
    let samples = scrape.samples();
    let sum = |name: &str, status: &str| {
        let lines = samples.iter().filter(|line| line.starts_with(name));
        let lines = lines.filter(|line| line.contains(r#"model="gpt-x""#) && line.contains(status));
        lines
            .map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap())
            .sum()
    };
    (
        sum("llm_requests_total", "success"),
        sum("llm_truncated_answers_total", ""),
    )
}

#[tokio::test(start_paused = true)]
async fn every_format_is_read_as_it_passes_by() {
    for (url, content_type, body, limit, other) in FORMATS {
        for (reason, counted) in [(limit, 1.0), (other, 0.0)] {
            let body = body.replace('@', reason);
            let counts = exchanged(url, content_type, body.clone()).await;
            assert_eq!(counts, (1.0, counted), "{url} {body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_exchange_that_fails_or_breaks_off_counts_nothing() {
    let cut = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}\n\n";
    let open = "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"a\"}}]}\n\n";
    let error = "data: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n";
    let reset = || Err(io::Error::from(io::ErrorKind::ConnectionReset));
    for (body, read) in [
        (vec![Ok(cut), Ok(error)], true),
        (vec![Ok(open), Ok(cut)], true),
        (vec![Ok(cut), reset()], true),
        (vec![Ok(open), Ok(cut), Ok("")], false),
    ] {
        let scrape = Scrape::install();
        let metrics = paused().build();
        metrics.allow_models("openai", ["gpt-x"]);
        let frames = body.len();
        let body = body.into_iter().map(|piece| (millis(1), piece)).collect();
        let request = post(CHAT, r#"{"model":"gpt-x"}"#);
        let response = send(&metrics, request, pieces(SSE, body)).await;
        let mut body = response.into_body();
        if read {
            let _ = body.collect().await;
            assert_eq!(counts(&scrape, "error"), (Some(1.0), Some(0.0)));
        } else {
            for _ in 1..frames {
                body.frame().await.unwrap().unwrap();
            }
            drop(body);
            assert_eq!(counts(&scrape, "cancelled"), (Some(1.0), Some(0.0)));
        }
    }
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let refused = whole(500, JSON, r#"{"choices":[{"finish_reason":"length"}]}"#);
    let response = send(&metrics, post(CHAT, r#"{"model":"gpt-x"}"#), refused).await;
    response.into_body().collect().await.unwrap();
    assert_eq!(counts(&scrape, "error"), (Some(1.0), Some(0.0)));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_leaves_after_the_limit_saw_a_truncated_answer() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    let cut = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}\n\n";
    let request = post(CHAT, r#"{"model":"gpt-x"}"#);
    let body = vec![(millis(1), Ok(cut)), (millis(1_000), Ok(""))];
    let mut body = send(&metrics, request, pieces(SSE, body)).await.into_body();
    body.frame().await.unwrap().unwrap();
    drop(body);
    assert_eq!(counts(&scrape, "success"), (Some(1.0), Some(1.0)));
}
