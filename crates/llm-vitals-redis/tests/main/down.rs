//! A server that dies, hangs, or comes back.

use std::time::Duration;

use crate::support::{Server, collector, tick, tick_until};

/// All that is left of a node that does not answer.
const LEFT: [&str; 3] = [
    "redis_up",
    "redis_collector_failures_total",
    "redis_collector_last_success_timestamp_seconds",
];

fn lookups(server: &Server, hits: u64, misses: u64) {
    server.run("SET there 1");
    for _ in 0..hits {
        server.run("GET there");
    }
    for _ in 0..misses {
        server.run("GET gone");
    }
}

#[tokio::test]
async fn kill_nine_leaves_redis_up_zero_and_nothing_else() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let mut collector = collector(&server);
    tick(&mut collector).await;
    lookups(&server, 9, 1);
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_cache_hit_ratio"), Some(0.9));

    server.kill();
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_up"), Some(0.0));
    assert_eq!(
        text.names_of("cache")
            .iter()
            .filter(|name| !LEFT.contains(name))
            .count(),
        0,
        "{}",
        text.0
    );
    let metrics = collector.metrics().cache_metrics();
    // What happened in the window has happened; what is there now is not known.
    assert_eq!(
        (metrics.hit_rate, metrics.memory_usage, metrics.key_count),
        (Some(0.9), None, None)
    );
    assert_eq!(collector.metrics().is_up(), Some(false));
    let failures = r#"redis_collector_failures_total{node="cache",reason="connection"}"#;
    assert_eq!(text.get(failures), Some(1.0));

    server.restart();
    lookups(&server, 1, 9);
    let text = tick_until(&mut collector, "the return", |text| {
        text.cache("redis_up") == Some(1.0)
    })
    .await;
    assert_eq!(text.cache("redis_keyspace_hits_total"), Some(1.0));
    // 9 of 10 before, 1 of 10 after: the restart neither loses nor repeats.
    assert_eq!(text.cache("redis_cache_hit_ratio"), Some(0.5));
    assert_eq!(collector.metrics().cache_metrics().key_count, Some(1));
}

#[tokio::test]
async fn a_server_that_hangs_costs_the_timeouts_and_no_more() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut collector = collector(&server);
    tick(&mut collector).await;
    lookups(&server, 3, 1);
    tick(&mut collector).await;
    server.freeze();
    for _ in 0..3 {
        let started = tokio::time::Instant::now();
        let text = tick(&mut collector).await;
        let took = started.elapsed();
        assert!(took < Duration::from_millis(800), "{took:?}");
        assert_eq!(text.cache("redis_up"), Some(0.0));
        assert_eq!(text.cache("redis_memory_used_bytes"), None);
    }
    let text = tick(&mut collector).await;
    assert_eq!(
        text.get(r#"redis_collector_failures_total{node="cache",reason="timeout"}"#),
        Some(4.0)
    );

    server.thaw();
    let text = tick_until(&mut collector, "the return", |text| {
        text.cache("redis_up") == Some(1.0)
    })
    .await;
    assert_eq!(text.cache("redis_keyspace_hits_total"), Some(3.0));
    assert_eq!(text.cache("redis_cache_hit_ratio"), Some(0.75));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scrape_waits_for_no_server() {
    let Some(server) = Server::start() else {
        return;
    };
    let collector = collector(&server).with_interval(Duration::from_millis(20));
    let metrics = collector.metrics();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(collector.run(async {
        let _ = stopped.await;
    }));
    while metrics.is_up() != Some(true) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.freeze();
    let mut saw_down = false;
    for _ in 0..60 {
        let started = tokio::time::Instant::now();
        let mut text = String::new();
        metrics.render(&mut text);
        let took = started.elapsed();
        assert!(took < Duration::from_millis(100), "{took:?}");
        saw_down |= text.contains("redis_up{node=\"cache\"} 0\n");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(saw_down);
    stop.send(()).unwrap();
    // A tick that is under way does not hold up the end.
    tokio::time::timeout(Duration::from_secs(2), task)
        .await
        .unwrap()
        .unwrap();
    server.thaw();
}
