//! One server, and exact values after known traffic.

use std::time::Duration;

use llm_vitals_prometheus::Prometheus;

use crate::support::{Options, Proxy, Server, collector, target, tick};

/// 4 keys, one of which expires; 5 hits and 3 misses by commands of several kinds.
fn traffic(server: &Server) {
    for command in [
        "SET user:1 a",
        "SET user:2 b",
        "SET session:1 c EX 1000",
        "HSET h f 1 g 2",
        "GET user:1",
        "GET nobody",
        "MGET user:1 user:2 nobody",
        "HGET h f",
        "HGET h none",
        "EXISTS nobody",
    ] {
        server.run(command);
    }
}

#[tokio::test]
async fn shows_exact_values_after_known_traffic() {
    let Some(server) = Server::start() else {
        return;
    };
    traffic(&server);
    let mut collector = collector(&server);
    let text = tick(&mut collector).await;

    assert_eq!(text.cache("redis_up"), Some(1.0));
    assert_eq!(text.cache("redis_keyspace_hits_total"), Some(5.0));
    assert_eq!(text.cache("redis_keyspace_misses_total"), Some(3.0));
    assert_eq!(text.cache("redis_evicted_keys_total"), Some(0.0));
    assert_eq!(
        text.get(r#"redis_db_keys{node="cache",db="db0"}"#),
        Some(4.0)
    );
    assert_eq!(
        text.get(r#"redis_db_keys_expiring{node="cache",db="db0"}"#),
        Some(1.0)
    );
    assert_eq!(
        text.get(r#"redis_commands_total{node="cache",cmd="set"}"#),
        Some(3.0)
    );
    assert_eq!(
        text.get(r#"redis_commands_total{node="cache",cmd="hget"}"#),
        Some(2.0)
    );
    assert_eq!(text.cache("redis_cache_keys"), Some(4.0));
    let start = text.cache("redis_start_time_seconds").unwrap();
    let uptime = text.cache("redis_uptime_in_seconds").unwrap();
    assert!(start.fract() == 0.0 && (start + uptime - unix_now()).abs() < 3.0);
    let info = text
        .0
        .lines()
        .find(|line| line.starts_with("redis_instance_info{"))
        .unwrap();
    for label in [
        r#"role="master""#,
        r#"redis_mode="standalone""#,
        r#"maxmemory_policy="noeviction""#,
    ] {
        assert!(info.contains(label), "{info}");
    }

    // Before the collector looked for the first time is not its window.
    assert_eq!(text.cache("redis_cache_hit_ratio"), None);
    assert_eq!(collector.metrics().cache_metrics().hit_rate, None);
    traffic(&server);
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_keyspace_hits_total"), Some(10.0));
    assert_eq!(text.cache("redis_cache_hit_ratio"), Some(0.625));
    assert_eq!(text.cache("redis_cache_miss_ratio"), Some(0.375));
    assert_eq!(text.cache("redis_cache_evictions_per_second"), Some(0.0));
    assert_eq!(text.cache("redis_cache_memory_ratio"), None);

    let json = serde_json::to_value(collector.metrics().cache_metrics()).unwrap();
    let memory = text.cache("redis_memory_used_bytes").unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "hitRate": 0.625,
            "missRate": 0.375,
            "evictionRate": 0.0,
            "memoryUsage": memory as u64,
            "keyCount": 4,
        })
    );
    assert_eq!(collector.metrics().is_up(), Some(true));
}

#[tokio::test]
async fn without_lookups_there_is_no_ratio() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut collector = collector(&server);
    tick(&mut collector).await;
    server.run("SET a 1");
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_cache_hit_ratio"), None);
    assert_eq!(text.cache("redis_cache_miss_ratio"), None);
    let metrics = collector.metrics().cache_metrics();
    assert_eq!(
        (metrics.hit_rate, metrics.miss_rate, metrics.eviction_rate),
        (None, None, Some(0.0))
    );
}

