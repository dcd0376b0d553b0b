//! The HTTP layer, around services that answer as the test says.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use llm_vitals_tower::{LlmMetrics, Tapped};
use tower::{Layer, Service, ServiceExt as _, service_fn};

use crate::support::{Scrape, in_flight, millis, paused};

pub(crate) type Answer = Response<UnsyncBoxBody<Bytes, io::Error>>;

/// Sends `request` through the layer to a service that reads its body and answers after 10 ms with `answer`.
pub(crate) async fn send(
    metrics: &LlmMetrics,
    request: Request<Full<Bytes>>,
    answer: Answer,
) -> Response<Tapped<UnsyncBoxBody<Bytes, io::Error>>> {
    let mut answer = Some(answer);
    let service = service_fn(move |request: Request<Tapped<Full<Bytes>>>| {
        let answer = answer.take().expect("asked once");
        async move {
            request
                .into_body()
                .collect()
                .await
                .expect("a whole body cannot fail");
            tokio::time::sleep(millis(10)).await;
            Ok::<_, Infallible>(answer)
        }
    });
    let service = metrics.http_layer().layer(service);
    match service.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

pub(crate) fn post(url: &str, body: &'static str) -> Request<Full<Bytes>> {
    Request::post(url)
        .body(Full::new(Bytes::from_static(body.as_bytes())))
        .unwrap()
}

fn openai() -> Request<Full<Bytes>> {
    post(
        "https://api.openai.com/v1/chat/completions",
        r#"{"messages":[],"model":"gpt-x"}"#,
    )
}

pub(crate) fn whole(status: u16, content_type: &str, body: impl Into<Bytes>) -> Answer {
    let body = Full::new(body.into())
        .map_err(|never| match never {})
        .boxed_unsync();
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body)
        .unwrap()
}

