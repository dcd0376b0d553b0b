//! Gateways at work, and a Prometheus.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use llm_vitals_alert::{RuleFile, export_prometheus};
use serde_json::Value;

use super::MADE;
use super::expressions::{expressions, named, variables};
use crate::support::{Gateway, Redis, Reply, Upstream, is_there};

/// How long all answers may take together, on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// One alert that fires and one that is pending.
const RULES: &str = "
alerts:
  - name: Traffic
    condition: request_rate > 0
    severity: warning
  - name: TrafficForLong
    condition: request_rate > 0
    duration: 1h
    severity: warning
";

/// Somebody who is told, a heartbeat, and somebody who cannot be reached.
fn routes(hooks: &str) -> String {
    format!(
        "route: {{receiver: all, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 2s}}
receivers:
  - name: all
    webhook_configs: [{{url: 'http://{hooks}/hook'}}]
    heartbeat_configs: [{{url: 'http://{hooks}/ping', interval: 1s}}]
    alertmanager_configs: [{{urls: ['http://127.0.0.1:1']}}]
"
    )
}

/// Parts of expressions that have no answer here, and why.
const NOTHING: &[(&str, &str)] = &[
    (
        "health_probe_cost_usd_total",
        "no check of a gateway costs money",
    ),
    ("redis_key_group_", "the gateway does not sample keys"),
    (
        "redis_rejected_connections_total",
        "shown where there are some",
    ),
    (
        "!= min by (rule_group)",
        "shown where gateways have different rules",
    ),
    (
        "source=\"missing\"",
        "every simulated answer that ends has its tokens",
    ),
    ("redis_collector_failures_total", "the server answers"),
    (
        "error_type=\"rate_limited\"",
        "few simulated calls end so: most are tried again",
    ),
];

/// Only with a Redis.
const REDIS: &str = "redis_";

struct Prometheus {
    child: Child,
    base: String,
}

