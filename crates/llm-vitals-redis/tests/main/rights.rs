//! Users with few rights, or with none.

use llm_vitals_redis::{Credentials, Lease, RedisCollector};

use crate::support::{Options, Server, target, tick};

fn user(server: &Server, rights: &str) -> RedisCollector {
    server.run(&format!("ACL SETUSER vitals reset on >secret {rights}"));
    let target = target(&format!("redis://{}", server.address()));
    let client = target
        .with_credentials(Credentials::new("vitals", "secret"))
        .build()
        .unwrap();
    RedisCollector::new(client)
        .with_name("cache")
        .with_max_backoff(std::time::Duration::ZERO)
}

fn refusals(server: &Server) -> f64 {
    let info: String = server.ask("INFO errorstats");
    let count = info
        .lines()
        .find_map(|line| line.strip_prefix("errorstat_NOPERM:count="));
    count.map_or(0.0, |count| count.trim().parse().unwrap())
}

#[tokio::test]
async fn the_right_to_info_is_enough_and_a_refusal_is_not_repeated() {
    let Some(server) = Server::start() else {
        return;
    };
    server.run("SET a 1");
    let mut collector = user(&server, "-@all +info +ping")
        .with_slow_log()
        .with_latency_events();
    let mut text = tick(&mut collector).await;
    for _ in 0..5 {
        server.run("GET a");
        text = tick(&mut collector).await;
    }
    assert_eq!(text.cache("redis_up"), Some(1.0));
    assert_eq!(text.cache("redis_keyspace_hits_total"), Some(5.0));
    assert_eq!(text.cache("redis_cache_hit_ratio"), Some(1.0));
    assert_eq!(text.cache("redis_slowlog_length"), None);
    for command in ["slowlog", "latency"] {
        let series = format!("redis_collector_capability{{node=\"cache\",command=\"{command}\"}}");
        assert_eq!(text.get(&series), Some(0.0));
    }
    // Without the right to the lease every process watches, and says so.
    assert_eq!(
        text.get(r#"redis_collector_owner{target="cache"}"#),
        Some(1.0)
    );
    assert_eq!(
        text.get(r#"redis_collector_leased{target="cache"}"#),
        Some(0.0)
    );
    // SET of the lease, SLOWLOG LEN and GET, LATENCY: once each in six ticks.
    assert_eq!(refusals(&server), 4.0);
    assert_eq!(server.ask::<u64>("DBSIZE"), 1);
}

#[tokio::test]
async fn the_documented_rights_are_enough_for_everything() {
    let Some(server) = Server::start() else {
        return;
    };
    server.run("SET a:1 1");
    let rights = "-@all +info +slowlog|len +slowlog|get +latency|latest +set +eval +bitfield +pexpire +del +scan +memory|usage +type +pttl ~llm-vitals:redis-collector %R~*";
    let sampling = llm_vitals_redis::KeySampling::new()
        .with_types()
        .with_ttls()
        .with_interval(std::time::Duration::ZERO);
    let mut collector = user(&server, rights)
        .with_slow_log()
        .with_latency_events()
        .with_key_sampling(sampling);
    tick(&mut collector).await;
    let text = tick(&mut collector).await;
    assert_eq!(
        text.get(r#"redis_collector_leased{target="cache"}"#),
        Some(1.0)
    );
    assert_eq!(text.cache("redis_slowlog_length"), Some(0.0));
    assert_eq!(
        text.get(r#"redis_key_group_count{node="cache",db="db0",key_group="a"}"#),
        Some(1.0),
        "{}",
        text.0
    );
    drop(text);
    assert_eq!(refusals(&server), 0.0);
}

#[tokio::test]
async fn a_user_without_the_right_to_info_is_down_with_its_reason() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut collector = user(&server, "-@all +ping").without_lease();
    let text = tick(&mut collector).await;
    assert_eq!(text.cache("redis_up"), Some(0.0));
    assert_eq!(
        text.get(r#"redis_collector_failures_total{node="cache",reason="denied"}"#),
        Some(1.0)
    );
}

#[tokio::test]
async fn a_wrong_password_is_down_with_its_reason_and_shown_nowhere() {
    let options = Options {
        password: Some("right"),
        ..Options::default()
    };
    let Some(server) = Server::start_with(&options) else {
        return;
    };
    for url in [
        format!("redis://:wrong-secret@{}", server.address()),
        format!("redis://{}", server.address()),
    ] {
        let target = target(&url);
        assert!(!format!("{target:?}").contains("wrong-secret"));
        let client = target.build().unwrap();
        assert!(!format!("{client:?}").contains("wrong-secret"));
        let mut collector = RedisCollector::new(client)
            .with_name("cache")
            .without_lease();
        let text = tick(&mut collector).await;
        assert_eq!(text.cache("redis_up"), Some(0.0));
        assert_eq!(
            text.get(r#"redis_collector_failures_total{node="cache",reason="auth"}"#),
            Some(1.0),
            "{}",
            text.0
        );
        assert!(!text.0.contains("wrong-secret"));
    }
    let error = target("redis://:wrong-secret@a:b:c/x").build().unwrap_err();
    assert!(
        !format!("{error:?} {error}").contains("wrong-secret"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_password_that_changes_is_asked_for_at_the_next_connection() {
    let options = Options {
        password: Some("first"),
        ..Options::default()
    };
    let Some(mut server) = Server::start_with(&options) else {
        return;
    };
    let password = std::sync::Arc::new(std::sync::Mutex::new("old".to_owned()));
    let current = std::sync::Arc::clone(&password);
    let client = target(&format!("redis://{}", server.address()))
        .with_credentials_from(move || Credentials::password(current.lock().unwrap().clone()))
        .build()
        .unwrap();
    let mut collector = RedisCollector::new(client)
        .with_name("cache")
        .with_lease(Lease::new("k"))
        .with_max_backoff(std::time::Duration::ZERO);
    assert_eq!(tick(&mut collector).await.cache("redis_up"), Some(0.0));
    *password.lock().unwrap() = "first".to_owned();
    assert_eq!(tick(&mut collector).await.cache("redis_up"), Some(1.0));
    server.kill();
}
