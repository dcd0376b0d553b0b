//! The distribution of keys of a real server.

use std::time::Duration;

use llm_vitals_redis::{KeySampling, RedisCollector};

use crate::support::{Options, Server, Text, collector, target, tick, tick_until};

fn sampling() -> KeySampling {
    KeySampling::new()
        .with_interval(Duration::ZERO)
        .with_max_time(Duration::from_secs(5))
}

fn fill(server: &Server, prefix: &str, keys: u32, ttl_seconds: u32) {
    let mut pipeline = redis::pipe();
    for key in 0..keys {
        let command = pipeline
            .cmd("SET")
            .arg(format!("{prefix}{key}"))
            .arg("x".repeat(20));
        if ttl_seconds > 0 {
            command.arg("EX").arg(ttl_seconds);
        }
        command.ignore();
    }
    pipeline
        .query::<()>(&mut server.connection().unwrap())
        .unwrap();
}

fn group(text: &Text, name: &str, group: &str) -> Option<f64> {
    text.get(&format!(
        "{name}{{node=\"cache\",db=\"db0\",key_group=\"{group}\"}}"
    ))
}

fn db(text: &Text, name: &str) -> Option<f64> {
    text.get(&format!("{name}{{node=\"cache\",db=\"db0\"}}"))
}

#[tokio::test]
async fn a_sweep_counts_every_key_and_its_bytes_and_changes_no_hits_or_misses() {
    let Some(server) = Server::start() else {
        return;
    };
    fill(&server, "llm:resp:", 300, 0);
    fill(&server, "rate:", 40, 100);
    fill(&server, "plain", 7, 0);
    server.run("HSET llm:hash f 1");
    server.run("GET plain1");
    server.run("GET nothing");
    let mut collector = collector(&server).with_key_sampling(sampling().with_top(2));
    let text = tick(&mut collector).await;

    assert_eq!(group(&text, "redis_key_group_count", "llm"), Some(301.0));
    assert_eq!(group(&text, "redis_key_group_count", "rate"), Some(40.0));
    assert_eq!(group(&text, "redis_key_group_count", "other"), Some(7.0));
    assert_eq!(group(&text, "redis_key_group_count", "unclassified"), None);
    assert_eq!(db(&text, "redis_number_of_distinct_key_groups"), Some(3.0));
    let bytes: u64 = (0..40)
        .map(|key| server.ask::<u64>(&format!("MEMORY USAGE rate:{key}")))
        .sum();
    assert_eq!(
        group(&text, "redis_key_group_memory_usage_bytes", "rate"),
        Some(bytes as f64)
    );
    assert_eq!(db(&text, "redis_key_sampling_sampled_keys"), Some(348.0));
    assert_eq!(db(&text, "redis_key_sampling_coverage_ratio"), Some(1.0));
    let sizes: f64 = [
        "lt_128B",
        "lt_1KiB",
        "lt_10KiB",
        "lt_100KiB",
        "lt_1MiB",
        "ge_1MiB",
    ]
    .iter()
    .filter_map(|size| {
        text.get(&format!(
            "redis_keys_by_size{{node=\"cache\",db=\"db0\",size=\"{size}\"}}"
        ))
    })
    .sum();
    assert_eq!(sizes, 348.0);
    assert_eq!(
        (server.info("keyspace_hits"), server.info("keyspace_misses")),
        (1.0, 1.0)
    );
    assert!(!text.0.contains("redis_keys_by_type") && !text.0.contains("plain1"));
}

#[tokio::test]
async fn types_and_times_cost_hits_that_are_shown_and_taken_off() {
    let Some(server) = Server::start() else {
        return;
    };
    fill(&server, "a:", 30, 0);
    fill(&server, "b:", 10, 30);
    server.run("LPUSH c:list 1");
    let sampling = sampling().with_types().with_ttls();
    let mut collector = collector(&server).with_key_sampling(sampling);
    tick(&mut collector).await;
    // Every key of 41 was asked for its type and its time.
    assert_eq!(
        (server.info("keyspace_hits"), server.info("keyspace_misses")),
        (82.0, 0.0)
    );
    server.run("GET a:1");
    server.run("GET none");
    server.run("GET none");
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_keyspace_hits_total"), Some(83.0));
    assert_eq!(text.cache("redis_cache_hit_ratio"), Some(1.0 / 3.0));
    assert_eq!(
        text.cache("redis_key_sampling_probe_hits_total"),
        Some(164.0)
    );
    assert_eq!(
        text.cache("redis_key_sampling_probe_misses_total"),
        Some(0.0)
    );
    let class = |metric: &str, label: &str, class: &str| {
        text.get(&format!(
            "{metric}{{node=\"cache\",db=\"db0\",{label}=\"{class}\"}}"
        ))
    };
    assert_eq!(class("redis_keys_by_type", "type", "string"), Some(40.0));
    assert_eq!(class("redis_keys_by_type", "type", "list"), Some(1.0));
    assert_eq!(class("redis_keys_by_type", "type", "stream"), Some(0.0));
    assert_eq!(class("redis_keys_by_ttl", "ttl", "lt_1m"), Some(10.0));
    assert_eq!(class("redis_keys_by_ttl", "ttl", "none"), Some(31.0));
}

