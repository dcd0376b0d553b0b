//! `docs/metrics.md` is written from the crates' own tables, and a gateway at work shows nothing that is not on it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

#[path = "../../src/metrics.rs"]
mod own;

use crate::support::{Gateway, Redis, eventually};

/// A crate's metrics: name, type, labels, help text.
pub(crate) type Table = [(&'static str, &'static str, &'static str, &'static str)];

/// Every crate that owns metrics.
pub(crate) const CRATES: [(&str, &Table); 6] = [
    ("llm-vitals-tower", llm_vitals_tower::METRICS),
    ("llm-vitals-prometheus", llm_vitals_prometheus::METRICS),
    ("llm-vitals-health", llm_vitals_health::METRICS),
    ("llm-vitals-redis", llm_vitals_redis::METRICS),
    ("llm-vitals-alert", llm_vitals_alert::METRICS),
    ("llm-vitals-gateway", own::METRICS),
];

const HEAD: &str = "\
# Metrics

Written from the crates' tables by `LLM_VITALS_WRITE_DOCS=1 cargo test -p llm-vitals-gateway metrics_page`; a test fails when the
two differ.

Units are in the names: seconds, bytes, US dollars. A histogram has the buckets that its crate lists in `HISTOGRAMS`. Labels come
from enums, or from admitted values ([tower.md](tower.md) says which); everything else is `other`.

| label | values |
|---|---|
| `provider` | the name that the layer was given, or that the host stands for |
| `model` | the requested model |
| `operation` | `chat`, `text_completion`, `embeddings`, `responses`, `images`, `audio`, `rerank`, `moderation`, `other` |
| `status` | `success`, `error`, `cancelled` |
| `error_type` | `rate_limited`, `timeout`, `connect`, `auth`, `quota`, `invalid_request`, `context_length`, `content_filter`, `overloaded`, `server`, `decode`, `stream_interrupted`, `other` |
| `type` of `llm_tokens_total` | `prompt`, `completion` |
| `type` of `llm_token_details_total` | `cached_prompt`, `cache_write`, `reasoning`, `audio_prompt`, `audio_completion` |
| `source` | `reported`, `estimated`, `missing` |
| `reason` | `no_price`, `no_usage` |
| `check`, `target` | the name under which it was registered; in the gateway, that of the provider, and `redis` |
| `status` of `health_check_*` and `health_group_status` | `up`, `degraded`, `down`, `unknown` |
| `reason` of `health_target_*` | `failed`, `throttled`, `refused` |
| `node` | the name or address of a Redis server |
| `cache` | `memory`, `redis` |
| `result` | `hit`, `miss`, `stale`, `error` |
| `rule_group` | file and name of a group of rules |
| `state` of `alert_alerts` | `pending`, `firing` |
| `state` of `alert_dispatcher_alerts` | `active`, `suppressed`, `unprocessed` |
| `state` of `alert_silences` | `active`, `pending`, `expired` |
| `status` of `alert_alerts_received_total` | `firing`, `resolved` |
| `receiver` | the name in the configuration of notifications |
| `integration` | `slack`, `pagerduty`, `email`, `webhook`, `msteams`, `alertmanager`, `heartbeat` |
| `reason` of `alert_notifications_failed_total` | `connect`, `timeout`, `rate_limited`, `server_error`, `client_error`, `auth`, `invalid`, `other` |
| `result` of `alert_heartbeats_total` | `sent`, `failed`, `withheld` |
| `resource` | `requests`, `tokens`, `input_tokens`, `output_tokens` |
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (name, metrics) in CRATES {
        let _ = write!(
            page,
            "\n## {name}\n\n| metric | type | labels | what |\n|---|---|---|---|\n"
        );
        for (name, kind, labels, help) in metrics {
            let name = shown(name);
            let _ = writeln!(page, "| `{name}` | {kind} | {labels} | {help} |");
        }
    }
    page
}

/// The name under which the exposition shows a metric.
pub(crate) fn shown(name: &str) -> String {
    name.replace("_nanousd_total", "_usd_total")
}

#[test]
fn the_page_is_what_the_crates_say() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    if std::env::var_os("LLM_VITALS_WRITE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/metrics.md is not what the crates say: run LLM_VITALS_WRITE_DOCS=1 cargo test -p llm-vitals-gateway metrics_page"
    );
}

/// Name, type and label names of every family in a text exposition.
fn families(text: &str) -> BTreeSet<(String, String, String)> {
    let mut found = BTreeSet::new();
    let mut family = ("", "");
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            family = kind.split_once(' ').unwrap_or_default();
        } else if !line.starts_with('#') {
            let labels = line
                .split_once('{')
                .and_then(|(_, rest)| rest.rsplit_once('}'));
            let labels = labels.map_or("", |(labels, _)| labels);
            let names = labels
                .split(',')
                .filter_map(|label| label.split_once("=\""));
            let names: Vec<&str> = names
                .map(|(name, _)| name)
                .filter(|name| *name != "le")
                .collect();
            found.insert((family.0.to_owned(), family.1.to_owned(), names.join(", ")));
        }
    }
    found
}

fn on_page() -> BTreeSet<(String, String, String)> {
    CRATES
        .iter()
        .flat_map(|(_, metrics)| metrics.iter())
        .map(|(name, kind, labels, _)| (shown(name), (*kind).to_owned(), (*labels).to_owned()))
        .collect()
}

#[tokio::test]
async fn what_a_gateway_shows_of_redis_is_on_the_page() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let gateway = Gateway::start(&format!("redis: {{url: \"{}\"}}\n", redis.url()));
    let shown = eventually("redis is looked at", async || {
        let page = gateway.get("/metrics").send().await.unwrap();
        let shown = families(&page.text().await.unwrap());
        let has = |name: &str| shown.iter().any(|(family, ..)| family == name);
        (has("redis_memory_used_bytes") && has("llm_cache_lookups_total")).then_some(shown)
    })
    .await;
    let on_page = on_page();
    let unknown: Vec<_> = shown
        .difference(&on_page)
        // Each server names as much of itself as it knows.
        .filter(|(name, ..)| name != "redis_instance_info")
        .collect();
    assert!(
        unknown.is_empty(),
        "shown, and not on the page: {unknown:?}"
    );
}

#[tokio::test]
async fn what_a_gateway_shows_is_on_the_page() {
    let on_page = on_page();
    let gateway = Gateway::start_with(&["--demo"], "alerts: {default_pack: true}\n");
    // Long enough for answers, errors and cancels of every kind of traffic.
    let shown = eventually("varied traffic", async || {
        let shown = families(
            &gateway
                .get("/metrics")
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap(),
        );
        let has = |name: &str| shown.iter().any(|(family, ..)| family == name);
        (has("llm_errors_total") && has("llm_time_per_output_token_seconds")).then_some(shown)
    })
    .await;
    let unknown: Vec<_> = shown.difference(&on_page).collect();
    assert!(
        unknown.is_empty(),
        "shown, and not on the page: {unknown:?}"
    );
}
