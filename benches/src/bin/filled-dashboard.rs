//! The dashboard over a store as a busy gateway fills it: `filled-dashboard [HOURS]` prints `listening on http://ADDRESS`.
//!
//! 28 models of 7 providers, about 5,000 series, with a sample every 5 seconds for the last HOURS (6 unless given). It goes on
//! sampling. `benches/dashboard.py` measures it.
#![allow(clippy::print_stdout, reason = "the address goes to standard output")]

use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use llm_vitals_dashboard::Dashboard;
use llm_vitals_promql::{Labels, Store};

const INTERVAL: Duration = Duration::from_secs(5);
const INTERVAL_MS: i64 = 5_000;
const PROVIDERS: [&str; 7] = [
    "anthropic",
    "azure",
    "gemini",
    "mistral",
    "openai",
    "openrouter",
    "vllm",
];
const MODELS: [&str; 4] = ["large", "medium", "reasoning", "small"];
const STATUSES: [&str; 3] = ["success", "error", "cancelled"];
const SECONDS: [f64; 15] = [
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0,
];
/// A series and its value.
struct Line {
    labels: Labels,
    value: f64,
}

/// A histogram's series: the buckets, `+Inf`, the sum and the count.
struct Histogram(usize);

/// Where the series of a model are.
struct Model {
    provider: usize,
    /// By status, and the time it took.
    calls: [(usize, Histogram); 3],
    attempts: [(usize, Histogram); 3],
    errors: [usize; 3],
    first_chunk: Histogram,
    first_token: Histogram,
    per_token: Histogram,
    tokens: [usize; 2],
    details: [usize; 3],
    usage: usize,
    truncated: usize,
    cost: usize,
}

/// Everything that is counted, and the chance that it hangs on.
struct Gateway {
    lines: Vec<Line>,
    models: Vec<Model>,
    service: [(usize, Histogram); 3],
    lookups: [usize; 2],
    in_flight: Vec<usize>,
    health: Vec<[usize; 2]>,
    chance: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hours: i64 = env::args().nth(1).map_or(Ok(6), |text| text.parse())?;
    let mut gateway = Gateway::new();
    let mut store = Store::builder()
        .with_retention(Duration::from_secs(6 * 3600))
        .build();
    let now = now_ms() / INTERVAL_MS * INTERVAL_MS;
    let start = now - hours * 3_600_000;
    let mut at = start;
    while at <= now {
        gateway.sample(&mut store, at);
        at += INTERVAL_MS;
    }
    println!("{} series", gateway.lines.len());

    let store = Arc::new(Mutex::new(store));
    let dashboard = Dashboard::new(Arc::clone(&store))
        .with_sample_interval(INTERVAL)
        .with_started_at(start);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(INTERVAL);
        loop {
            ticks.tick().await;
            if at <= now_ms() {
                let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
                gateway.sample(&mut store, at);
                at += INTERVAL_MS;
            }
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, Router::new().fallback_service(dashboard)).await?;
    Ok(())
}

impl Gateway {
    fn new() -> Self {
        let mut lines = Vec::new();
        let mut models = Vec::new();
        for (provider, name) in PROVIDERS.iter().enumerate() {
            for kind in MODELS {
                models.push(Model::new(
                    &mut lines,
                    provider,
                    name,
                    &format!("{name}-{kind}"),
                ));
            }
        }
        let service = STATUSES.map(|status| {
            let own = [("operation", "chat"), ("status", status)];
            let count = counter(&mut lines, "llm_service_requests_total", &own);
            (
                count,
                histogram(&mut lines, "llm_service_request_duration_seconds", &own),
            )
        });
        let lookups = ["hit", "miss"].map(|result| {
            counter(
                &mut lines,
                "llm_cache_lookups_total",
                &[("cache", "memory"), ("result", result)],
            )
        });
        let in_flight = PROVIDERS
            .map(|name| counter(&mut lines, "llm_requests_in_flight", &[("provider", name)]))
            .to_vec();
        let health = PROVIDERS
            .map(|name| {
                ["up", "degraded"].map(|status| {
                    counter(
                        &mut lines,
                        "health_check_status",
                        &[("check", name), ("status", status)],
                    )
                })
            })
            .to_vec();
        Self {
            lines,
            models,
            service,
            lookups,
            in_flight,
            health,
            chance: 0x9E37_79B9_7F4A_7C15,
        }
    }

    /// Counts what happens in an interval, and appends everything.
    fn sample(&mut self, store: &mut Store, at: i64) {
        for index in 0..self.models.len() {
            // Most models are asked now and then, a few all the time.
            let calls = if index % 4 == 0 {
                self.below(8)
            } else {
                self.below(3)
            };
            for _ in 0..calls {
                self.call(index);
            }
        }
        for index in 0..self.in_flight.len() {
            let busy = self.below(5);
            self.lines[self.in_flight[index]].value = f64::from(busy);
        }
        for index in 0..self.health.len() {
            // The third comes and goes.
            let bad = index == 2 && at / 600_000 % 4 == 0;
            let [up, degraded] = self.health[index];
            self.lines[up].value = f64::from(u8::from(!bad));
            self.lines[degraded].value = f64::from(u8::from(bad));
        }
        for line in &self.lines {
            // Samples come in the order of time: nothing is refused.
            let _ = store.append(&line.labels, at, line.value);
        }
    }

