//! The collector's clockwork, in time that the test holds.

use std::sync::atomic::Ordering;
use std::time::Duration;

use llm_vitals_prometheus::Prometheus;
use llm_vitals_redis::{Node, NodeRole, RedisCollector, Reply};
use proptest::prelude::*;

use crate::support::{Mock, Text, tick};

const INFO: &[u8] = b"# Server\r\nrun_id:a\r\n# Stats\r\nkeyspace_hits:1\r\nkeyspace_misses:1\r\n# Replication\r\nrole:master\r\n";

async fn run_for(mock: &Mock, time: Duration) {
    let collector = RedisCollector::new(mock.clone()).without_lease();
    collector.run(tokio::time::sleep(time)).await;
}

#[tokio::test(start_paused = true)]
async fn ticks_every_interval_with_jitter() {
    let mock = Mock::saying(INFO);
    run_for(&mock, Duration::from_secs(600)).await;
    let ticks = mock.queries.load(Ordering::SeqCst);
    assert!((115..=126).contains(&ticks), "{ticks}");
}

#[tokio::test(start_paused = true)]
async fn ticks_never_overlap_and_late_ones_are_not_made_up_for() {
    let mut mock = Mock::saying(INFO);
    mock.delay = Duration::from_secs(12);
    run_for(&mock, Duration::from_secs(600)).await;
    let ticks = mock.queries.load(Ordering::SeqCst);
    assert_eq!((ticks, mock.most_at_once.load(Ordering::SeqCst)), (50, 1));
}

#[tokio::test(start_paused = true)]
async fn a_dead_server_is_tried_less_and_less() {
    let mock = Mock::down();
    run_for(&mock, Duration::from_secs(600)).await;
    // At 0, 5, 15, 35 and then every 30 s, spread by a fifth and rounded up to the next tick.
    let tries = mock.queries.load(Ordering::SeqCst);
    assert!((16..=28).contains(&tries), "{tries}");
}

