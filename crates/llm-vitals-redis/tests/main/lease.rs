//! Several processes and one Redis: collectors stand for processes.

use std::time::Duration;

use llm_vitals_redis::{Lease, RedisCollector};

use crate::support::{Server, Text, target, tick};

const OWNER: &str = r#"redis_collector_owner{target="cache"}"#;
const LEASED: &str = r#"redis_collector_leased{target="cache"}"#;

fn process(server: &Server, ttl: Duration) -> RedisCollector {
    RedisCollector::new(target(&server.url()).build().unwrap())
        .with_name("cache")
        .with_max_backoff(Duration::ZERO)
        .with_lease(Lease::new("lease").with_ttl(ttl))
}

fn owns(text: &Text) -> bool {
    text.get(OWNER) == Some(1.0)
}

#[tokio::test]
async fn one_watches_and_the_others_show_nothing_else() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut processes: Vec<_> = (0..3)
        .map(|_| process(&server, Duration::from_secs(30)))
        .collect();
    for _ in 0..3 {
        let mut owners = 0;
        for process in &mut processes {
            let text = tick(process).await;
            if owns(&text) {
                owners += 1;
                assert_eq!(
                    (text.get(LEASED), text.cache("redis_up")),
                    (Some(1.0), Some(1.0))
                );
            } else {
                let samples: Vec<_> = text
                    .0
                    .lines()
                    .filter(|line| !line.starts_with('#'))
                    .collect();
                let expected = [format!("{OWNER} 0"), format!("{LEASED} 1")];
                assert_eq!(samples, expected);
                assert_eq!(process.metrics().is_up(), None);
            }
        }
        assert_eq!(owners, 1);
    }
}

#[tokio::test]
async fn holding_and_wanting_the_lease_change_no_hits_or_misses() {
    let Some(server) = Server::start() else {
        return;
    };
    server.run("SET a 1");
    server.run("GET a");
    server.run("GET b");
    let ttl = Duration::from_millis(90);
    let (mut holder, mut standby) = (process(&server, ttl), process(&server, ttl));
    for _ in 0..5 {
        tick(&mut holder).await;
        tick(&mut standby).await;
        // Long enough for the lease to be renewed by each tick of the holder.
        tokio::time::sleep(Duration::from_millis(35)).await;
    }
    assert!(
        server
            .ask::<String>("INFO commandstats")
            .contains("cmdstat_eval:")
    );
    assert_eq!(
        (server.info("keyspace_hits"), server.info("keyspace_misses")),
        (1.0, 1.0)
    );
}

#[tokio::test]
async fn the_lease_is_given_back_at_the_end_and_taken_by_the_next() {
    let Some(server) = Server::start() else {
        return;
    };
    let ttl = Duration::from_secs(30);
    let (first, mut second) = (process(&server, ttl), process(&server, ttl));
    let metrics = first.metrics();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let task = tokio::spawn(first.run(async {
        let _ = stopped.await;
    }));
    while !owns(&Text::of(&metrics)) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!owns(&tick(&mut second).await));
    assert_eq!(server.ask::<u64>("EXISTS lease"), 1);
    stop.send(()).unwrap();
    task.await.unwrap();
    assert_eq!(server.ask::<u64>("EXISTS lease"), 0);
    assert!(owns(&tick(&mut second).await));
}

#[tokio::test]
async fn the_lease_of_a_process_that_died_runs_out() {
    let Some(server) = Server::start() else {
        return;
    };
    let ttl = Duration::from_millis(300);
    let (mut first, mut second) = (process(&server, ttl), process(&server, ttl));
    assert!(owns(&tick(&mut first).await));
    assert!(!owns(&tick(&mut second).await));
    drop(first);
    let died = tokio::time::Instant::now();
    while !owns(&tick(&mut second).await) {
        assert!(died.elapsed() < Duration::from_secs(2));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(died.elapsed() > Duration::from_millis(150));
}

#[tokio::test]
async fn after_flushall_there_is_one_owner_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let ttl = Duration::from_millis(300);
    let (mut first, mut second) = (process(&server, ttl), process(&server, ttl));
    assert!(owns(&tick(&mut first).await));
    server.run("FLUSHALL");
    // The other one is faster; the owner learns it when it renews, after a third of the time.
    assert!(owns(&tick(&mut second).await));
    tokio::time::sleep(Duration::from_millis(110)).await;
    assert!(!owns(&tick(&mut first).await));
    assert!(owns(&tick(&mut second).await));
}

#[tokio::test]
async fn a_dead_redis_is_seen_by_every_process_and_by_one_after_it_is_back() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let ttl = Duration::from_secs(30);
    let (mut first, mut second) = (process(&server, ttl), process(&server, ttl));
    tick(&mut first).await;
    tick(&mut second).await;
    server.kill();
    for process in [&mut first, &mut second] {
        let text = tick(process).await;
        assert_eq!((owns(&text), text.cache("redis_up")), (true, Some(0.0)));
    }
    server.restart();
    let mut owners = 0;
    for _ in 0..3 {
        owners = 0;
        for process in [&mut first, &mut second] {
            owners += u32::from(owns(&tick(process).await));
        }
    }
    assert_eq!(owners, 1);
}

#[tokio::test]
async fn a_key_of_another_kind_is_left_alone_and_everybody_watches() {
    let Some(server) = Server::start() else {
        return;
    };
    server.run("HSET lease a 1");
    let mut process = process(&server, Duration::from_secs(30));
    let text = tick(&mut process).await;
    // Whoever wrote it, it is there: somebody else holds the lease.
    assert!(!owns(&text));
    assert_eq!(server.ask::<String>("TYPE lease"), "hash");
}