/// A body whose pieces come each after its delay.
pub(crate) fn pieces(
    content_type: &str,
    pieces: Vec<(Duration, io::Result<&'static str>)>,
) -> Answer {
    let frames = stream::iter(pieces).then(|(delay, piece)| async move {
        tokio::time::sleep(delay).await;
        piece.map(|piece| Frame::data(Bytes::from_static(piece.as_bytes())))
    });
    let body = StreamBody::new(frames).boxed_unsync();
    Response::builder()
        .header("content-type", content_type)
        .body(body)
        .unwrap()
}

const TEXT: &str =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
const STOP: &str = "data: {\"model\":\"gpt-x-2026\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const USAGE: &str =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

fn requests(scrape: &Scrape, status: &str) -> f64 {
    let series = format!(
        r#"llm_requests_total{{provider="openai",model="gpt-x",operation="chat",status="{status}"}}"#
    );
    scrape.value(&series).unwrap_or(0.0)
}

fn error(scrape: &Scrape) -> Option<String> {
    let samples = scrape.samples();
    let line = samples
        .iter()
        .find(|line| line.starts_with("llm_errors_total"))?;
    Some(
        line.split_once("error_type=\"")?
            .1
            .split('"')
            .next()?
            .to_owned(),
    )
}

fn metrics() -> LlmMetrics {
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    metrics
}

#[tokio::test(start_paused = true)]
async fn a_whole_answer_passes_unchanged_and_is_counted_at_its_end() {
    let scrape = Scrape::install();
    let body = r#"{"id":"c","model":"gpt-x-2026","choices":[{"message":{"content":"\"usage\":{}"}}],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}"#;
    let response = send(&metrics(), openai(), whole(200, "application/json", body)).await;
    assert_eq!(response.body().size_hint().exact(), Some(body.len() as u64));
    assert_eq!(response.headers()["content-type"], "application/json");
    tokio::time::advance(millis(40)).await;
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        body
    );
    assert_eq!(
        scrape.samples(),
        [
            r#"llm_cost_unknown_requests_total{provider="openai",model="gpt-x",reason="no_price"} 1"#,
            r#"llm_request_duration_seconds_count{provider="openai",model="gpt-x",operation="chat",status="success"} 1"#,
            r#"llm_request_duration_seconds_sum{provider="openai",model="gpt-x",operation="chat",status="success"} 0.05"#,
            r#"llm_requests_total{provider="openai",model="gpt-x",operation="chat",status="success"} 1"#,
            r#"llm_tokens_total{provider="openai",model="gpt-x",type="completion"} 5"#,
            r#"llm_tokens_total{provider="openai",model="gpt-x",type="prompt"} 3"#,
            r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="reported"} 1"#,
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_timed_by_its_tokens() {
    let scrape = Scrape::install();
    let role = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    let comment = ": keep-alive\n\n";
    let answer = pieces(
        "text/event-stream; charset=utf-8",
        [
            (5, comment),
            (5, role),
            (80, TEXT),
            (100, STOP),
            (100, USAGE),
            (0, DONE),
        ]
        .map(|(delay, piece)| (millis(delay), Ok(piece)))
        .into(),
    );
    let response = send(&metrics(), openai(), answer).await;
    let read = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(read, [comment, role, TEXT, STOP, USAGE, DONE].concat());
    let model = r#"{provider="openai",model="gpt-x"}"#;
    for (name, seconds) in [
        ("llm_time_to_first_chunk_seconds_sum", 0.02),
        ("llm_time_to_first_token_seconds_sum", 0.1),
        ("llm_time_per_output_token_seconds_sum", 0.05),
    ] {
        assert_eq!(
            scrape.value(&format!("{name}{model}")),
            Some(seconds),
            "{name}"
        );
    }
    assert_eq!(requests(&scrape, "success"), 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stops_at_the_marker_saw_a_success() {
    let scrape = Scrape::install();
    let answer = pieces(
        "text/event-stream",
        vec![
            (millis(1), Ok(TEXT)),
            (millis(1), Ok(STOP)),
            (millis(1), Ok(USAGE)),
            (millis(1), Ok(DONE)),
            (millis(1_000), Ok("")),
        ],
    );
    let mut body = send(&metrics(), openai(), answer).await.into_body();
    for _ in 0..4 {
        body.frame().await.unwrap().unwrap();
    }
    drop(body);
    assert_eq!(requests(&scrape, "success"), 1.0);
    let tokens = r#"llm_tokens_total{provider="openai",model="gpt-x",type="completion"}"#;
    assert_eq!(scrape.value(tokens), Some(5.0));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_is_cancelled() {
    let scrape = Scrape::install();
    let answer = pieces(
        "text/event-stream",
        vec![(millis(1), Ok(TEXT)), (millis(1_000), Ok(STOP))],
    );
    let metrics = metrics();
    let mut body = send(&metrics, openai(), answer).await.into_body();
    body.frame().await.unwrap().unwrap();
    assert!(body.frame().now_or_never().is_none());
    assert_eq!(in_flight(&metrics, "openai"), "1");
    drop(body);
    assert_eq!(
        (requests(&scrape, "cancelled"), requests(&scrape, "error")),
        (1.0, 0.0)
    );
    assert_eq!(in_flight(&metrics, "openai"), "0");
    let missing = r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="missing"}"#;
    assert_eq!(scrape.value(missing), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_before_the_head_is_cancelled() {
    let scrape = Scrape::install();
    let service = service_fn(async |request: Request<Tapped<Full<Bytes>>>| {
        request.into_body().collect().await.unwrap();
        std::future::pending::<Result<Answer, Infallible>>().await
    });
    let mut service = metrics().http_layer().layer(service);
    let mut call = Box::pin(service.call(openai()));
    assert!((&mut call).now_or_never().is_none());
    drop(call);
    // Its body had named the model by then, and nobody was there any more to hear of it.
    let all = r#"llm_requests_total{provider="openai",model="gpt-x",operation="chat",status="cancelled"}"#;
    assert_eq!(scrape.value(all), Some(1.0), "{:#?}", scrape.samples());
}

#[tokio::test(start_paused = true)]
async fn broken_streams_are_errors() {
    let overloaded = "data: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n";
    let reset = || Err(io::Error::from(io::ErrorKind::ConnectionReset));
    let slow = || Err(io::Error::from(io::ErrorKind::TimedOut));
    for (kind, rest) in [
        ("stream_interrupted", vec![]),
        ("stream_interrupted", vec![(millis(1), reset())]),
        ("timeout", vec![(millis(1), slow())]),
        ("overloaded", vec![(millis(1), Ok(overloaded))]),
    ] {
        let scrape = Scrape::install();
        let mut all = vec![(millis(1), Ok(TEXT))];
        all.extend(rest);
        let response = send(&metrics(), openai(), pieces("text/event-stream", all)).await;
        let _ = response.into_body().collect().await;
        assert_eq!(error(&scrape).as_deref(), Some(kind));
        assert_eq!(
            (requests(&scrape, "error"), requests(&scrape, "success")),
            (1.0, 0.0)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_are_classified_by_status_and_body() {
    for (status, body, kind) in [
        (
            429,
            r#"{"error":{"code":"insufficient_quota","message":"x"}}"#,
            "quota",
        ),
        (429, "slow down", "rate_limited"),
        (401, "", "auth"),
        (
            400,
            r#"{"error":{"code":"context_length_exceeded"}}"#,
            "context_length",
        ),
        (500, "<html>", "server"),
        (503, "", "overloaded"),
        (307, "", "other"),
    ] {
        let scrape = Scrape::install();
        let response = send(
            &metrics(),
            openai(),
            whole(status, "application/json", body),
        )
        .await;
        assert_eq!(
            response.into_body().collect().await.unwrap().to_bytes(),
            body
        );
        assert_eq!(error(&scrape).as_deref(), Some(kind), "{status} {body}");
        assert_eq!(requests(&scrape, "error"), 1.0);
        assert!(
            !scrape.text().contains("llm_usage_reports_total"),
            "a refusal reports no usage"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_nobody_reads_is_still_one() {
    let scrape = Scrape::install();
    drop(send(&metrics(), openai(), whole(429, "application/json", "{}")).await);
    assert_eq!(error(&scrape).as_deref(), Some("rate_limited"));
    assert_eq!(
        (requests(&scrape, "error"), requests(&scrape, "cancelled")),
        (1.0, 0.0)
    );
}

#[tokio::test(start_paused = true)]
async fn garbage_is_a_decode_error() {
    for body in ["nonsense", "\"text\"", r#"{"model":"x"} trailing {"#] {
        let scrape = Scrape::install();
        let response = send(&metrics(), openai(), whole(200, "application/json", body)).await;
        assert_eq!(
            response.into_body().collect().await.unwrap().to_bytes(),
            body
        );
        assert_eq!(error(&scrape).as_deref(), Some("decode"), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_compressed_answer_passes_and_its_usage_is_missing() {
    let scrape = Scrape::install();
    let mut answer = whole(200, "application/json", &b"\x1f\x8b\x08\x00 not really"[..]);
    answer
        .headers_mut()
        .insert("content-encoding", "gzip".parse().unwrap());
    let response = send(&metrics(), openai(), answer).await;
    assert_eq!(
        response
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .len(),
        15
    );
    assert_eq!(requests(&scrape, "success"), 1.0);
    let missing = r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="missing"}"#;
    assert_eq!(scrape.value(missing), Some(1.0));
    let unknown =
        r#"llm_cost_unknown_requests_total{provider="openai",model="gpt-x",reason="no_usage"}"#;
    assert_eq!(scrape.value(unknown), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn other_apis_are_told_by_their_addresses() {
    let anthropic = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-x\",\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":20,\"output_tokens\":1}}}\n\n\
        event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n\
        event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":7}}\n\n\
        event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    let gemini = r#"[{"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]},
        {"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2,"thoughtsTokenCount":6,"totalTokenCount":12}}]"#;
    let responses = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n\
        data: {\"type\":\"response.completed\",\"response\":{\"model\":\"gpt-x\",\"usage\":{\"input_tokens\":9,\"output_tokens\":3}}}\n\n";
    let bedrock =
        r#"{"output":{},"stopReason":"end_turn","usage":{"inputTokens":30,"outputTokens":6}}"#;
    for (url, body, content_type, answer, series, prompt, completion) in [
        (
            "https://api.anthropic.com/v1/messages",
            r#"{"model":"claude-x","max_tokens":9}"#,
            "text/event-stream",
            anthropic,
            r#"provider="anthropic",model="claude-x",operation="chat""#,
            25.0,
            7.0,
        ),
        (
            "https://generativelanguage.googleapis.com/v1beta/models/gemini-x:streamGenerateContent",
            "{}",
            "application/json",
            gemini,
            r#"provider="gemini",model="gemini-x",operation="chat""#,
            4.0,
            8.0,
        ),
        (
            "https://api.openai.com/v1/responses",
            r#"{"input":"Hello","model":"gpt-x"}"#,
            "text/event-stream",
            responses,
            r#"provider="openai",model="gpt-x",operation="responses""#,
            9.0,
            3.0,
        ),
        (
            "https://bedrock-runtime.eu-west-1.amazonaws.com/model/claude-x%3A0/converse",
            "{}",
            "application/json",
            bedrock,
            r#"provider="bedrock",model="claude-x:0",operation="chat""#,
            30.0,
            6.0,
        ),
        (
            "http://127.0.0.1:11434/api/chat",
            r#"{"model":"llama-x"}"#,
            "application/x-ndjson",
            "{\"message\":{\"content\":\"Hi\"},\"done\":false}\n{\"done\":true,\"prompt_eval_count\":26,\"eval_count\":298}\n",
            r#"provider="other",model="llama-x",operation="chat""#,
            26.0,
            298.0,
        ),
    ] {
        let scrape = Scrape::install();
        let response = send(
            &paused().build(),
            post(url, body),
            whole(200, content_type, answer),
        )
        .await;
        response.into_body().collect().await.unwrap();
        let status = format!(r#"llm_requests_total{{{series},status="success"}}"#);
        assert_eq!(
            scrape.value(&status),
            Some(1.0),
            "{url}: {:#?}",
            scrape.samples()
        );
        let (labels, _) = series.split_once(",operation").unwrap();
        let tokens =
            |kind: &str| scrape.value(&format!(r#"llm_tokens_total{{{labels},type="{kind}"}}"#));
        assert_eq!(
            (tokens("prompt"), tokens("completion")),
            (Some(prompt), Some(completion)),
            "{url}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_call_to_a_model_has_no_usage_to_miss() {
    let scrape = Scrape::install();
    let list = Request::get("https://api.openai.com/v1/models")
        .body(Full::default())
        .unwrap();
    let response = send(
        &metrics(),
        list,
        whole(200, "application/json", r#"[{"id":"gpt-x"}]"#),
    )
    .await;
    response.into_body().collect().await.unwrap();
    let no_content = Request::delete("https://api.openai.com/v1/files/1")
        .body(Full::default())
        .unwrap();
    drop(send(&metrics(), no_content, whole(204, "text/plain", "")).await);
    let series =
        r#"llm_requests_total{provider="openai",model="other",operation="other",status="success"}"#;
    assert_eq!(scrape.value(series), Some(2.0), "{:#?}", scrape.samples());
    let text = scrape.text();
    assert!(
        !text.contains("llm_usage_reports_total") && !text.contains("llm_label_overflow_total"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn only_a_post_asks_a_model() {
    for method in ["GET", "OPTIONS", "DELETE"] {
        let scrape = Scrape::install();
        let mut request = openai();
        *request.method_mut() = method.parse().unwrap();
        let stored = r#"{"object":"list","data":[]}"#;
        let response = send(&metrics(), request, whole(200, "application/json", stored)).await;
        response.into_body().collect().await.unwrap();
        let samples = scrape.samples();
        let other = |line: &String| line.contains(r#"operation="other",status="success"}"#);
        assert!(
            samples.iter().all(other) && !samples.is_empty(),
            "{method}: {samples:#?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_whole_service_is_measured_as_http_too() {
    for (status, ended) in [(200, "success"), (302, "error"), (503, "error")] {
        let scrape = Scrape::install();
        let mut answer = Some(whole(
            status,
            "application/json",
            r#"{"model":"m","choices":[]}"#,
        ));
        let service = service_fn(move |_: Request<Tapped<Full<Bytes>>>| {
            std::future::ready(Ok::<_, Infallible>(answer.take().unwrap()))
        });
        let service = metrics().http_service_layer().layer(service);
        let response = service.oneshot(openai()).await.unwrap();
        response.into_body().collect().await.unwrap();
        let operation = r#"operation="chat""#;
        assert_eq!(
            scrape.samples(),
            [
                format!(
                    r#"llm_service_request_duration_seconds_count{{{operation},status="{ended}"}} 1"#
                ),
                format!(r#"llm_service_requests_total{{{operation},status="{ended}"}} 1"#),
            ]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_may_be_named() {
    let scrape = Scrape::install();
    let metrics = metrics();
    let service = service_fn(async |_: Request<Tapped<Full<Bytes>>>| {
        Ok::<_, Infallible>(whole(
            200,
            "application/json",
            r#"{"model":"m","usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
        ))
    });
    let layer = metrics.http_layer().with_provider("mine");
    // In absolute form or by a header: both name the host, and neither counts here.
    let request = post("/v1/chat/completions", r#"{"model":"m"}"#);
    layer
        .layer(service)
        .oneshot(request)
        .await
        .unwrap()
        .into_body()
        .collect()
        .await
        .unwrap();
    // The service did not read the request, so that the answer's model stands in.
    let series =
        r#"llm_requests_total{provider="mine",model="m",operation="chat",status="success"}"#;
    assert_eq!(scrape.value(series), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn rate_limits_come_from_the_head() {
    let _scrape = Scrape::install();
    let metrics = metrics();
    let mut answer = whole(429, "text/plain", "");
    let headers = answer.headers_mut();
    for (name, value) in [
        ("x-ratelimit-limit-requests", "60"),
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "1m30s"),
    ] {
        headers.insert(name, value.parse().unwrap());
    }
    drop(send(&metrics, openai(), answer).await);
    let mut text = String::new();
    metrics.render(&mut text);
    assert!(
        text.contains("llm_rate_limit_remaining{provider=\"openai\",resource=\"requests\"} 0\n"),
        "{text}"
    );
    assert!(
        text.contains(
            "llm_rate_limit_reset_seconds{provider=\"openai\",resource=\"requests\"} 90\n"
        ),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn trailers_and_errors_pass() {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-checksum", "1".parse().unwrap());
    let frames = [
        Ok(Frame::data(Bytes::from_static(b"{}"))),
        Ok(Frame::trailers(trailers)),
        Err(io::Error::other("x")),
    ];
    let body = StreamBody::new(stream::iter(frames)).boxed_unsync();
    let answer = Response::builder()
        .header("content-type", "application/json")
        .body(body)
        .unwrap();
    let mut body = send(&metrics(), openai(), answer).await.into_body();
    assert_eq!(
        body.frame().await.unwrap().unwrap().into_data().unwrap(),
        "{}"
    );
    assert_eq!(
        body.frame()
            .await
            .unwrap()
            .unwrap()
            .into_trailers()
            .unwrap()["x-checksum"],
        "1"
    );
    assert_eq!(body.frame().await.unwrap().unwrap_err().to_string(), "x");
}

#[tokio::test(start_paused = true)]
async fn trailers_end_a_body_that_cannot_be_read() {
    let scrape = Scrape::install();
    let frames = [
        Ok(Frame::data(Bytes::from_static(b"sound"))),
        Ok(Frame::trailers(HeaderMap::new())),
    ];
    let body = StreamBody::new(stream::iter(frames)).boxed_unsync();
    let answer = Response::builder()
        .header("content-type", "audio/mpeg")
        .body(body)
        .unwrap();
    let request = post(
        "https://api.openai.com/v1/audio/speech",
        r#"{"model":"gpt-x"}"#,
    );
    let mut body = send(&metrics(), request, answer).await.into_body();
    body.frame().await.unwrap().unwrap();
    body.frame().await.unwrap().unwrap();
    drop(body);
    let series =
        r#"llm_requests_total{provider="openai",model="gpt-x",operation="audio",status="success"}"#;
    assert_eq!(scrape.value(series), Some(1.0), "{:#?}", scrape.samples());
}

/// A body of two pieces in one frame.
struct Chained(Option<bytes::buf::Chain<Bytes, Bytes>>);

impl Body for Chained {
    type Data = bytes::buf::Chain<Bytes, Bytes>;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Self::Data>, Infallible>>> {
        std::task::Poll::Ready(self.0.take().map(|data| Ok(Frame::data(data))))
    }
}

#[tokio::test(start_paused = true)]
async fn a_frame_of_several_pieces_is_seen_whole() {
    let scrape = Scrape::install();
    let service = service_fn(async |_: Request<Tapped<Full<Bytes>>>| {
        let (a, b) = (
            &br#"{"model":"gpt-x","usage":{"prompt_"#[..],
            &br#"tokens":3,"completion_tokens":5}}"#[..],
        );
        let body = Chained(Some(Bytes::from_static(a).chain(Bytes::from_static(b))));
        Response::builder()
            .header("content-type", "application/json")
            .body(body)
    });
    let response = metrics()
        .http_layer()
        .layer(service)
        .oneshot(openai())
        .await
        .unwrap();
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        frame.unwrap();
    }
    let tokens = r#"llm_tokens_total{provider="openai",model="gpt-x",type="completion"}"#;
    assert_eq!(scrape.value(tokens), Some(5.0));
}
