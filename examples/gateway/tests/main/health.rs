//! Health before, during and after the end of a provider and of Redis, and what the fallback makes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Gateway, Redis, Reply, Upstream, answer, ask, eventually};

async fn get(gateway: &Gateway, path: &str) -> (u16, Value) {
    let response = gateway.get(path).send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

async fn becomes(gateway: &Gateway, path: &str, expected: (u16, Value)) {
    eventually(&format!("{path} is {expected:?}"), async || {
        (get(gateway, path).await == expected).then_some(())
    })
    .await;
}

/// A provider that fails while the flag is down.
async fn switched(works: &Arc<AtomicBool>) -> Upstream {
    let works = Arc::clone(works);
    Upstream::start(move |_, _| {
        if works.load(Ordering::SeqCst) {
            Reply::json(200, answer("m"))
        } else {
            Reply::error(500, "server")
        }
    })
    .await
}

fn route(first: &Upstream, second: &Upstream) -> String {
    format!(
        "retry: {{attempts: 1}}\nroutes: {{smart: [openrouter/m, openrouterOpenAI/m]}}\nproviders:\n{}{}",
        first.provider("openrouter", "m"),
        second.provider("openrouterOpenAI", "m")
    )
}

#[tokio::test]
async fn each_path_follows_redis_down_and_up_again() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let works = Arc::new(AtomicBool::new(true));
    let (first, second) = (switched(&works).await, switched(&works).await);
    let gateway = Gateway::start(&format!(
        "redis: {{url: \"{}\", interval: 200ms}}\n{}",
        redis.url(),
        route(&first, &second)
    ));
    let providers = json!({"openrouter": true, "openrouterOpenAI": true});
    let health = |status: &str, redis: bool| json!({"status": status, "providers": providers, "redis": redis});
    becomes(&gateway, "/health", (200, health("ok", true))).await;
    let up = async |value: f64| {
        eventually("redis_up follows", async || {
            let up = gateway.metrics().await.sum("redis_up", &[]);
            (up == value).then_some(())
        })
        .await;
    };
    up(1.0).await;
    let memory = async || get(&gateway, "/stats").await.1["cache"]["memoryUsage"].is_u64();
    assert!(memory().await);

    redis.kill();
    becomes(&gateway, "/health", (200, health("degraded", false))).await;
    assert_eq!(
        get(&gateway, "/health/ready").await,
        (200, health("ok", false))
    );
    for path in ["/health/live", "/health/startup"] {
        assert_eq!(get(&gateway, path).await, (200, json!({"status": "ok"})));
    }
    up(0.0).await;
    let nothing = json!({"hitRate": null, "missRate": null, "evictionRate": null, "memoryUsage": null, "keyCount": null});
    let cache = get(&gateway, "/stats").await.1["cache"].clone();
    assert_eq!(cache["memoryUsage"], nothing["memoryUsage"]);
    assert_eq!(cache["keyCount"], nothing["keyCount"]);
    assert_eq!(gateway.chat(ask("smart")).await.status(), 200);

    redis.restart().await;
    becomes(&gateway, "/health", (200, health("ok", true))).await;
    eventually("its figures are back", async || {
        memory().await.then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_fails_is_passed_over_until_it_answers_again() {
    let works = Arc::new(AtomicBool::new(false));
    let always = Arc::new(AtomicBool::new(true));
    let (first, second) = (switched(&works).await, switched(&always).await);
    let gateway = Gateway::start(&route(&first, &second));
    let health = |status: &str, first: bool| json!({"status": status, "providers": {"openrouter": first, "openrouterOpenAI": true}});
    becomes(&gateway, "/health/startup", (200, json!({"status": "ok"}))).await;
    // Five failures in a row, each rescued by the other one.
    for _ in 0..5 {
        assert_eq!(gateway.chat(ask("smart")).await.status(), 200);
    }
    becomes(&gateway, "/health", (200, health("degraded", false))).await;
    assert_eq!(
        get(&gateway, "/health/ready").await,
        (200, health("degraded", false))
    );
    assert_eq!(first.seen().len(), 5);
    for _ in 0..10 {
        assert_eq!(gateway.chat(ask("smart")).await.status(), 200);
    }
    assert_eq!(first.seen().len(), 5);
    let metrics = gateway.metrics().await;
    let held = ["target=\"openrouter\"", "reason=\"failed\""];
    assert_eq!(metrics.sum("health_target_held", &held), 1.0);
    let down = ["check=\"openrouter\"", "status=\"down\""];
    assert_eq!(metrics.sum("health_check_status", &down), 1.0);
    // By its own name it is asked all the same: nobody else could.
    assert_eq!(gateway.chat(ask("openrouter/m")).await.status(), 502);
    assert_eq!(first.seen().len(), 6);

    works.store(true, Ordering::SeqCst);
    // The hold ends after five seconds; two trials that succeed end it.
    eventually("it is up again", async || {
        assert_eq!(gateway.chat(ask("smart")).await.status(), 200);
        (get(&gateway, "/health").await == (200, health("ok", true))).then_some(())
    })
    .await;
}

#[tokio::test]
async fn when_every_provider_is_down_the_last_ones_are_still_asked() {
    let works = Arc::new(AtomicBool::new(false));
    let (first, second) = (switched(&works).await, switched(&works).await);
    let gateway = Gateway::start(&route(&first, &second));
    for _ in 0..6 {
        assert_eq!(gateway.chat(ask("smart")).await.status(), 502);
    }
    let providers = json!({"openrouter": false, "openrouterOpenAI": false});
    let down = json!({"status": "down", "providers": providers});
    becomes(&gateway, "/health", (503, down)).await;
    // A restart would not help, and taking this process out would not either.
    assert_eq!(get(&gateway, "/health/live").await.0, 200);
    assert_eq!(get(&gateway, "/health/ready").await.0, 200);
    works.store(true, Ordering::SeqCst);
    assert_eq!(gateway.chat(ask("smart")).await.status(), 200);
}

#[tokio::test]
async fn clients_mistakes_and_clients_that_leave_say_nothing() {
    let upstream = Upstream::start(|before, _| {
        if before < 10 {
            Reply::error(400, "no")
        } else {
            Reply::never()
        }
    })
    .await;
    let gateway = Gateway::start(&format!(
        "retry: {{attempts: 1}}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let expected = (200, json!({"status": "ok", "providers": {"up": true}}));
    becomes(&gateway, "/health", expected.clone()).await;
    for _ in 0..10 {
        assert_eq!(gateway.chat(ask("m")).await.status(), 400);
    }
    for _ in 0..10 {
        let request = gateway.post("/v1/chat/completions", ask("m")).send();
        let left = tokio::time::timeout(Duration::from_millis(50), request).await;
        assert!(left.is_err());
    }
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(get(&gateway, "/health").await, expected);
    let metrics = gateway.metrics().await;
    assert_eq!(metrics.sum("health_target_holds_total", &[]), 0.0);
}

#[tokio::test]
async fn details_are_for_the_management_token() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let gateway = Gateway::start(&format!(
        "management_token: sesame\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    becomes(&gateway, "/health", (200, json!({"status": "ok"}))).await;
    let response = gateway.get("/health").bearer_auth("sesame").send().await;
    let text = response.unwrap().text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["providers"], json!({"up": true}));
    assert_eq!(body["checks"]["up"]["status"], "up");
}
