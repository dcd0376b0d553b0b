//! One call through the layer: bare, with the layer, and with what else one could use.

mod support;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group};
use llm_vitals_benches::{Bound, Table, measures};
use llm_vitals_cost::Overrides;
use llm_vitals_tower::LlmMetrics;
use opentelemetry::metrics::MeterProvider as _;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::{
    counter::Counter, family::Family, gauge::Gauge, histogram::Histogram,
};
use tower_layer::Layer;

use crate::support::chat::{Ask, Bare, Handles, macros, poll};
use crate::support::http::{BareHttp, exchange};

const GROUP: &str = "overhead";

fn overhead(c: &mut Criterion) {
    let recorder = llm_vitals_prometheus::Prometheus::builder()
        .with_histograms(llm_vitals_tower::HISTOGRAMS)
        .install();
    let _exposition = recorder.expect("no other recorder in this process");
    let mut group = c.benchmark_group(GROUP);

    group.bench_function("bare", |b| {
        b.iter(|| poll(&mut Bare, black_box(Ask("bench"))));
    });

    let metrics = LlmMetrics::builder().with_prices(prices()).build();
    metrics.allow_models("bench", ["bench", "bench-1", "bench-2", "bench-3"]);
    let mut layered = metrics.layer("bench").layer(Bare);
    group.bench_function("layer", |b| {
        b.iter(|| poll(&mut layered, black_box(Ask("bench"))));
    });

    let mut next = 0;
    group.bench_function("layer-4-models", |b| {
        b.iter(|| {
            next = (next + 1) % 4;
            poll(
                &mut layered,
                Ask(["bench", "bench-1", "bench-2", "bench-3"][next]),
            )
        });
    });

    let mut attempts = metrics.layer("bench").attempts().layer(Bare);
    group.bench_function("attempts", |b| {
        b.iter(|| poll(&mut attempts, black_box(Ask("bench"))));
    });

    let handles = Handles::new();
    group.bench_function("handles", |b| b.iter(|| handles.call(&mut Bare)));

    let clock = quanta::Clock::new();
    group.bench_function("macros", |b| b.iter(|| macros(&mut Bare, &clock)));

    let client = ClientFamilies::new();
    group.bench_function("prometheus-client", |b| b.iter(|| client.call(&mut Bare)));

    group.bench_function("http-bare", |b| b.iter(|| exchange(&mut BareHttp)));

    let mut layered = metrics.http_layer().with_provider("bench").layer(BareHttp);
    group.bench_function("http-layer", |b| b.iter(|| exchange(&mut layered)));

    let mut axum = axum_prometheus::BaseMetricLayer::new().layer(BareHttp);
    group.bench_function("axum-prometheus", |b| b.iter(|| exchange(&mut axum)));

    let registry = prometheus::Registry::new();
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry)
        .build();
    let provider = opentelemetry_sdk::metrics::SdkMeterProvider::builder()
        .with_reader(exporter.expect("the registry is empty"))
        .build();
    let mut otel = tower_otel::metrics::HttpLayer::client(&provider.meter("bench")).layer(BareHttp);
    group.bench_function("tower-otel", |b| b.iter(|| exchange(&mut otel)));

    opentelemetry::global::set_meter_provider(provider);
    let layer = opentelemetry_instrumentation_tower::http::server::LayerBuilder::builder()
        .with_tracing(false)
        .build();
    let mut otel = layer.expect("the defaults are valid").layer(BareHttp);
    group.bench_function("opentelemetry-instrumentation-tower", |b| {
        b.iter(|| exchange(&mut otel));
    });

    group.finish();
}

/// Prices of every model of the benchmark.
fn prices() -> Arc<dyn llm_vitals_cost::PriceBook> {
    let overrides = r#"{"bench": {"*": {"prompt": 2.5, "completion": 10}}}"#;
    Arc::new(Overrides::from_json(overrides).expect("the prices are valid"))
}