    fn call(&mut self, index: usize) {
        let dice = self.below(100);
        let fails = if self.models[index].provider == 2 {
            12
        } else {
            2
        };
        let status = if dice < fails {
            1
        } else {
            usize::from(dice > 97) * 2
        };
        let (slow, fine) = (self.below(100), f64::from(self.below(1_000)));
        let seconds = 0.05 + f64::from(slow * slow * slow) / 120_000.0 + fine / 1e5;
        let (prompt, completion) = (
            f64::from(50 + self.below(900)),
            f64::from(20 + self.below(400)),
        );
        let (kind, served) = (self.below(3), self.below(10));
        let model = &self.models[index];
        let lines = &mut self.lines;
        let add = |lines: &mut Vec<Line>, at: usize, by: f64| lines[at].value += by;
        for (count, times) in [
            &model.calls[status],
            &model.attempts[status],
            &self.service[status],
        ] {
            add(lines, *count, 1.0);
            times.observe(lines, seconds);
        }
        if status == 1 {
            add(lines, model.errors[kind as usize], 1.0);
            return;
        }
        model.first_chunk.observe(lines, seconds / 6.0);
        model.first_token.observe(lines, seconds / 5.0);
        model.per_token.observe(lines, seconds / completion);
        add(lines, model.tokens[0], prompt);
        add(lines, model.tokens[1], completion);
        add(lines, model.details[kind as usize], (prompt / 3.0).round());
        add(lines, model.usage, 1.0);
        add(lines, model.truncated, f64::from(u8::from(slow > 97)));
        add(lines, model.cost, prompt * 1e-6 + completion * 4e-6);
        add(lines, self.lookups[usize::from(served > 3)], 1.0);
    }

    /// The next number of a fixed sequence, below `most`.
    fn below(&mut self, most: u32) -> u32 {
        self.chance = self
            .chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.chance >> 33) % u64::from(most)).unwrap_or(0)
    }
}

impl Model {
    fn new(lines: &mut Vec<Line>, provider: usize, name: &str, model: &str) -> Self {
        let own = [("provider", name), ("model", model)];
        let with = |more: &[(&'static str, &'static str)]| -> Vec<(&str, String)> {
            let all = own.iter().chain(more);
            all.map(|(name, value)| (*name, (*value).to_owned()))
                .collect()
        };
        let mut one = |metric: &str, more: &[(&'static str, &'static str)]| {
            let labels = with(more);
            let labels: Vec<_> = labels
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            counter(lines, metric, &labels)
        };
        let tokens =
            ["prompt", "completion"].map(|kind| one("llm_tokens_total", &[("type", kind)]));
        let details = ["cached", "reasoning", "audio"]
            .map(|kind| one("llm_token_details_total", &[("type", kind)]));
        let errors = ["rate_limited", "timeout", "server"]
            .map(|kind| one("llm_errors_total", &[("error_type", kind)]));
        let usage = one("llm_usage_reports_total", &[("source", "provider")]);
        let truncated = one("llm_truncated_answers_total", &[]);
        let cost = one("llm_cost_usd_total", &[]);
        let mut both = |metric: &str, more: &[(&str, &str)]| {
            let labels: Vec<_> = own.iter().chain(more).copied().collect();
            let count = counter(lines, &format!("{metric}s_total"), &labels);
            (
                count,
                histogram(lines, &format!("{metric}_duration_seconds"), &labels),
            )
        };
        Self {
            provider,
            calls: STATUSES
                .map(|status| both("llm_request", &[("operation", "chat"), ("status", status)])),
            attempts: STATUSES.map(|status| both("llm_attempt", &[("status", status)])),
            errors,
            first_chunk: histogram(lines, "llm_time_to_first_chunk_seconds", &own),
            first_token: histogram(lines, "llm_time_to_first_token_seconds", &own),
            per_token: histogram(lines, "llm_time_per_output_token_seconds", &own),
            tokens,
            details,
            usage,
            truncated,
            cost,
        }
    }
}

impl Histogram {
    fn observe(&self, lines: &mut [Line], seconds: f64) {
        for (at, bound) in SECONDS.iter().enumerate() {
            lines[self.0 + at].value += f64::from(u8::from(seconds <= *bound));
        }
        let rest = self.0 + SECONDS.len();
        lines[rest].value += 1.0;
        lines[rest + 1].value += seconds;
        lines[rest + 2].value += 1.0;
    }
}

fn counter(lines: &mut Vec<Line>, metric: &str, labels: &[(&str, &str)]) -> usize {
    let all = labels.iter().copied().chain([("__name__", metric)]);
    lines.push(Line {
        labels: Labels::new(all),
        value: 0.0,
    });
    lines.len() - 1
}

fn histogram(lines: &mut Vec<Line>, metric: &str, labels: &[(&str, &str)]) -> Histogram {
    let first = lines.len();
    for bound in SECONDS
        .iter()
        .map(f64::to_string)
        .chain(["+Inf".to_owned()])
    {
        let labels: Vec<_> = labels
            .iter()
            .copied()
            .chain([("le", bound.as_str())])
            .collect();
        counter(lines, &format!("{metric}_bucket"), &labels);
    }
    counter(lines, &format!("{metric}_sum"), labels);
    counter(lines, &format!("{metric}_count"), labels);
    Histogram(first)
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |time| i64::try_from(time.as_millis()).unwrap_or(0))
}
