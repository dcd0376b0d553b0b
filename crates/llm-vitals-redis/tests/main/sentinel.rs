//! A primary, its replica and a Sentinel.

use std::time::Duration;

use llm_vitals_redis::{KeySampling, RedisCollector, RedisTarget};

use crate::support::{Server, Text, start_sentinel, tick, tick_until};

/// A primary with a replica in step, and a Sentinel that knows both.
fn start() -> Option<(Server, Server, Server)> {
    let (primary, replica) = (Server::start()?, Server::start()?);
    replica.run(&format!("REPLICAOF 127.0.0.1 {}", primary.port));
    wait("the first sync", || {
        replica
            .ask::<String>("INFO replication")
            .contains("master_link_status:up")
    });
    let sentinel = start_sentinel(&primary);
    wait("the Sentinel", || {
        sentinel.ask::<String>("INFO sentinel").contains("slaves=1")
    });
    Some((primary, replica, sentinel))
}

fn wait(what: &str, is_there: impl Fn() -> bool) {
    for _ in 0..400 {
        if is_there() {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("{what} did not happen within 10 s");
}

fn collector(sentinel: &Server) -> RedisCollector {
    // One Sentinel of the two is not there.
    let client = RedisTarget::sentinel(["redis://127.0.0.1:1".to_owned(), sentinel.url()], "cache")
        .with_connect_timeout(Duration::from_millis(300))
        .with_response_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    RedisCollector::new(client)
        .with_max_backoff(Duration::ZERO)
        .without_lease()
}

fn role(text: &Text, node: &str) -> Option<String> {
    let prefix = format!("redis_instance_info{{node=\"{node}\",role=\"");
    let role = text.0.lines().find_map(|line| line.strip_prefix(&prefix))?;
    Some(role.split('"').next().unwrap().to_owned())
}

fn lookups(server: &Server, hits: u32, misses: u32) {
    for _ in 0..hits {
        server.run("GET a");
    }
    for _ in 0..misses {
        server.run("GET none");
    }
}

#[tokio::test]
async fn follows_a_failover_after_the_primary_died() {
    let Some((mut primary, replica, sentinel)) = start() else {
        return;
    };
    primary.run("SET a 1");
    primary.run("SET b 1");
    let mut collector = collector(&sentinel);
    let both = |text: &Text| {
        let nodes = [primary.address(), replica.address()];
        nodes
            .iter()
            .all(|node| text.of_node(node, "redis_up") == Some(1.0))
            && nodes
                .iter()
                .all(|node| text.of_node(node, "redis_cache_keys") == Some(2.0))
    };
    let text = tick_until(&mut collector, "both nodes", both).await;
    assert_eq!(role(&text, &primary.address()).as_deref(), Some("master"));
    assert_eq!(role(&text, &replica.address()).as_deref(), Some("slave"));
    // The keys of the replica are not counted again.
    assert_eq!(collector.metrics().cache_metrics().key_count, Some(2));

    lookups(&primary, 6, 2);
    lookups(&replica, 1, 1);
    tick(&mut collector).await;
    assert_eq!(collector.metrics().cache_metrics().hit_rate, Some(0.7));

    primary.kill();
    let text = tick(&mut collector).await;
    assert_eq!(text.of_node(&primary.address(), "redis_up"), Some(0.0));
    assert_eq!(collector.metrics().is_up(), Some(false));
    assert_eq!(collector.metrics().cache_metrics().key_count, None);

    let promoted = |text: &Text| role(text, &replica.address()).as_deref() == Some("master");
    tick_until(&mut collector, "the failover", promoted).await;
    tick_until(&mut collector, "news from the Sentinel", |_| {
        is_primary_of(&sentinel, &replica)
    })
    .await;
    let text = tick(&mut collector).await;
    assert_eq!(collector.metrics().is_up(), Some(true), "{}", text.0);
    assert_eq!(text.of_node(&primary.address(), "redis_up"), Some(0.0));
    assert_eq!(
        text.of_node(&primary.address(), "redis_keyspace_hits_total"),
        None
    );
    assert_eq!(collector.metrics().cache_metrics().key_count, Some(2));

    lookups(&replica, 0, 10);
    let text = tick(&mut collector).await;
    assert_eq!(
        text.of_node(&replica.address(), "redis_keyspace_misses_total"),
        Some(11.0)
    );
    // 7 hits and 3 misses before, 10 misses since: nothing is lost or counted twice.
    assert_eq!(collector.metrics().cache_metrics().hit_rate, Some(0.35));
}

fn is_primary_of(sentinel: &Server, expected: &Server) -> bool {
    let address: Vec<String> = sentinel.ask("SENTINEL GET-MASTER-ADDR-BY-NAME cache");
    address[1] == expected.port.to_string()
}

#[tokio::test]
async fn follows_a_failover_that_was_ordered_while_both_live() {
    let Some((primary, replica, sentinel)) = start() else {
        return;
    };
    primary.run("SET a 1");
    let mut collector = collector(&sentinel);
    tick(&mut collector).await;
    lookups(&primary, 50, 0);
    tick(&mut collector).await;
    // The Sentinel trusts a replica only after it has heard of it a few times.
    wait("a replica to promote", || {
        sentinel
            .try_ask::<redis::Value>("SENTINEL FAILOVER cache")
            .is_ok()
    });
    let promoted = |text: &Text| {
        role(text, &replica.address()).as_deref() == Some("master")
            && is_primary_of(&sentinel, &replica)
    };
    tick_until(&mut collector, "the failover", promoted).await;
    lookups(&replica, 0, 50);
    let text = tick(&mut collector).await;
    // The old primary may take itself for one still; its key is not counted again.
    assert_eq!(collector.metrics().cache_metrics().key_count, Some(1));
    // Each node keeps its own series: no counter of one is mistaken for the other's.
    assert_eq!(
        text.of_node(&primary.address(), "redis_keyspace_hits_total"),
        Some(50.0)
    );
    assert_eq!(
        text.of_node(&replica.address(), "redis_keyspace_hits_total"),
        Some(0.0)
    );
    assert_eq!(
        text.of_node(&replica.address(), "redis_keyspace_misses_total"),
        Some(50.0)
    );
    assert_eq!(collector.metrics().cache_metrics().hit_rate, Some(0.5));
    assert_eq!(collector.metrics().is_up(), Some(true));
}

#[tokio::test]
async fn keys_are_sampled_on_the_replica() {
    let Some((primary, replica, sentinel)) = start() else {
        return;
    };
    for key in 0..20 {
        primary.run(&format!("SET llm:{key} x"));
    }
    wait("replication", || replica.ask::<u64>("DBSIZE") == 20);
    let sampling = KeySampling::new()
        .with_interval(Duration::ZERO)
        .with_max_time(Duration::from_secs(2));
    let mut collector = collector(&sentinel).with_key_sampling(sampling);
    let text = tick(&mut collector).await;
    let count = |node: &Server| {
        let node = node.address();
        text.get(&format!(
            "redis_key_group_count{{node=\"{node}\",db=\"db0\",key_group=\"llm\"}}"
        ))
    };
    assert_eq!(
        (count(&primary), count(&replica)),
        (None, Some(20.0)),
        "{}",
        text.0
    );
    assert!(
        !primary
            .ask::<String>("INFO commandstats")
            .contains("cmdstat_scan")
    );
}

#[tokio::test]
async fn a_sentinel_that_is_gone_leaves_what_is_known() {
    let Some((primary, _replica, mut sentinel)) = start() else {
        return;
    };
    let mut collector = collector(&sentinel);
    tick(&mut collector).await;
    sentinel.kill();
    let text = tick(&mut collector).await;
    assert_eq!(
        text.get(r#"redis_collector_discovery_up{target="redis"}"#),
        Some(0.0)
    );
    assert_eq!(text.of_node(&primary.address(), "redis_up"), Some(1.0));
    assert_eq!(collector.metrics().is_up(), Some(true));
}
