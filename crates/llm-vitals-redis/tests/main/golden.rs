//! What INFO of each server family becomes.
//!
//! The files are answers to `INFO all` of servers that were run, each after the same few commands: Redis 6.2.14, 7.0.15 and
//! 8.2.3, Valkey 8.1.8 and 9.1.2. The families below them were not run; their lines are as their documentation has them.

use llm_vitals_redis::{Info, KeySampling, METRICS, RedisCollector};

use crate::support::{Mock, Text, tick};

const FILES: [(&str, &[u8]); 5] = [
    ("redis-6.2.14", include_bytes!("golden/redis-6.2.14.txt")),
    ("redis-7.0.15", include_bytes!("golden/redis-7.0.15.txt")),
    ("redis-8.2.3", include_bytes!("golden/redis-8.2.3.txt")),
    ("valkey-8.1.8", include_bytes!("golden/valkey-8.1.8.txt")),
    ("valkey-9.1.2", include_bytes!("golden/valkey-9.1.2.txt")),
];

async fn shown(info: &[u8]) -> Text {
    let mut collector = RedisCollector::new(Mock::saying(info))
        .with_name("cache")
        .without_lease()
        .with_latency_statistics();
    tick(&mut collector).await
}

#[tokio::test]
async fn every_family_shows_the_same_of_the_same_traffic() {
    for (server, info) in FILES {
        let text = shown(info).await;
        for (series, value) in [
            (r#"redis_up{node="cache"}"#, 1.0),
            (r#"redis_keyspace_hits_total{node="cache"}"#, 6.0),
            (r#"redis_keyspace_misses_total{node="cache"}"#, 3.0),
            (r#"redis_evicted_keys_total{node="cache"}"#, 0.0),
            (r#"redis_db_keys{node="cache",db="db0"}"#, 8.0),
            (r#"redis_db_keys{node="cache",db="db3"}"#, 1.0),
            (r#"redis_db_keys_expiring{node="cache",db="db0"}"#, 1.0),
            (r#"redis_cache_keys{node="cache"}"#, 9.0),
            (r#"redis_memory_max_bytes{node="cache"}"#, 67_108_864.0),
            (r#"redis_commands_total{node="cache",cmd="get"}"#, 4.0),
            (
                r#"redis_commands_rejected_calls_total{node="cache",cmd="set"}"#,
                1.0,
            ),
            (
                r#"redis_commands_failed_calls_total{node="cache",cmd="lpush"}"#,
                1.0,
            ),
            (r#"redis_errors_total{node="cache",err="WRONGTYPE"}"#, 1.0),
            (r#"redis_total_error_replies{node="cache"}"#, 2.0),
        ] {
            assert_eq!(text.get(series), Some(value), "{server}: {series}");
        }
        let ttl = text
            .get(r#"redis_db_avg_ttl_seconds{node="cache",db="db0"}"#)
            .unwrap();
        assert!((99_990.0..=100_000.0).contains(&ttl), "{server}: {ttl}");
        let ratio = text.cache("redis_cache_memory_ratio").unwrap();
        assert!((0.01..0.1).contains(&ratio), "{server}: {ratio}");
        let has_latency = text.0.contains("redis_latency_percentiles_usec{");
        assert_eq!(has_latency, server != "redis-6.2.14", "{server}");
    }
}

#[tokio::test]
async fn the_text_of_each_family_is_exactly_this() {
    for (server, info) in FILES {
        // What depends on when and how long the test runs.
        let own = ["redis_collector_", "redis_start_time_seconds"];
        let text: String = shown(info)
            .await
            .0
            .lines()
            .filter(|line| !own.iter().any(|name| line.contains(name)))
            .flat_map(|line| [line, "\n"])
            .collect();
        let file = format!(
            "{}/tests/main/golden/{server}.prom",
            env!("CARGO_MANIFEST_DIR")
        );
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap();
        assert!(
            text == expected,
            "{server} differs from {file}; UPDATE_GOLDEN=1 writes it anew"
        );
    }
}

#[tokio::test]
async fn redis_8_tells_the_lengths_of_keys_to_those_who_ask_for_keys() {
    let (_, info) = FILES[2];
    let collector = RedisCollector::new(Mock::saying(info))
        .with_name("cache")
        .without_lease();
    let mut collector = collector.with_key_sampling(KeySampling::new());
    let text = tick(&mut collector).await;
    for (database, kind, least, keys) in [
        ("db0", "string", 1, 6.0),
        ("db0", "list", 2, 1.0),
        ("db0", "hash", 2, 1.0),
        ("db3", "string", 1, 1.0),
    ] {
        let series = format!(
            "redis_keys_by_length{{node=\"cache\",db=\"{database}\",type=\"{kind}\",at_least=\"{least}\"}}"
        );
        assert_eq!(text.get(&series), Some(keys), "{series}");
    }
    assert!(!shown(info).await.0.contains("redis_keys_by_length"));
}

#[test]
fn a_family_says_what_it_is() {
    let said = FILES.map(|(_, info)| {
        let info = Info::parse(info);
        let field = |name: &str| info.get(name).unwrap_or("-").to_owned();
        [
            field("redis_version"),
            field("valkey_version"),
            info.mode().unwrap().to_owned(),
        ]
    });
    assert_eq!(
        said,
        [
            ["6.2.14", "-", "standalone"],
            ["7.0.15", "-", "standalone"],
            ["8.2.3", "-", "standalone"],
            ["7.2.4", "8.1.8", "standalone"],
            ["7.2.4", "9.1.2", "standalone"],
        ]
    );
}

#[tokio::test]
async fn families_that_were_not_run_are_read_by_name() {
    for (family, info, series, value) in [
        (
            "Redis 7.4",
            "redis_version:7.4.1\nexpired_subkeys:3\ndb0:keys=5,expires=2,avg_ttl=9000,subexpiry=1\n",
            r#"redis_expired_subkeys_total{node="cache"}"#,
            3.0,
        ),
        (
            "KeyDB",
            "redis_version:6.3.4\ndb0:keys=5,expires=2,avg_ttl=9000,cached_keys=4\n",
            r#"redis_db_keys_cached{node="cache",db="db0"}"#,
            4.0,
        ),
        (
            "Dragonfly",
            "redis_version:7.2.0\nmaxmemory:0\ndb0:keys=5,expires=2,avg_ttl=-1,hits=1,misses=2,hit_ratio=33.33\n",
            r#"redis_memory_max_bytes{node="cache"}"#,
            0.0,
        ),
    ] {
        let text = shown(info.as_bytes()).await;
        assert_eq!(text.get(series), Some(value), "{family}");
        assert_eq!(
            text.get(r#"redis_db_keys{node="cache",db="db0"}"#),
            Some(5.0),
            "{family}"
        );
        assert_eq!(
            text.get(r#"redis_db_keys_expiring{node="cache",db="db0"}"#),
            Some(2.0),
            "{family}"
        );
    }
}

#[tokio::test]
async fn every_family_of_the_text_is_in_the_table_with_its_type_and_labels() {
    for (server, info) in FILES {
        let text = shown(info).await;
        for line in text.0.lines() {
            if let Some(head) = line.strip_prefix("# TYPE ") {
                let (name, kind) = head.split_once(' ').unwrap();
                let known = METRICS.iter().find(|metric| metric.0 == name);
                assert_eq!(known.map(|metric| metric.1), Some(kind), "{server}: {name}");
            } else if !line.starts_with('#') {
                let (name, rest) = line.split_once('{').unwrap();
                let family = name.trim_end_matches("_sum").trim_end_matches("_count");
                let known = METRICS
                    .iter()
                    .find(|metric| metric.0 == name || metric.0 == family)
                    .unwrap();
                let labels: Vec<&str> = known.2.split(", ").collect();
                let own = rest
                    .split("\",")
                    .map(|label| label.split('=').next().unwrap());
                for label in own {
                    assert!(labels.contains(&label), "{server}: {label} of {name}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_the_popular_dashboard_asks_for_is_there() {
    let (_, info) = FILES[1];
    let text = shown(info).await;
    for name in [
        "redis_up",
        "redis_uptime_in_seconds",
        "redis_start_time_seconds",
        "redis_connected_clients",
        "redis_blocked_clients",
        "redis_connected_slaves",
        "redis_memory_used_bytes",
        "redis_memory_max_bytes",
        "redis_commands_processed_total",
        "redis_commands_total",
        "redis_commands_duration_seconds_total",
        "redis_keyspace_hits_total",
        "redis_keyspace_misses_total",
        "redis_net_input_bytes_total",
        "redis_net_output_bytes_total",
        "redis_db_keys",
        "redis_db_keys_expiring",
        "redis_expired_keys_total",
        "redis_evicted_keys_total",
        "redis_instance_info",
    ] {
        assert!(text.names_of("cache").contains(&name), "{name}");
    }
}

#[test]
fn no_metric_is_in_the_table_twice() {
    let mut names: Vec<&str> = METRICS.iter().map(|metric| metric.0).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(
        METRICS
            .iter()
            .all(|metric| metric.3.ends_with('.') && metric.0.starts_with("redis_"))
    );
}