impl Prometheus {
    fn start(folder: &Path, gateways: &[&Gateway]) -> Self {
        let rules = RuleFile::parse("rules.yml", RULES).unwrap();
        std::fs::write(
            folder.join("exported.yml"),
            export_prometheus(&rules).unwrap(),
        )
        .unwrap();
        let targets = gateways
            .iter()
            .map(|gateway| format!("\"{}\"", gateway.base.trim_start_matches("http://")));
        let file = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [exported.yml]\nscrape_configs:\n  - job_name: gateways\n    static_configs: [{{targets: [{}]}}]\n",
            targets.collect::<Vec<_>>().join(", ")
        );
        std::fs::write(folder.join("prometheus.yml"), file).unwrap();
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child = Command::new("prometheus")
            .arg(format!(
                "--config.file={}",
                folder.join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .stderr(log)
            .spawn()
            .unwrap();
        Self {
            child,
            base: format!("http://{address}"),
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It fails only if it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks what does not come by itself: lookups in the cache, a label that is not admitted.
async fn visit(gateway: &Gateway, round: usize) {
    let body = |model: &str, text: &str| {
        format!(
            r#"{{"model":"{model}","temperature":0,"messages":[{{"role":"user","content":"{text}"}}]}}"#
        )
    };
    gateway
        .chat(body("sim-fast", "the same"))
        .await
        .bytes()
        .await
        .unwrap();
    gateway
        .chat(body("sim-fast", &format!("another {round}")))
        .await
        .bytes()
        .await
        .unwrap();
    gateway
        .chat(body("sim/nobody-knows-it", "a model"))
        .await
        .bytes()
        .await
        .unwrap();
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

async fn get(gateway: &Gateway, url: &str) -> Option<Value> {
    let text = gateway.http.get(url).send().await.ok()?.text().await.ok()?;
    serde_json::from_str(&text).ok()
}

/// Whether there is a number in the answer. What is wrong with the expression ends the test.
async fn has_answer(gateway: &Gateway, base: &str, text: &str) -> bool {
    let url = format!("{base}/api/v1/query?query={}", escaped(text));
    let Some(answer) = get(gateway, &url).await else {
        return false;
    };
    assert!(
        answer["status"] == "success" || answer["errorType"] == "timeout",
        "{base}: {text}: {answer}"
    );
    let result = answer["data"]["result"].as_array();
    result.is_some_and(|samples| samples.iter().any(|sample| sample["value"][1] != "NaN"))
}

#[tokio::test]
async fn every_expression_has_an_answer() {
    if !is_there("prometheus") {
        return;
    }
    let redis = Redis::start().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.yml"), RULES).unwrap();
    let hooks = Upstream::start(|_, _| Reply::json(200, "{}")).await;
    let routes_file = folder.path().join("notify.yml");
    std::fs::write(&routes_file, routes(&hooks.address)).unwrap();
    let mut config = format!(
        "notifications: {{file: \"{}\"}}\nalerts: {{files: [\"{}\"], interval: 1s, sample_interval: 1s}}\nchecks: {{interval: 1s}}\n",
        routes_file.display(),
        folder.path().join("rules.yml").display()
    );
    if let Some(redis) = &redis {
        redis.ask(&["CONFIG", "SET", "maxmemory", "100mb"]).await;
        let _ = writeln!(config, "redis: {{url: \"{}\", interval: 1s}}", redis.url());
    }
    let gateways =
        [0, 1].map(|_| Gateway::start_with(&["--demo", "--listen", "127.0.0.1:0"], &config));
    let [gateway, other] = &gateways;
    let prometheus = Prometheus::start(folder.path(), &[gateway, other]);

    let is_asked = |text: &str| {
        let is_nothing = NOTHING.iter().any(|(part, _)| text.contains(part));
        !is_nothing && (redis.is_some() || !text.contains(REDIS))
    };
    let all = expressions();
    let mut open: Vec<(&str, &str, &str)> = Vec::new();
    for base in [&gateway.base, &prometheus.base] {
        for (panel, text) in all.iter().filter(|(_, text)| is_asked(text)) {
            open.push((base, panel, text));
        }
    }
    assert!(open.len() > 200, "{}", open.len());
    let begin = tokio::time::Instant::now();
    for round in 0.. {
        visit(gateway, round).await;
        let mut still = Vec::new();
        for (base, panel, text) in open {
            if !has_answer(gateway, base, text).await {
                still.push((base, panel, text));
            }
        }
        open = still;
        if open.is_empty() {
            break;
        }
        assert!(begin.elapsed() < PATIENCE, "no answer: {open:#?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    let metrics = gateway
        .get("/metrics")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap()
        + &other
            .get("/metrics")
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
    let shown: BTreeSet<&str> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .map(|(name, _)| name)
        .collect();
    for (panel, text) in all.iter().filter(|(_, text)| is_asked(text)) {
        for named in named(text) {
            let name = &*named.metric;
            assert!(
                MADE.contains(&name) || shown.contains(name),
                "{panel}: {name} is not there"
            );
        }
    }
    for base in [&gateway.base, &prometheus.base] {
        assert!(!has_answer(gateway, base, "sum(no_such_metric)").await);
        assert!(!has_answer(gateway, base, "vector(NaN)").await);
    }
    values_can_be_chosen(gateway, &prometheus, redis.is_some()).await;
}

async fn values_can_be_chosen(gateway: &Gateway, prometheus: &Prometheus, has_redis: bool) {
    for (series, label) in variables() {
        if label == "node" && !has_redis {
            continue;
        }
        let path = format!("/api/v1/label/{label}/values?match[]={}", escaped(&series));
        let of_prometheus = get(gateway, &format!("{}{path}", prometheus.base))
            .await
            .unwrap();
        let of_gateway = get(gateway, &format!("{}{path}", gateway.base))
            .await
            .unwrap();
        let count = |answer: &Value| answer["data"].as_array().map_or(0, Vec::len);
        let found = (count(&of_prometheus), count(&of_gateway));
        match &*label {
            // Two gateways at one Prometheus; a gateway does not say of its own series whose they are.
            "job" => assert_eq!(found, (1, 0)),
            "instance" => assert_eq!(found, (2, 0)),
            // One of the two watches.
            "node" => assert_eq!(found.0, 1),
            _ => assert!(found.0 > 1 && found.1 > 1, "{label}: {found:?}"),
        }
    }
}

#[test]
fn every_exception_is_one() {
    let all = expressions();
    for (part, reason) in NOTHING {
        assert!(
            all.iter().any(|(_, text)| text.contains(part)),
            "{part}: {reason}"
        );
    }
}
