//! Side by side with redis_exporter, before servers that stand still for both.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use llm_vitals_redis::RedisCollector;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Options, Proxy, Server, Text, free_port, program, target};

/// The exporter on a free port; it ends with the test.
struct Exporter {
    process: Child,
    port: u16,
}

impl Exporter {
    fn start(program: &Path, redis: &str) -> Self {
        let port = free_port();
        let process = Command::new(program)
            .args([
                "-redis.addr",
                redis,
                "-web.listen-address",
                &format!("127.0.0.1:{port}"),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, port }
    }

    async fn scrape(&self) -> Text {
        for _ in 0..200 {
            if let Ok(text) = self.try_scrape().await {
                return Text(text);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("redis_exporter did not answer within 5 s");
    }

    async fn try_scrape(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the exporter shows and we do not: figures of itself, of CONFIG, of what it can do and was not asked to, of kinds of
/// messages on the bus, and a list of sizes that it takes for a number.
const THEIRS: [&str; 6] = [
    "redis_config_",
    "redis_exporter_",
    "redis_target_scrape_request_errors_total",
    "redis_last_key_groups_scrape_duration_milliseconds",
    "redis_cluster_stats_",
    "redis_db0_distrib_",
];

/// The series of both with their values, after both were read through a proxy that says each thing once.
async fn both(program: &Path, server: &Server) -> (BTreeMap<String, f64>, BTreeMap<String, f64>) {
    let proxy = Proxy::remembering(server.port).await;
    let mut collector = RedisCollector::new(target(&proxy.url()).build().unwrap())
        .without_lease()
        .with_latency_statistics()
        .with_slow_log()
        .with_latency_events();
    // The first tick learns whether the server is in a cluster.
    collector.tick().await;
    collector.tick().await;
    let exporter = Exporter::start(program, &proxy.url());
    let theirs = exporter.scrape().await;
    (Text::of(&collector.metrics()).series(), theirs.series())
}

/// Compares what both show, and says what only they show.
fn compare(ours: &BTreeMap<String, f64>, theirs: &BTreeMap<String, f64>, at_least: usize) {
    let (mut equal, mut missing) = (0, Vec::new());
    for (series, value) in theirs
        .iter()
        .filter(|(series, _)| series.starts_with("redis_"))
    {
        match ours.get(series) {
            // By the clock of the reader, which goes on: seconds apart at most.
            Some(own) if series.starts_with("redis_start_time_seconds") => {
                assert!((own - value).abs() <= 5.0, "{series}: {own} and {value}");
                equal += 1;
            }
            Some(own) => {
                assert!(
                    (own - value).abs() <= value.abs() * 1e-12,
                    "{series}: {own} and {value}"
                );
                equal += 1;
            }
            None => missing.push(series.as_str()),
        }
    }
    missing.retain(|series| {
        let is_theirs = THEIRS.iter().any(|prefix| series.starts_with(prefix));
        // Databases that never had a key.
        let is_empty = series.starts_with("redis_db_keys") && theirs[*series] == 0.0;
        // We say more of a server: the same with more labels.
        let is_info = series.starts_with("redis_instance_info{") && has_labels_of(ours, series);
        !is_theirs && !is_empty && !is_info
    });
    assert_eq!(missing, Vec::<&str>::new());
    assert!(equal >= at_least, "{equal} series are the same");
}

fn has_labels_of(ours: &BTreeMap<String, f64>, info: &str) -> bool {
    let own = ours
        .keys()
        .find(|series| series.starts_with("redis_instance_info{"))
        .unwrap();
    let labels = info
        .trim_start_matches("redis_instance_info{")
        .trim_end_matches('}');
    // An empty label is none.
    labels
        .split(',')
        .filter(|label| !label.ends_with("\"\""))
        .all(|label| own.contains(label))
}

fn traffic(server: &Server) {
    for command in [
        "SET a 1",
        "SET b 2 EX 500",
        "GET a",
        "GET none",
        "HSET h f 1",
        "SLOWLOG RESET",
    ] {
        server.run(command);
    }
    server.try_ask::<redis::Value>("LPUSH a 1").unwrap_err();
    server.run("DEBUG SLEEP 0.02");
}

const SLOW: [&str; 6] = [
    "--slowlog-log-slower-than",
    "1000",
    "--latency-monitor-threshold",
    "10",
    "--enable-debug-command",
    "yes",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_series_that_both_show_is_the_same() {
    let Some(exporter) = program("prometheus-redis-exporter", "prometheus-redis-exporter") else {
        return;
    };
    let options = Options {
        arguments: &SLOW,
        ..Options::default()
    };
    let (Some(primary), Some(replica)) = (Server::start_with(&options), Server::start()) else {
        return;
    };
    traffic(&primary);
    replica.run(&format!("REPLICAOF 127.0.0.1 {}", primary.port));
    for _ in 0..200 {
        if replica
            .ask::<String>("INFO replication")
            .contains("master_link_status:up")
            && primary
                .ask::<String>("INFO replication")
                .contains("state=online")
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let (ours, theirs) = both(&exporter, &primary).await;
    compare(&ours, &theirs, 170);
    for series in [
        "redis_up{}",
        "redis_keyspace_hits_total{}",
        "redis_db_avg_ttl_seconds{db=\"db0\"}",
        "redis_commands_failed_calls_total{cmd=\"lpush\"}",
        "redis_commands_duration_seconds_total{cmd=\"set\"}",
        "redis_latency_percentiles_usec{cmd=\"set\",quantile=\"99.9\"}",
        "redis_latency_spike_last{event_name=\"command\"}",
        "redis_slowlog_length{}",
        "redis_errors_total{err=\"WRONGTYPE\"}",
    ] {
        assert!(
            ours.contains_key(series) && theirs.contains_key(series),
            "{series}"
        );
    }
    let lag = format!(
        "redis_connected_slave_offset_bytes{{slave_ip=\"127.0.0.1\",slave_port=\"{}\",slave_state=\"online\"}}",
        replica.port
    );
    assert!(
        ours.contains_key(&lag) && theirs.contains_key(&lag),
        "{lag}"
    );

    let (ours, theirs) = both(&exporter, &replica).await;
    compare(&ours, &theirs, 135);
    let link = format!(
        "redis_master_link_up{{master_host=\"127.0.0.1\",master_port=\"{}\"}}",
        primary.port
    );
    assert!(
        ours.contains_key(&link) && theirs.contains_key(&link),
        "{link}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_series_of_a_node_of_a_cluster_is_the_same() {
    let Some(exporter) = program("prometheus-redis-exporter", "prometheus-redis-exporter") else {
        return;
    };
    let options = Options {
        is_cluster: true,
        ..Options::default()
    };
    let Some(server) = Server::start_with(&options) else {
        return;
    };
    server.run("CLUSTER ADDSLOTSRANGE 0 16383");
    server.run("CLUSTER BUMPEPOCH");
    let (ours, theirs) = both(&exporter, &server).await;
    compare(&ours, &theirs, 140);
    for series in [
        "redis_cluster_slots_assigned{}",
        "redis_cluster_my_epoch{}",
        "redis_cluster_messages_sent_total{}",
    ] {
        assert!(
            ours.contains_key(series) && theirs.contains_key(series),
            "{series}"
        );
    }
}