/// The same updates by prometheus-client's families, labels looked up for each call.
struct ClientFamilies {
    clock: quanta::Clock,
    in_flight: Family<Labels, Gauge>,
    requests: Family<Labels, Counter>,
    duration: Family<Labels, Histogram, Buckets>,
    tokens: Family<Labels, Counter>,
    reports: Family<Labels, Counter>,
    cost: Family<Labels, Counter>,
}

#[derive(Clone)]
struct Buckets;

impl prometheus_client::metrics::family::MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(llm_vitals_tower::HISTOGRAMS[0].1.iter().copied())
    }
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Labels {
    provider: &'static str,
    model: String,
    kind: &'static str,
}

impl ClientFamilies {
    fn new() -> Self {
        Self {
            clock: quanta::Clock::new(),
            in_flight: Family::default(),
            requests: Family::default(),
            duration: Family::new_with_constructor(Buckets),
            tokens: Family::default(),
            reports: Family::default(),
            cost: Family::default(),
        }
    }

    fn call(&self, service: &mut Bare) {
        let labels = |kind| Labels {
            provider: "bench",
            model: "client".to_owned(),
            kind,
        };
        let start = self.clock.raw();
        self.in_flight.get_or_create(&labels("")).inc();
        let answer = poll(service, Ask("client"));
        self.in_flight.get_or_create(&labels("")).dec();
        let nanos = self.clock.delta_as_nanos(start, self.clock.raw());
        self.requests.get_or_create(&labels("success")).inc();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        self.duration
            .get_or_create(&labels("success"))
            .observe(nanos as f64 * 1e-9);
        self.tokens
            .get_or_create(&labels("prompt"))
            .inc_by(answer.0.prompt_tokens);
        self.tokens
            .get_or_create(&labels("completion"))
            .inc_by(answer.0.completion_tokens);
        self.reports.get_or_create(&labels("reported")).inc();
        self.cost.get_or_create(&labels("")).inc_by(100_000);
    }
}

fn table() {
    let table = Table::new(GROUP);
    let bare = table.nanos("bare");
    let layer = table.nanos("layer") - bare;
    let http_bare = table.nanos("http-bare");
    let over = |id: &str| table.nanos(id) - bare;
    let over_http = |id: &str| table.nanos(id) - http_bare;
    let rows = [
        ("layer, over bare", layer, " ns", Bound::None),
        (
            "layer, four models in turn, over bare",
            over("layer-4-models"),
            " ns",
            Bound::None,
        ),
        (
            "layer as attempts, over bare",
            over("attempts"),
            " ns",
            Bound::None,
        ),
        (
            "the same updates by cached handles, over bare",
            over("handles"),
            " ns",
            Bound::None,
        ),
        (
            "HTTP layer, over bare",
            over_http("http-layer"),
            " ns",
            Bound::None,
        ),
        (
            "layer / cached handles",
            layer / over("handles"),
            " x",
            Bound::AtMost(1.3),
        ),
        ("macros / layer", over("macros") / layer, " x", Bound::None),
        (
            "prometheus-client with labels / layer",
            over("prometheus-client") / layer,
            " x",
            Bound::None,
        ),
        (
            "axum-prometheus / layer",
            over_http("axum-prometheus") / layer,
            " x",
            Bound::AtLeast(4.0),
        ),
        (
            "tower-otel / layer",
            over_http("tower-otel") / layer,
            " x",
            Bound::AtLeast(4.0),
        ),
        (
            "opentelemetry-instrumentation-tower / layer",
            over_http("opentelemetry-instrumentation-tower") / layer,
            " x",
            Bound::AtLeast(4.0),
        ),
    ];
    rows.into_iter()
        .fold(table, |table, (what, value, unit, bound)| {
            table.row(what, value, unit, bound)
        })
        .print();
}

criterion_group!(benches, overhead);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    if measures() {
        table();
    }
}
