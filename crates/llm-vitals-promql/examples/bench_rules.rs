//! 3,005 rules over 10,000 series: how long a pass over each group takes.
//!
//! `cargo run --release -p llm-vitals-promql --example bench_rules`
#![allow(clippy::print_stdout, reason = "an example")]

use std::error::Error;
use std::fmt::Write as _;

use llm_vitals_promql::{Dialect, Engine, Expr, Format, Labels, Scrape, Store, Value};
use quanta::Instant;

const SERVICES: usize = 1000;
const INTERVAL_MS: i64 = 15_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = Store::new();
    let mut scrape = Scrape::new(Labels::new([
        ("job", "bench"),
        ("instance", "127.0.0.1:19100"),
    ]));
    let minutes: i64 = std::env::args()
        .nth(1)
        .map_or(Ok(10), |text| text.parse())?;
    let scrapes = minutes * 60_000 / INTERVAL_MS;
    let (mut ingesting, mut bytes) = (0.0, 0);
    for scrape_number in 0..scrapes {
        let text = exposition(scrape_number * INTERVAL_MS);
        bytes += text.len();
        let start = Instant::now();
        scrape.ingest(
            &mut store,
            text.as_bytes(),
            Format::Text,
            scrape_number * INTERVAL_MS,
        )?;
        ingesting += start.elapsed().as_secs_f64();
    }
    let stats = store.stats();
    println!(
        "ingest: {scrapes} scrapes of {} KiB, {:.2} ms each; {} series, {} samples, {:.1} bytes a sample",
        bytes / 1024 / scrapes as usize,
        1000.0 * ingesting / scrapes as f64,
        stats.series,
        stats.samples,
        stats.bytes as f64 / stats.samples as f64,
    );
    let engine = Engine::new();
    let now = (scrapes - 1) * INTERVAL_MS + 3_000;
    for (name, rules) in groups() {
        let exprs = rules
            .iter()
            .map(|rule| Expr::parse(rule, Dialect::V2))
            .collect::<Result<Vec<_>, _>>()?;
        let mut times = Vec::new();
        let mut active = 0;
        for _ in 0..20 {
            let start = Instant::now();
            active = 0;
            for expr in &exprs {
                if let Value::Vector(samples) = engine.eval_instant(&store, expr, now)? {
                    active += samples.len();
                }
            }
            times.push(1000.0 * start.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        println!(
            "{name}: {} rules, median {:.2} ms, {active} active",
            exprs.len(),
            times[times.len() / 2]
        );
    }
    Ok(())
}

fn exposition(at_ms: i64) -> String {
    let seconds = at_ms as f64 / 1000.0;
    let mut text =
        String::from("# TYPE bench_requests_total counter\n# TYPE bench_errors_total counter\n");
    for i in 0..SERVICES {
        let breaches = i % 10 == 0;
        let rate = 10.0 + (i % 17) as f64;
        let labels = format!("svc=\"s{i}\",region=\"r{}\",model=\"m{}\"", i % 5, i % 23);
        let errors = rate * if breaches { 0.08 } else { 0.02 };
        let _ = writeln!(
            text,
            "bench_requests_total{{{labels}}} {}",
            (rate * seconds) as u64
        );
        let _ = writeln!(
            text,
            "bench_errors_total{{{labels}}} {}",
            (errors * seconds) as u64
        );
        let (slow, slower) = if breaches { (0.7, 0.9) } else { (0.8, 0.97) };
        let shares = [0.1, 0.2, 0.4, 0.6, slow, slower, 0.99, 1.0];
        for (bound, share) in ["0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"]
            .iter()
            .zip(shares)
        {
            let count = (rate * seconds * share) as u64;
            let _ = writeln!(
                text,
                "bench_latency_seconds_bucket{{{labels},le=\"{bound}\"}} {count}"
            );
        }
    }
    text
}

fn groups() -> Vec<(&'static str, Vec<String>)> {
    let each = |rule: &dyn Fn(usize) -> String| (0..SERVICES).map(rule).collect::<Vec<_>>();
    let ratio = |window: &str| {
        format!(
            "sum by (svc) (rate(bench_errors_total[{window}])) / sum by (svc) (rate(bench_requests_total[{window}]))"
        )
    };
    vec![
        (
            "error ratio of one service",
            each(&|i| {
                format!("sum(rate(bench_errors_total{{svc=\"s{i}\"}}[5m])) / sum(rate(bench_requests_total{{svc=\"s{i}\"}}[5m])) > 0.05")
            }),
        ),
        (
            "p95 of one service",
            each(&|i| {
                format!("histogram_quantile(0.95, sum by (le) (rate(bench_latency_seconds_bucket{{svc=\"s{i}\"}}[5m]))) > 5")
            }),
        ),
        (
            "all services at once",
            vec![
                ratio("5m") + " > 0.05",
                "histogram_quantile(0.95, sum by (svc, le) (rate(bench_latency_seconds_bucket[5m]))) > 5".to_owned(),
                "bench_requests_total > 1e12".to_owned(),
                "avg_over_time(bench_latency_seconds_bucket[5m]) > 1e12".to_owned(),
                format!("({} > 14.4*0.001) and ({} > 14.4*0.001)", ratio("5m"), ratio("1m")),
            ],
        ),
        ("last value of one service", each(&|i| format!("bench_requests_total{{svc=\"s{i}\"}} > 1e12"))),
    ]
}