#[tokio::test(start_paused = true)]
async fn what_was_read_too_long_ago_is_not_shown() {
    let mut collector = RedisCollector::new(Mock::saying(INFO)).without_lease();
    let metrics = collector.metrics();
    assert_eq!((metrics.is_up(), Text::of(&metrics).0.as_str()), (None, ""));
    tick(&mut collector).await;
    assert_eq!(metrics.is_up(), Some(true));
    tokio::time::advance(Duration::from_secs(30)).await;
    assert_eq!(metrics.is_up(), Some(true));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!((metrics.is_up(), Text::of(&metrics).0.as_str()), (None, ""));
    assert_eq!(
        metrics.cache_metrics(),
        llm_vitals_redis::CacheMetrics::default()
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_left_is_soon_gone_and_one_that_failed_to_be_found_is_not() {
    let mock = Mock::saying(INFO);
    let node = |name: &str| Node::new(name).with_role(NodeRole::Primary);
    *mock.nodes.lock().unwrap() = vec![node("a:1"), node("b:1")];
    let mut collector = RedisCollector::new(mock.clone())
        .with_name("cache")
        .without_lease();
    let text = tick(&mut collector).await;
    let up = |text: &Text| ["cache/a:1", "cache/b:1"].map(|node| text.of_node(node, "redis_up"));
    assert_eq!(up(&text), [Some(1.0), Some(1.0)]);
    mock.nodes.lock().unwrap().pop();
    let text = tick(&mut collector).await;
    assert_eq!(up(&text), [Some(1.0), Some(1.0)]);
    tokio::time::advance(Duration::from_secs(10)).await;
    let text = tick(&mut collector).await;
    assert_eq!(up(&text), [Some(1.0), None]);
    assert!(!text.0.contains("b:1"));
    mock.nodes.lock().unwrap().clear();
    let text = tick(&mut collector).await;
    assert_eq!(up(&text), [Some(1.0), None]);
    assert_eq!(
        text.get(r#"redis_collector_discovery_up{target="cache"}"#),
        Some(0.0)
    );
}

#[tokio::test]
async fn a_dead_primary_makes_sums_unknown_and_a_dead_replica_does_not() {
    for (dead, expected) in [("a:1", None), ("b:1", Some(0))] {
        let mock = Mock::new(move |node, _| {
            if node.address == dead {
                return Err(llm_vitals_redis::Error::new(
                    llm_vitals_redis::ErrorKind::Timeout,
                    "late",
                ));
            }
            let role = if node.address == "b:1" {
                "slave"
            } else {
                "master"
            };
            let info =
                String::from_utf8_lossy(INFO).replace("role:master", &format!("role:{role}"));
            Ok(Reply::Bytes(
                format!("used_memory:7\r\n{info}").into_bytes(),
            ))
        });
        *mock.nodes.lock().unwrap() = vec![
            Node::new("a:1").with_role(NodeRole::Primary),
            Node::new("b:1").with_role(NodeRole::Replica("a:1".into())),
            Node::new("c:1").with_role(NodeRole::Primary),
        ];
        let mut collector = RedisCollector::new(mock).without_lease();
        collector.tick().await;
        let metrics = collector.metrics();
        let cache = metrics.cache_metrics();
        assert_eq!(
            (cache.key_count, cache.memory_usage),
            (expected, expected.map(|_| 14))
        );
        assert_eq!(metrics.is_up(), Some(dead == "b:1"));
    }
}

#[tokio::test]
async fn answers_that_are_none_are_a_failure_and_no_panic() {
    for reply in [
        Reply::Nil,
        Reply::Integer(-1),
        Reply::List(vec![Reply::Nil]),
        Reply::Error("ERR".into(), "x".into()),
    ] {
        let answer = reply.clone();
        let mock = Mock::new(move |_, _| Ok(answer.clone()));
        let mut collector = RedisCollector::new(mock)
            .with_slow_log()
            .with_latency_events()
            .without_lease();
        let text = tick(&mut collector).await;
        assert_eq!(
            text.of_node("cache:6379", "redis_up"),
            Some(0.0),
            "{reply:?}"
        );
    }
    // Nonsense beside a sound INFO leaves only its own series out.
    let nonsense = Reply::List(vec![Reply::Nil, Reply::List(vec![Reply::Bytes(vec![255])])]);
    let mock = Mock::new(move |_, command| {
        let is_info = command.words()[0] == b"INFO";
        Ok(if is_info {
            Reply::Bytes(INFO.to_vec())
        } else {
            nonsense.clone()
        })
    });
    let mut collector = RedisCollector::new(mock)
        .with_slow_log()
        .with_latency_events()
        .without_lease();
    let text = tick(&mut collector).await;
    assert_eq!(text.of_node("cache:6379", "redis_up"), Some(1.0));
    assert_eq!(text.of_node("cache:6379", "redis_slowlog_length"), None);
}

#[tokio::test]
async fn what_a_server_says_twice_is_shown_once() {
    let info = [
        INFO,
        b"slave0:ip=10.0.0.1,port=1,state=online,offset=4\nslave1:ip=10.0.0.1,port=1,state=online,offset=5\n",
        b"cmdstat_get:calls=1,usec=1\nlatency_percentiles_usec_get:p50=1,p50=2\n",
    ]
    .concat();
    let mut collector = RedisCollector::new(Mock::saying(&info))
        .without_lease()
        .with_latency_statistics();
    let text = tick(&mut collector).await;
    assert_eq!(
        text.0
            .matches("redis_connected_slave_offset_bytes{")
            .count(),
        1
    );
    assert_eq!(text.0.matches("redis_latency_percentiles_usec{").count(), 1);
}

#[test]
fn handles_may_cross_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<RedisCollector>();
    check::<llm_vitals_redis::RedisMetrics>();
    check::<llm_vitals_redis::RedisClient>();
    fn is_send<T: Send>(_: T) {}
    is_send(RedisCollector::new(Mock::down()).run(std::future::ready(())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever a server says, what is shown of it is text that a strict reader takes line by line.
    #[test]
    fn a_hostile_server_cannot_break_the_text(
        fields in proptest::collection::vec(
            ("role|run_id|redis_version|os|db0|db7|slave0|slave1|cmdstat_get|cmdstat_other|db00|db0_distrib_strings_sizes|db00_distrib_strings_sizes|cmdstat_.{1,5}|errorstat_.{1,9}|latency_percentiles_usec_get|master_host|used_memory|keyspace_hits|keyspace_misses|maxmemory", "(ok|-?[0-9]{1,25}(\\.[0-9]{1,3})?%?|(keys|calls|usec|count|ip|port|offset|state|expires|avg_ttl|p50|1|2K)=([0-9]|.{0,4}),?){0,4}.{0,9}"),
            0..30,
        ),
    ) {
        let info: String = fields.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut collector = RedisCollector::new(Mock::saying(info.as_bytes())).without_lease().with_latency_statistics().with_key_sampling(llm_vitals_redis::KeySampling::new());
        let text = runtime.block_on(tick(&mut collector));
        prop_assert_eq!(text.of_node("cache:6379", "redis_up"), Some(1.0));
        let (_recorder, exposition) = Prometheus::builder().without_process_metrics().build().unwrap();
        let metrics = collector.metrics();
        exposition.add(move |out| metrics.render(out));
        let served = exposition.render();
        prop_assert!(served.contains("llm_vitals_exposition_errors_total 0\n"), "{}", text.0);
    }
}