#[tokio::test]
async fn a_pass_stays_within_its_budget_and_the_next_goes_on() {
    let Some(server) = Server::start() else {
        return;
    };
    fill(&server, "a:", 3000, 0);
    let sampling = sampling().with_max_keys(500);
    let mut collector = collector(&server).with_key_sampling(sampling);
    let text = tick(&mut collector).await;
    let sampled = db(&text, "redis_key_sampling_sampled_keys").unwrap();
    // The last SCAN of a pass may bring a few more than asked for.
    assert!((500.0..650.0).contains(&sampled), "{sampled}");
    assert_eq!(
        db(&text, "redis_key_sampling_coverage_ratio"),
        Some(sampled / 3000.0)
    );
    // A part is scaled up to the whole.
    let scaled = group(&text, "redis_key_group_count", "a").unwrap();
    assert!((scaled - 3000.0).abs() < 1e-6, "{scaled}");
    let whole = tick_until(&mut collector, "a whole sweep", |text| {
        db(text, "redis_key_sampling_coverage_ratio") == Some(1.0)
    });
    let whole = whole.await;
    assert_eq!(group(&whole, "redis_key_group_count", "a"), Some(3000.0));
    // Each key was looked at once: no pass began at the start again.
    let looked = server.ask::<String>("INFO commandstats");
    let calls = looked
        .lines()
        .find_map(|line| line.strip_prefix("cmdstat_memory|usage:calls="))
        .unwrap();
    let calls: u64 = calls.split(',').next().unwrap().parse().unwrap();
    assert!((3000..3100).contains(&calls), "{calls}");
}

#[tokio::test]
async fn a_budget_of_no_time_looks_at_nothing_and_says_so() {
    let Some(server) = Server::start() else {
        return;
    };
    fill(&server, "a:", 10, 0);
    let sampling = sampling().with_max_time(Duration::ZERO);
    let mut collector = collector(&server).with_key_sampling(sampling);
    tick(&mut collector).await;
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_up"), Some(1.0));
    assert_eq!(
        text.get(r#"redis_key_sampling_skipped_total{node="cache",reason="budget"}"#),
        Some(2.0)
    );
    assert_eq!(group(&text, "redis_key_group_count", "a"), None);
}

#[tokio::test]
async fn a_server_that_is_saving_is_left_alone() {
    let arguments = ["--rdb-key-save-delay", "200000"];
    let options = Options {
        arguments: &arguments,
        ..Options::default()
    };
    let Some(server) = Server::start_with(&options) else {
        return;
    };
    fill(&server, "a:", 10, 0);
    server.run("BGSAVE");
    let mut collector = collector(&server).with_key_sampling(sampling());
    let text = tick(&mut collector).await;
    assert_eq!(
        text.get(r#"redis_key_sampling_skipped_total{node="cache",reason="fork"}"#),
        Some(1.0)
    );
    assert_eq!(group(&text, "redis_key_group_count", "a"), None);
}

#[tokio::test]
async fn without_the_right_to_memory_keys_are_counted_and_bytes_are_not_known() {
    let Some(server) = Server::start() else {
        return;
    };
    fill(&server, "a:", 10, 0);
    server.run("ACL SETUSER vitals reset on nopass -@all +info +scan");
    let target = target(&format!("redis://vitals:x@{}", server.address()));
    let mut collector = RedisCollector::new(target.build().unwrap())
        .with_name("cache")
        .without_lease()
        .with_key_sampling(sampling());
    let text = tick(&mut collector).await;
    assert_eq!(group(&text, "redis_key_group_count", "a"), Some(10.0));
    assert_eq!(
        group(&text, "redis_key_group_memory_usage_bytes", "a"),
        None
    );
    assert_eq!(
        text.get(r#"redis_collector_capability{node="cache",command="memory_usage"}"#),
        Some(0.0)
    );

    server.run("ACL SETUSER vitals -scan");
    let text = tick(&mut collector).await;
    assert_eq!(
        text.get(r#"redis_key_sampling_skipped_total{node="cache",reason="denied"}"#),
        Some(1.0)
    );
}
