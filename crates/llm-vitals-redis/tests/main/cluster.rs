//! Three nodes of a cluster.

use std::time::Duration;

use llm_vitals_redis::{KeySampling, Lease, RedisCollector, RedisTarget};

use crate::support::{Options, Server, Text, tick, tick_until};

const SLOTS: [(u16, u16); 3] = [(0, 5460), (5461, 10922), (10923, 16383)];

fn start() -> Option<Vec<Server>> {
    let options = Options {
        is_cluster: true,
        ..Options::default()
    };
    let nodes: Vec<Server> = (0..3)
        .map(|_| Server::start_with(&options))
        .collect::<Option<_>>()?;
    for (at, (node, (first, last))) in nodes.iter().zip(SLOTS).enumerate() {
        node.run(&format!("CLUSTER ADDSLOTSRANGE {first} {last}"));
        node.run(&format!("CLUSTER SET-CONFIG-EPOCH {}", at + 1));
    }
    for node in &nodes[1..] {
        // The bus is on a port of its own, which MEET has to be told.
        let bus: Vec<String> = node.ask("CONFIG GET cluster-port");
        nodes[0].run(&format!("CLUSTER MEET 127.0.0.1 {} {}", node.port, bus[1]));
    }
    for _ in 0..400 {
        let is_whole = |node: &Server| {
            let info: String = node.ask("CLUSTER INFO");
            info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3")
        };
        if nodes.iter().all(is_whole) {
            return Some(nodes);
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("the cluster was not whole within 10 s");
}

fn collector(nodes: &[Server]) -> RedisCollector {
    let client = RedisTarget::cluster([nodes[0].url()])
        .with_connect_timeout(Duration::from_millis(300))
        .with_response_timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    RedisCollector::new(client)
        .with_max_backoff(Duration::ZERO)
        .without_lease()
}

/// Keys whose slot is in the range of the node.
fn keys_of(nodes: &[Server], at: usize, count: usize) -> Vec<String> {
    let (first, last) = SLOTS[at];
    let names = (0..).map(|number| format!("key:{number}"));
    names
        .filter(|name| {
            (first..=last).contains(&nodes[0].ask::<u16>(&format!("CLUSTER KEYSLOT {name}")))
        })
        .take(count)
        .collect()
}

fn each(nodes: &[Server], text: &Text, name: &str) -> Vec<Option<f64>> {
    nodes
        .iter()
        .map(|node| text.of_node(&node.address(), name))
        .collect()
}

fn db0(node: &Server, text: &Text) -> Option<f64> {
    text.get(&format!(
        "redis_db_keys{{node=\"{}\",db=\"db0\"}}",
        node.address()
    ))
}

#[tokio::test]
async fn shows_exact_values_of_every_node_and_their_sum() {
    let Some(nodes) = start() else { return };
    let mut collector = collector(&nodes);
    tick(&mut collector).await;
    for (at, hits) in [(0, 1), (1, 4), (2, 7)] {
        let keys = keys_of(&nodes, at, at + 2);
        for key in &keys {
            nodes[at].run(&format!("SET {key} x"));
        }
        for _ in 0..hits {
            nodes[at].run(&format!("GET {}", keys[0]));
        }
    }
    let missing = &keys_of(&nodes, 0, 3)[2];
    for _ in 0..4 {
        nodes[0].run(&format!("GET {missing}"));
    }
    tick(&mut collector).await;
    let text = tick(&mut collector).await;
    assert_eq!(each(&nodes, &text, "redis_up"), [Some(1.0); 3]);
    assert_eq!(
        each(&nodes, &text, "redis_keyspace_hits_total"),
        [Some(1.0), Some(4.0), Some(7.0)]
    );
    assert_eq!(
        each(&nodes, &text, "redis_keyspace_misses_total"),
        [Some(4.0), Some(0.0), Some(0.0)]
    );
    assert_eq!(
        each(&nodes, &text, "redis_cache_keys"),
        [Some(2.0), Some(3.0), Some(4.0)]
    );
    assert_eq!(
        each(&nodes, &text, "redis_cache_hit_ratio"),
        [Some(0.2), Some(1.0), Some(1.0)]
    );
    assert_eq!(each(&nodes, &text, "redis_cluster_enabled"), [Some(1.0); 3]);
    assert_eq!(each(&nodes, &text, "redis_cluster_state"), [Some(1.0); 3]);
    assert_eq!(
        each(&nodes, &text, "redis_cluster_slots_assigned"),
        [Some(16384.0); 3]
    );
    assert_eq!(
        each(&nodes, &text, "redis_cluster_known_nodes"),
        [Some(3.0); 3]
    );
    let metrics = collector.metrics().cache_metrics();
    assert_eq!(
        (metrics.hit_rate, metrics.miss_rate, metrics.key_count),
        (Some(0.75), Some(0.25), Some(9))
    );
}

#[tokio::test]
async fn a_slot_that_moves_takes_its_keys_along_and_nothing_else() {
    let Some(nodes) = start() else { return };
    let tag = &keys_of(&nodes, 0, 1)[0];
    let slot: u16 = nodes[0].ask(&format!("CLUSTER KEYSLOT {tag}"));
    let keys: Vec<String> = (0..5).map(|at| format!("{{{tag}}}:{at}")).collect();
    for key in &keys {
        nodes[0].run(&format!("SET {key} x"));
    }
    let mut collector = collector(&nodes);
    tick(&mut collector).await;
    for key in &keys {
        nodes[0].run(&format!("GET {key}"));
    }
    tick(&mut collector).await;
    assert_eq!(collector.metrics().cache_metrics().hit_rate, Some(1.0));

    let ids: Vec<String> = nodes.iter().map(|node| node.ask("CLUSTER MYID")).collect();
    nodes[1].run(&format!("CLUSTER SETSLOT {slot} IMPORTING {}", ids[0]));
    nodes[0].run(&format!("CLUSTER SETSLOT {slot} MIGRATING {}", ids[1]));
    let move_keys = |keys: &[String]| {
        let mut command = redis::cmd("MIGRATE");
        command
            .arg("127.0.0.1")
            .arg(nodes[1].port)
            .arg("")
            .arg(0)
            .arg(5000)
            .arg("KEYS")
            .arg(keys);
        command
            .query::<()>(&mut nodes[0].connection().unwrap())
            .unwrap();
    };
    move_keys(&keys[..3]);
    let text = tick(&mut collector).await;
    assert_eq!(
        (db0(&nodes[0], &text), db0(&nodes[1], &text)),
        (Some(2.0), Some(3.0))
    );
    assert_eq!(collector.metrics().cache_metrics().key_count, Some(5));

    move_keys(&keys[3..]);
    for node in [&nodes[1], &nodes[0], &nodes[2]] {
        node.run(&format!("CLUSTER SETSLOT {slot} NODE {}", ids[1]));
    }
    let text = tick(&mut collector).await;
    assert_eq!(
        (db0(&nodes[0], &text), db0(&nodes[1], &text)),
        (Some(0.0), Some(5.0))
    );
    for key in &keys {
        nodes[1].run(&format!("GET {key}"));
    }
    let text = tick(&mut collector).await;
    let hits = each(&nodes, &text, "redis_keyspace_hits_total");
    assert_eq!(
        (hits[0], hits[1]),
        (Some(server_hits(&nodes[0])), Some(5.0))
    );
    let metrics = collector.metrics().cache_metrics();
    assert_eq!((metrics.hit_rate, metrics.key_count), (Some(1.0), Some(5)));
    assert_eq!(each(&nodes, &text, "redis_up"), [Some(1.0); 3]);
    assert_eq!(
        each(&nodes, &text, "redis_cluster_slots_ok"),
        [Some(16384.0); 3]
    );
}

fn server_hits(server: &Server) -> f64 {
    server.info("keyspace_hits")
}

#[tokio::test]
async fn a_dead_node_is_down_alone_and_the_sum_of_keys_unknown() {
    let Some(mut nodes) = start() else { return };
    let mut collector = collector(&nodes);
    tick(&mut collector).await;
    tick(&mut collector).await;
    nodes[0].kill();
    let text = tick(&mut collector).await;
    assert_eq!(
        each(&nodes, &text, "redis_up"),
        [Some(0.0), Some(1.0), Some(1.0)]
    );
    assert_eq!(each(&nodes, &text, "redis_memory_used_bytes")[0], None);
    assert_eq!(collector.metrics().cache_metrics().key_count, None);
    assert_eq!(collector.metrics().is_up(), Some(false));
    // The one that the collector was given is the one that died: it asks the others that it has found.
    let noticed = |text: &Text| each(&nodes[1..], text, "redis_cluster_state") == [Some(0.0); 2];
    let text = tick_until(&mut collector, "the cluster's own notice", noticed).await;
    assert_eq!(
        text.get(r#"redis_collector_discovery_up{target="redis"}"#),
        Some(1.0)
    );
    assert_eq!(
        each(&nodes, &text, "redis_up"),
        [Some(0.0), Some(1.0), Some(1.0)]
    );
}

#[tokio::test]
async fn the_lease_lives_where_the_cluster_puts_it() {
    let Some(nodes) = start() else { return };
    // One key for each node: at least two of them are not where they are asked for first.
    for at in 0..3 {
        let key = &keys_of(&nodes, at, 1)[0];
        let mut collectors: Vec<_> = (0..2)
            .map(|_| collector(&nodes).with_lease(Lease::new(key)))
            .collect();
        let mut owners = Vec::new();
        for collector in &mut collectors {
            let text = tick(collector).await;
            assert_eq!(
                text.get(r#"redis_collector_leased{target="redis"}"#),
                Some(1.0),
                "{}",
                text.0
            );
            owners.push(text.get(r#"redis_collector_owner{target="redis"}"#));
        }
        assert_eq!(owners, [Some(1.0), Some(0.0)]);
        assert_eq!(nodes[at].ask::<u64>(&format!("EXISTS {key}")), 1);
    }
}

#[tokio::test]
async fn a_replica_is_sampled_for_its_primary_and_takes_its_place() {
    let options = Options {
        is_cluster: true,
        ..Options::default()
    };
    let (Some(primary), Some(replica)) =
        (Server::start_with(&options), Server::start_with(&options))
    else {
        return;
    };
    primary.run("CLUSTER ADDSLOTSRANGE 0 16383");
    let bus: Vec<String> = primary.ask("CONFIG GET cluster-port");
    replica.run(&format!(
        "CLUSTER MEET 127.0.0.1 {} {}",
        primary.port, bus[1]
    ));
    let id: String = primary.ask("CLUSTER MYID");
    wait("the handshake", || {
        replica
            .try_ask::<redis::Value>(&format!("CLUSTER REPLICATE {id}"))
            .is_ok()
    });
    for key in 0..20 {
        wait("the slots", || {
            primary
                .try_ask::<redis::Value>(&format!("SET llm:{key} x"))
                .is_ok()
        });
    }
    wait("replication", || replica.ask::<u64>("DBSIZE") == 20);

    let nodes = [primary, replica];
    let sampling = KeySampling::new()
        .with_interval(Duration::ZERO)
        .with_max_time(Duration::from_secs(2));
    let mut collector = collector(&nodes).with_key_sampling(sampling);
    let bytes = |node: &Server, text: &Text| {
        let node = node.address();
        text.get(&format!(
            "redis_key_group_memory_usage_bytes{{node=\"{node}\",db=\"db0\",key_group=\"llm\"}}"
        ))
    };
    // A replica tells the memory of its keys only to those who said READONLY.
    let text = tick_until(&mut collector, "a sample of the replica", |text| {
        bytes(&nodes[1], text).is_some()
    })
    .await;
    let mut direct = nodes[1].connection().unwrap();
    redis::cmd("READONLY").query::<()>(&mut direct).unwrap();
    let memory = |key: u32| {
        let mut command = redis::cmd("MEMORY");
        command.arg("USAGE").arg(format!("llm:{key}"));
        command.query::<u64>(&mut direct).unwrap()
    };
    let sum: u64 = (0..20).map(memory).sum();
    assert_eq!(bytes(&nodes[1], &text), Some(sum as f64));
    assert_eq!(bytes(&nodes[0], &text), None);
    assert!(
        !nodes[0]
            .ask::<String>("INFO commandstats")
            .contains("cmdstat_scan")
    );
    assert_eq!(collector.metrics().cache_metrics().key_count, Some(20));

    for _ in 0..3 {
        nodes[0].run("GET llm:1");
    }
    tick(&mut collector).await;
    nodes[1].run("CLUSTER FAILOVER");
    let role = |node: &Server| {
        node.ask::<String>("INFO replication")
            .contains("role:master")
    };
    wait("the failover", || role(&nodes[1]) && !role(&nodes[0]));
    for _ in 0..3 {
        nodes[1].run("GET llm:none");
    }
    // Until the nodes are asked for again, each is what it was.
    tick(&mut collector).await;
    let metrics = collector.metrics().cache_metrics();
    assert_eq!((metrics.hit_rate, metrics.key_count), (Some(0.5), Some(20)));
    assert_eq!(collector.metrics().is_up(), Some(true));
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
