//! A scrape of 10,000 series, by our exposition and by the exporter alone.

use criterion::{Criterion, criterion_group};
use llm_vitals_benches::{Bound, Table, measures};
use metrics_exporter_prometheus::PrometheusBuilder;

const GROUP: &str = "exposition";
const SERIES: usize = 10_000;
const BUCKETS: &[f64] = &[
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

fn fill() {
    for series in 0..SERIES {
        let model = format!("model-{series}");
        metrics::histogram!("bench_duration_seconds", "provider" => "bench", "model" => model.clone(), "operation" => "chat", "status" => "success")
            .record(0.3);
        metrics::counter!("bench_requests_total", "provider" => "bench", "model" => model, "operation" => "chat", "status" => "success")
            .increment(1);
    }
}

fn exposition(c: &mut Criterion) {
    let mut group = c.benchmark_group(GROUP);
    group.sample_size(20);

    let (recorder, ours) = llm_vitals_prometheus::Prometheus::builder()
        .with_histograms(&[("bench_duration_seconds", BUCKETS)])
        .build()
        .expect("the buckets are sorted");
    metrics::with_local_recorder(&recorder, fill);
    group.bench_function("ours", |b| b.iter(|| ours.render()));
    group.bench_function("ours-openmetrics", |b| b.iter(|| ours.render_openmetrics()));

    let recorder = PrometheusBuilder::new()
        .set_buckets(BUCKETS)
        .expect("the buckets are not empty")
        .build_recorder();
    let exporter = recorder.handle();
    metrics::with_local_recorder(&recorder, fill);
    group.bench_function("exporter", |b| b.iter(|| exporter.render()));
    group.finish();
}

fn table() {
    let table = Table::new(GROUP);
    let millis = |id: &str| table.nanos(id) / 1e6;
    let (ours, exporter) = (millis("ours"), millis("exporter"));
    let rows = [
        (
            "10,000 histograms and 10,000 counters",
            ours,
            " ms",
            Bound::None,
        ),
        (
            "the same as OpenMetrics",
            millis("ours-openmetrics"),
            " ms",
            Bound::None,
        ),
        (
            "metrics-exporter-prometheus alone",
            exporter,
            " ms",
            Bound::None,
        ),
        ("exporter / ours", exporter / ours, " x", Bound::None),
    ];
    rows.into_iter()
        .fold(table, |table, (what, value, unit, bound)| {
            table.row(what, value, unit, bound)
        })
        .print();
}

criterion_group!(benches, exposition);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    if measures() {
        table();
    }
}
