//! A streamed answer of 1,000 events through the layers, typed and as HTTP, beside the same stream without them.

mod support;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group};
use futures_util::stream::{self, StreamExt as _};
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::Empty;
use llm_vitals_benches::{Bound, Table, measures};
use llm_vitals_provider::{ChatChunk, ChatReply, ChatStream, Usage};
use llm_vitals_tower::LlmMetrics;
use tower_layer::Layer;
use tower_service::Service;

use crate::support::chat::ready_now;
use crate::support::streams::sse;

const GROUP: &str = "streams";
const EVENTS: usize = 1_000;

fn streams(c: &mut Criterion) {
    let recorder = llm_vitals_prometheus::Prometheus::builder()
        .with_histograms(llm_vitals_tower::HISTOGRAMS)
        .install();
    let _exposition = recorder.expect("no other recorder in this process");
    let metrics = LlmMetrics::new();
    metrics.allow_models("bench", ["gpt-x"]);
    let mut group = c.benchmark_group(GROUP);

    let chunks = chunks();
    let mut layered = metrics.layer("bench").layer(Typed);
    group.bench_function("typed-bare", |b| {
        b.iter_batched(
            || chunks.clone(),
            |chunks| read(&mut Typed, Ask(chunks)),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("typed-layer", |b| {
        b.iter_batched(
            || chunks.clone(),
            |chunks| read(&mut layered, Ask(chunks)),
            BatchSize::LargeInput,
        );
    });

    let frames = frames();
    let mut layered = metrics
        .http_layer()
        .with_provider("bench")
        .layer(Http(frames.clone()));
    let mut bare = Http(frames);
    group.bench_function("http-bare", |b| b.iter(|| exchange(&mut bare)));
    group.bench_function("http-layer", |b| b.iter(|| exchange(&mut layered)));
    group.finish();
}

/// A request that brings its answer.
struct Ask(Vec<ChatChunk>);

impl llm_vitals_tower::LlmRequest for Ask {
    fn model(&self) -> &str {
        "gpt-x"
    }

    fn operation(&self) -> llm_vitals_provider::Operation {
        llm_vitals_provider::Operation::Chat
    }
}

/// Streams what the request brings.
#[derive(Clone, Copy)]
struct Typed;

impl Service<Ask> for Typed {
    type Response = ChatReply;
    type Error = Infallible;
    type Future = Ready<Result<ChatReply, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, ask: Ask) -> Self::Future {
        ready(Ok(ChatReply::Stream(ChatStream::new(stream::iter(
            ask.0.into_iter().map(Ok),
        )))))
    }
}

fn chunks() -> Vec<ChatChunk> {
    let text = (0..EVENTS).map(|event| ChatChunk::text("gpt-x", format!(" token{event}")));
    let end = [
        ChatChunk::finish("gpt-x", "stop"),
        ChatChunk::new("gpt-x", vec![]).with_usage(Usage::new(120, 40)),
    ];
    text.chain(end).collect()
}

fn read<S>(service: &mut S, ask: Ask)
where
    S: Service<Ask, Response = ChatReply, Error = Infallible>,
{
    let ChatReply::Stream(mut chunks) = now(service, ask) else {
        unreachable!("the service streams");
    };
    while let Some(chunk) = ready_now(chunks.next()) {
        black_box(chunk.is_ok());
    }
}

/// One frame for each event.
fn frames() -> Vec<Bytes> {
    let text = String::from_utf8(sse(EVENTS, false, false)).unwrap_or_default();
    text.split_inclusive("\n\n")
        .map(|event| Bytes::copy_from_slice(event.as_bytes()))
        .collect()
}

/// Answers each request with the same frames.
#[derive(Clone)]
struct Http(Vec<Bytes>);

struct Frames(std::vec::IntoIter<Bytes>);

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl<B> Service<Request<B>> for Http {
    type Response = Response<Frames>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Frames>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<B>) -> Self::Future {
        let mut response = Response::new(Frames(self.0.clone().into_iter()));
        let kind = http::HeaderValue::from_static("text/event-stream");
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, kind);
        ready(Ok(response))
    }
}

fn exchange<S, B>(service: &mut S)
where
    S: Service<Request<Empty<Bytes>>, Response = Response<B>, Error = Infallible>,
    B: Body,
{
    let request = Request::post("http://localhost/v1/chat/completions").body(Empty::new());
    let response = now(service, request.unwrap_or_default());
    let mut cx = Context::from_waker(Waker::noop());
    let mut body = pin!(response.into_body());
    while let Poll::Ready(Some(frame)) = Pin::as_mut(&mut body).poll_frame(&mut cx) {
        black_box(frame.is_ok());
    }
}

/// The answer of a service that answers at once.
fn now<S, R>(service: &mut S, request: R) -> S::Response
where
    S: Service<R, Error = Infallible>,
{
    let mut cx = Context::from_waker(Waker::noop());
    let future = pin!(service.call(request));
    match future.poll(&mut cx) {
        Poll::Ready(Ok(answer)) => answer,
        _ => unreachable!("the service answers at once"),
    }
}

fn table() {
    let table = Table::new(GROUP);
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    let over = |what: &str| {
        (table.nanos(&format!("{what}-layer")) - table.nanos(&format!("{what}-bare")))
            / EVENTS as f64
    };
    let (typed, http) = (over("typed"), over("http"));
    table
        .row(
            "typed layer, each event, over bare",
            typed,
            " ns",
            Bound::AtMost(35.0),
        )
        .row(
            "HTTP layer, each event, over bare",
            http,
            " ns",
            Bound::AtMost(35.0),
        )
        .print();
}

criterion_group!(benches, streams);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    if measures() {
        table();
    }
}