#[tokio::test]
async fn resetstat_shows_in_the_counters_and_not_in_the_ratio() {
    let Some(server) = Server::start() else {
        return;
    };
    traffic(&server);
    let mut collector = collector(&server);
    tick(&mut collector).await;
    traffic(&server);
    tick(&mut collector).await;
    server.run("CONFIG RESETSTAT");
    server.run("GET user:1");
    server.run("GET user:1");
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_keyspace_hits_total"), Some(2.0));
    assert_eq!(text.cache("redis_keyspace_misses_total"), Some(0.0));
    assert_eq!(
        text.get(r#"redis_commands_total{node="cache",cmd="set"}"#),
        None
    );
    // 5 of 8 before, 2 of 2 since.
    assert_eq!(text.cache("redis_cache_hit_ratio"), Some(0.7));
}

#[tokio::test]
async fn flushall_leaves_no_keys_rather_than_no_series() {
    let Some(server) = Server::start() else {
        return;
    };
    traffic(&server);
    server.run("COPY user:1 user:1 DB 3");
    let mut collector = collector(&server);
    let text = tick(&mut collector).await;
    assert_eq!(
        text.get(r#"redis_db_keys{node="cache",db="db3"}"#),
        Some(1.0)
    );
    let hits = text.cache("redis_keyspace_hits_total");
    server.run("FLUSHALL");
    let text = tick(&mut collector).await;
    for db in ["db0", "db3"] {
        let series = format!("redis_db_keys{{node=\"cache\",db=\"{db}\"}}");
        assert_eq!(text.get(&series), Some(0.0), "{db}");
    }
    assert_eq!(text.cache("redis_cache_keys"), Some(0.0));
    assert_eq!(text.cache("redis_keyspace_hits_total"), hits);
    assert_eq!(collector.metrics().cache_metrics().key_count, Some(0));
}

#[tokio::test]
async fn shows_the_slow_log_and_latency_events() {
    let arguments = [
        "--slowlog-log-slower-than",
        "15000",
        "--latency-monitor-threshold",
        "15",
        "--enable-debug-command",
        "yes",
    ];
    let options = Options {
        arguments: &arguments,
        ..Options::default()
    };
    let Some(server) = Server::start_with(&options) else {
        return;
    };
    let mut collector = collector(&server).with_slow_log().with_latency_events();
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_slowlog_length"), Some(0.0));
    assert_eq!(text.cache("redis_slowlog_last_id"), Some(0.0));
    server.run("DEBUG SLEEP 0.02");
    server.run("DEBUG SLEEP 0.03");
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_slowlog_length"), Some(2.0));
    assert_eq!(text.cache("redis_slowlog_last_id"), Some(1.0));
    let last = text
        .cache("redis_last_slow_execution_duration_seconds")
        .unwrap();
    assert!((0.03..0.2).contains(&last), "{last}");
    let spike =
        text.get(r#"redis_latency_spike_duration_seconds{node="cache",event_name="command"}"#);
    assert!((0.03..0.2).contains(&spike.unwrap()), "{spike:?}");
    let at = text
        .get(r#"redis_latency_spike_last{node="cache",event_name="command"}"#)
        .unwrap();
    assert!((at - unix_now()).abs() < 5.0);
    for command in ["slowlog", "latency"] {
        let series = format!("redis_collector_capability{{node=\"cache\",command=\"{command}\"}}");
        assert_eq!(text.get(&series), Some(1.0));
    }
}

#[tokio::test]
async fn a_tick_is_one_round_trip_whatever_is_asked_for() {
    let Some(server) = Server::start() else {
        return;
    };
    let proxy = Proxy::passing(server.port).await;
    let mut plain = llm_vitals_redis::RedisCollector::new(target(&proxy.url()).build().unwrap())
        .without_lease();
    plain.tick().await;
    let before = proxy.counts();
    for _ in 0..10 {
        plain.tick().await;
    }
    let after = proxy.counts();
    assert_eq!((after.0 - before.0, after.1 - before.1), (10, 10));

    let client = target(&proxy.url()).build().unwrap();
    let mut full = llm_vitals_redis::RedisCollector::new(client)
        .with_interval(Duration::from_secs(5))
        .with_slow_log()
        .with_latency_events();
    full.tick().await;
    let before = proxy.counts();
    for _ in 0..10 {
        full.tick().await;
    }
    let after = proxy.counts();
    // INFO, SLOWLOG LEN, SLOWLOG GET, LATENCY LATEST; the lease is renewed every 10 s.
    assert_eq!((after.0 - before.0, after.1 - before.1), (10, 40));
}

#[tokio::test]
async fn codes_of_scripts_are_one_series() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut connection = server.connection().unwrap();
    // What the driver of the test itself got wrong is not counted.
    redis::cmd("CONFIG")
        .arg("RESETSTAT")
        .query::<()>(&mut connection)
        .unwrap();
    redis::cmd("LPUSH")
        .query::<()>(&mut connection)
        .unwrap_err();
    for at in 0..60 {
        let script = format!("return redis.error_reply('USER{at} is wrong')");
        redis::cmd("EVAL")
            .arg(script)
            .arg(0)
            .query::<()>(&mut connection)
            .unwrap_err();
    }
    let mut collector = collector(&server);
    let text = tick(&mut collector).await;
    assert_eq!(
        text.get(r#"redis_errors_total{node="cache",err="ERR"}"#),
        Some(1.0)
    );
    assert_eq!(
        text.get(r#"redis_errors_total{node="cache",err="other"}"#),
        Some(60.0)
    );
    assert_eq!(text.0.matches("redis_errors_total{").count(), 2);
}

#[tokio::test]
async fn a_replica_says_whom_it_follows_and_the_primary_how_far_it_is() {
    let (Some(primary), Some(replica)) = (Server::start(), Server::start()) else {
        return;
    };
    replica.run(&format!("REPLICAOF 127.0.0.1 {}", primary.port));
    let client = target(&primary.url())
        .with_node(replica.url())
        .build()
        .unwrap();
    let mut collector = llm_vitals_redis::RedisCollector::new(client).without_lease();
    let (at, port) = (replica.address(), primary.port);
    let link = format!(
        "redis_master_link_up{{node=\"{at}\",master_host=\"127.0.0.1\",master_port=\"{port}\"}}"
    );
    crate::support::tick_until(&mut collector, "the first sync", |text| {
        text.get(&link) == Some(1.0)
    })
    .await;
    primary.run("SET a 1");
    primary.run("SET b 2");
    let lag = format!(
        "redis_connected_slave_lag_bytes{{node=\"{}\",slave_ip=\"127.0.0.1\",slave_port=\"{}\",slave_state=\"online\"}}",
        primary.address(),
        replica.port
    );
    let text = crate::support::tick_until(&mut collector, "a replica in step", |text| {
        text.get(&lag) == Some(0.0)
    })
    .await;
    let offset = text.of_node(&primary.address(), "redis_master_repl_offset");
    let reached = link.replace("redis_master_link_up", "redis_slave_repl_offset");
    assert_eq!(text.get(&reached), offset);
    let info = format!(
        "redis_slave_info{{node=\"{at}\",master_host=\"127.0.0.1\",master_port=\"{port}\",read_only=\"1\"}}"
    );
    assert_eq!(text.get(&info), Some(1.0));
    // The keys of the replica are those of the primary.
    assert_eq!(collector.metrics().cache_metrics().key_count, Some(2));
}

#[tokio::test]
async fn the_exposition_takes_every_line() {
    let Some(server) = Server::start() else {
        return;
    };
    traffic(&server);
    let mut collector = collector(&server)
        .with_latency_statistics()
        .with_slow_log()
        .with_latency_events();
    tick(&mut collector).await;
    let (_recorder, exposition) = Prometheus::builder()
        .without_process_metrics()
        .build()
        .unwrap();
    let metrics = collector.metrics();
    exposition.add(move |out| metrics.render(out));
    let text = exposition.render();
    assert!(text.contains("llm_vitals_exposition_errors_total 0\n"));
    assert!(text.contains(
        "# TYPE redis_keyspace_hits_total counter\nredis_keyspace_hits_total{node=\"cache\"} 5\n"
    ));
    assert!(
        text.contains(
            "redis_latency_percentiles_usec{node=\"cache\",cmd=\"hget\",quantile=\"99\"} "
        )
    );
    assert!(text.contains("redis_latency_percentiles_usec_count{node=\"cache\",cmd=\"hget\"} 2\n"));
    assert!(
        exposition
            .render_openmetrics()
            .contains("# TYPE redis_keyspace_hits counter\n")
    );
}

#[tokio::test]
async fn a_socket_and_a_database_are_reached_by_their_urls() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("redis.sock");
    let path = path.to_str().unwrap();
    let arguments = ["--unixsocket", path];
    let options = Options {
        arguments: &arguments,
        ..Options::default()
    };
    let Some(server) = Server::start_with(&options) else {
        return;
    };
    for url in [
        format!("unix://{path}"),
        format!("redis://{}/5", server.address()),
    ] {
        let client = target(&url).build().unwrap();
        let mut collector = llm_vitals_redis::RedisCollector::new(client).with_name("cache");
        let text = tick(&mut collector).await;
        assert_eq!(text.cache("redis_up"), Some(1.0));
        let database = if url.ends_with("/5") { "db5" } else { "db0" };
        let keys = format!("redis_db_keys{{node=\"cache\",db=\"{database}\"}}");
        assert_eq!(
            text.get(&keys),
            Some(1.0),
            "the lease is in the database of {url}"
        );
        server.run("FLUSHALL");
    }
}

#[tokio::test]
async fn what_the_collector_read_is_gone_with_the_collector() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut collector = collector(&server);
    tick(&mut collector).await;
    let metrics = collector.metrics();
    assert_eq!(metrics.is_up(), Some(true));
    drop(collector);
    let mut text = String::new();
    metrics.render(&mut text);
    assert_eq!(
        (
            text.as_str(),
            metrics.is_up(),
            metrics.cache_metrics().key_count
        ),
        ("", None, None)
    );
}

fn unix_now() -> f64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs_f64()
}
