//! Heap allocations of the layer and the tap, and the memory of a million calls that nobody scrapes.

mod support;

use std::fs;

use allocation_counter::measure;
use llm_vitals_benches::{Bound, Table, measures};
use llm_vitals_cost::Overrides;
use llm_vitals_provider::wire::SseTap;
use llm_vitals_tower::LlmMetrics;
use metrics_exporter_prometheus::PrometheusBuilder;
use tower_layer::Layer;

use crate::support::chat::{Ask, Bare, poll};
use crate::support::streams::sse;

const CALLS: u32 = 10_000;

fn main() {
    if !measures() {
        return;
    }
    let exposition = llm_vitals_prometheus::Prometheus::builder()
        .with_histograms(llm_vitals_tower::HISTOGRAMS)
        .install()
        .expect("no other recorder in this process");
    let overrides = r#"{"bench": {"*": {"prompt": 2.5, "completion": 10}}}"#;
    let prices = Overrides::from_json(overrides).expect("the prices are valid");
    let metrics = LlmMetrics::builder()
        .with_prices(std::sync::Arc::new(prices))
        .build();
    metrics.allow_models("bench", ["bench"]);
    let mut service = metrics.layer("bench").layer(Bare);
    for _ in 0..CALLS {
        poll(&mut service, Ask("bench"));
    }
    let calls = measure(|| {
        for _ in 0..CALLS {
            poll(&mut service, Ask("bench"));
        }
    });

    let stream = sse(CALLS as usize, true, false);
    let text = String::from_utf8(stream).expect("the stream is text");
    let events: Vec<&str> = text.split_inclusive("\n\n").collect();
    // The first events find the first token; the last ones carry the usage.
    let (begin, rest) = events.split_at(10);
    let (middle, _) = rest.split_at(rest.len() - 3);
    let mut tap = SseTap::default();
    begin.iter().for_each(|event| tap.push(event.as_bytes()));
    let whole = measure(|| {
        middle.iter().for_each(|event| tap.push(event.as_bytes()));
    });

    let before = resident();
    for _ in 0..1_000_000 {
        poll(&mut service, Ask("bench"));
    }
    let grown = resident() - before;
    let exporter_grown = exporter_grown();
    assert!(
        exposition.render().contains("llm_requests_total"),
        "the calls were recorded"
    );

    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    Table::new("allocations")
        .row(
            "heap allocations of a call",
            calls.count_total as f64 / f64::from(CALLS),
            "",
            Bound::AtMost(0.0),
        )
        .row(
            "heap allocations of a stream's events",
            whole.count_total as f64,
            "",
            Bound::AtMost(0.0),
        )
        .row(
            "resident memory after 1,000,000 calls without a scrape",
            grown,
            " MiB",
            Bound::AtMost(2.0),
        )
        .row(
            "the same samples in the exporter's own histogram",
            exporter_grown,
            " MiB",
            Bound::None,
        )
        .print();
}

/// How much the exporter grows by a million samples of one histogram that nobody scrapes.
fn exporter_grown() -> f64 {
    let builder = PrometheusBuilder::new().set_buckets(llm_vitals_tower::HISTOGRAMS[0].1);
    let recorder = builder.expect("the buckets are not empty").build_recorder();
    metrics::with_local_recorder(&recorder, || {
        let duration = metrics::histogram!("llm_request_duration_seconds");
        duration.record(0.3);
        let before = resident();
        for _ in 0..1_000_000 {
            duration.record(0.3);
        }
        resident() - before
    })
}

/// Resident memory in MiB.
fn resident() -> f64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(f64::NAN);
    pages * 4096.0 / 1_048_576.0
}
