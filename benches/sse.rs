//! One stream through the tap, beside a parser of every event and a bare search.

mod support;

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group};
use eventsource_stream::Eventsource as _;
use futures_util::StreamExt as _;
use llm_vitals_benches::{Bound, Table, measures};
use llm_vitals_provider::wire::SseTap;
use serde::Deserialize;

use crate::support::streams::sse;

const GROUP: &str = "sse";
const EVENTS: usize = 10_000;
/// Shorter than an event, so that each is cut.
const READ: usize = 230;

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

/// What differs between servers: whether each chunk has a null usage, and blanks after colons.
const KINDS: [(&str, bool, bool); 3] = [
    ("", false, false),
    ("-null", true, false),
    ("-spaced", true, true),
];

fn streams(c: &mut Criterion) {
    let mut group = c.benchmark_group(GROUP);
    for (name, null_usage, spaced) in KINDS {
        let stream = Bytes::from(sse(EVENTS, null_usage, spaced));
        let events = events(&stream);
        let reads: Vec<Bytes> = (0..stream.len())
            .step_by(READ)
            .map(|at| stream.slice(at..stream.len().min(at + READ)))
            .collect();
        group.throughput(Throughput::Bytes(stream.len() as u64));
        group.bench_function(format!("tap{name}"), |b| b.iter(|| tap(&events)));
        group.bench_function(format!("tap-cut{name}"), |b| b.iter(|| tap(&reads)));
        group.bench_function(format!("eventsource{name}"), |b| b.iter(|| parse(&events)));
        group.bench_function(format!("memchr{name}"), |b| {
            b.iter(|| {
                let ends = |read: &Bytes| memchr::memchr_iter(b'\n', read).count();
                events.iter().map(ends).sum::<usize>()
            });
        });
    }
    group.finish();
}

/// The stream as a server sends it: one read for each event.
fn events(stream: &Bytes) -> Vec<Bytes> {
    let mut from = 0;
    let ends = memchr::memmem::find_iter(stream, b"\n\n");
    ends.map(|end| {
        let event = stream.slice(from..end + 2);
        from = end + 2;
        event
    })
    .collect()
}

fn tap(reads: &[Bytes]) -> Option<llm_vitals_provider::Usage> {
    let mut tap = SseTap::default();
    for read in reads {
        tap.push(read);
    }
    black_box(tap.usage())
}

fn parse(reads: &[Bytes]) -> Option<u64> {
    let reads = reads.iter().cloned().map(Ok::<_, std::io::Error>);
    let events = futures_util::stream::iter(reads).eventsource();
    let usages = events.filter_map(|event| {
        let data = event.map(|event| event.data).unwrap_or_default();
        let chunk = serde_json::from_str::<Chunk>(&data).ok();
        std::future::ready(chunk.and_then(|chunk| chunk.usage))
    });
    let last = usages.fold(None, |_, usage| std::future::ready(Some(usage)));
    let last = support::chat::ready_now(Box::pin(last));
    black_box(last.map(|usage| usage.prompt_tokens + usage.completion_tokens))
}

fn table() {
    let mut table = Table::new(GROUP);
    #[expect(clippy::cast_precision_loss, reason = "a small constant")]
    let event = |table: &Table, id: &str| table.nanos(id) / EVENTS as f64;
    for (name, what) in [
        ("", "no usage"),
        ("-null", "a null usage"),
        ("-spaced", "a null usage, blanks after colons"),
    ] {
        let tap = event(&table, &format!("tap{name}"));
        let cut = event(&table, &format!("tap-cut{name}"));
        let parsed = event(&table, &format!("eventsource{name}"));
        let searched = event(&table, &format!("memchr{name}"));
        table = table
            .row(
                &format!("tap, each event ({what})"),
                tap,
                " ns",
                Bound::AtMost(35.0),
            )
            .row(
                "  eventsource-stream + serde_json / tap",
                parsed / tap,
                " x",
                Bound::AtLeast(20.0),
            )
            .row(
                "  tap / counting line ends by memchr",
                tap / searched,
                " x",
                Bound::None,
            )
            .row(
                "  tap where every event is cut by a read",
                cut,
                " ns",
                Bound::None,
            );
    }
    table.print();
}

criterion_group!(benches, streams);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    if measures() {
        table();
    }
}
