//! A server at its memory limit.

use std::time::Duration;

use crate::support::{Options, Server, collector, tick};

fn fill(server: &Server, keys: u32) {
    let mut connection = server.connection().unwrap();
    let mut pipeline = redis::pipe();
    let value = "x".repeat(10_000);
    for key in 0..keys {
        pipeline
            .cmd("SET")
            .arg(format!("fill:{key}"))
            .arg(&value)
            .ignore();
    }
    // Without eviction some are refused.
    let _ = pipeline.query::<()>(&mut connection);
}

#[tokio::test]
async fn evictions_are_counted_and_the_share_of_memory_is_known() {
    let arguments = ["--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru"];
    let options = Options {
        arguments: &arguments,
        ..Options::default()
    };
    let Some(server) = Server::start_with(&options) else {
        return;
    };
    let mut collector = collector(&server);
    tick(&mut collector).await;
    let started = tokio::time::Instant::now();
    fill(&server, 600);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let text = tick(&mut collector).await;
    let elapsed = started.elapsed().as_secs_f64();

    let evicted = server.info("evicted_keys");
    assert!(evicted > 100.0, "{evicted}");
    assert_eq!(text.cache("redis_evicted_keys_total"), Some(evicted));
    assert_eq!(text.cache("redis_cache_keys"), Some(600.0 - evicted));
    let rate = collector.metrics().cache_metrics().eviction_rate.unwrap();
    assert!(
        (rate * elapsed / evicted - 1.0).abs() < 0.2,
        "{rate} for {evicted} in {elapsed}"
    );
    assert_eq!(
        text.cache("redis_memory_max_bytes"),
        Some(4.0 * 1024.0 * 1024.0)
    );
    let used = text.cache("redis_memory_used_bytes").unwrap();
    let uncounted = text
        .cache("redis_mem_not_counted_for_eviction_bytes")
        .unwrap();
    assert_eq!(
        text.cache("redis_cache_memory_ratio"),
        Some((used - uncounted) / 4_194_304.0)
    );
}

#[tokio::test]
async fn a_full_server_without_eviction_is_still_watched_without_a_lease() {
    let arguments = ["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"];
    let options = Options {
        arguments: &arguments,
        ..Options::default()
    };
    let Some(server) = Server::start_with(&options) else {
        return;
    };
    fill(&server, 600);
    server.run("CONFIG SET maxmemory 1mb");
    let mut collector = collector(&server)
        .with_lease(llm_vitals_redis::Lease::default().with_ttl(Duration::from_millis(150)));
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_up"), Some(1.0));
    assert_eq!(
        text.get(r#"redis_collector_owner{target="cache"}"#),
        Some(1.0)
    );
    assert_eq!(
        text.get(r#"redis_collector_leased{target="cache"}"#),
        Some(0.0)
    );
    assert!(text.cache("redis_cache_memory_ratio").unwrap() > 1.0);

    server.run("CONFIG SET maxmemory 100mb");
    // It asks again after a third of the lease's time.
    tokio::time::sleep(Duration::from_millis(60)).await;
    let text = tick(&mut collector).await;
    assert_eq!(
        text.get(r#"redis_collector_leased{target="cache"}"#),
        Some(1.0)
    );
}
