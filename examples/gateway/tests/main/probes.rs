//! Health, the end of the process, and a second listener.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    END, Gateway, Part, Reply, Upstream, answer, ask_streamed, event, eventually,
};

async fn get(gateway: &Gateway, path: &str) -> (u16, Value) {
    let response = gateway.get(path).send().await.unwrap();
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_str(&response.text().await.unwrap()).unwrap(),
    )
}

#[tokio::test]
async fn health_says_which_providers_would_answer() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let file = format!(
        "checks: {{interval: 1s, timeout: 1s}}\nproviders:\n{}  gone: {{kind: compatible, base_url: \"http://127.0.0.1:9/v1\", models: [n]}}\n",
        upstream.provider("up", "m")
    );
    let gateway = Gateway::start(&file);
    eventually("the first round of checks ends", async || {
        (get(&gateway, "/health/startup").await.0 == 200).then_some(())
    })
    .await;
    let expected = json!({"status": "degraded", "providers": {"up": true, "gone": false}});
    assert_eq!(get(&gateway, "/health").await, (200, expected.clone()));
    assert_eq!(
        get(&gateway, "/health/live").await,
        (200, json!({"status": "ok"}))
    );
    assert_eq!(get(&gateway, "/health/ready").await, (200, expected));
    assert_eq!(
        get(&gateway, "/health/startup").await,
        (200, json!({"status": "ok"}))
    );
}

#[tokio::test]
async fn health_is_unknown_until_every_provider_was_checked() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    // It takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = Gateway::start(&format!(
        "checks: {{timeout: 2s}}\nproviders:\n{}  silent: {{kind: compatible, base_url: \"http://{}/v1\", models: [n]}}\n",
        upstream.provider("up", "m"),
        silent.local_addr().unwrap()
    ));
    let unknown = |up: bool| json!({"status": "unknown", "providers": {"up": up, "silent": false}});
    eventually("the first provider is checked", async || {
        (get(&gateway, "/health").await == (200, unknown(true))).then_some(())
    })
    .await;
    assert_eq!(get(&gateway, "/health/startup").await.0, 503);
    let degraded = json!({"status": "degraded", "providers": {"up": true, "silent": false}});
    eventually("the other check is given up", async || {
        let health = get(&gateway, "/health").await;
        assert!(
            health.1 == degraded || health.1 == unknown(true),
            "{health:?}"
        );
        (health.1 == degraded).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_drain_fails_readiness_first_and_lets_a_stream_finish() {
    let upstream = Upstream::start(|_, _| {
        let wait = Part::Wait(Duration::from_millis(1_500));
        Reply::events([
            Part::Data(event("Hel")),
            wait,
            Part::Data(event("lo")),
            Part::Data(END.to_owned()),
        ])
    })
    .await;
    let mut gateway = Gateway::start(&format!(
        "drain: {{delay: 500ms, timeout: 10s}}\nproviders:\n{}",
        upstream.provider("up", "m")
    ));
    let response = gateway.chat(ask_streamed("m")).await;
    gateway.terminate();
    eventually("readiness fails", async || {
        (get(&gateway, "/health/ready").await.0 == 503).then_some(())
    })
    .await;
    assert_eq!(get(&gateway, "/health/live").await.0, 200);
    let text = response.text().await.unwrap();
    assert!(
        text.contains("lo") && text.ends_with("data: [DONE]\n\n"),
        "{text}"
    );
    let ended = eventually("it ends", || std::future::ready(gateway.ended())).await;
    assert!(ended);
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let upstream =
        Upstream::start(|_, _| Reply::events([Part::Data(event("Hel")), Part::UntilLeft])).await;
    let mut gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    let _response = gateway.chat(ask_streamed("m")).await;
    gateway.terminate();
    eventually("it stops", async || {
        gateway.log().contains("stopping").then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(gateway.ended(), None);
    gateway.terminate();
    let ended = eventually("it ends", || std::future::ready(gateway.ended())).await;
    assert!(!ended);
}

#[tokio::test]
async fn measurements_can_have_a_listener_of_their_own() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let gateway = Gateway::start(&format!("management_listen: 127.0.0.1:{port}\n"));
    assert_eq!(gateway.get("/metrics").send().await.unwrap().status(), 404);
    assert_eq!(
        gateway.get("/v1/models").send().await.unwrap().status(),
        200
    );
    let other = |path: &str| {
        gateway
            .http
            .get(format!("http://127.0.0.1:{port}{path}"))
            .send()
    };
    assert_eq!(other("/metrics").await.unwrap().status(), 200);
    assert_eq!(other("/health/ready").await.unwrap().status(), 200);
    assert_eq!(other("/v1/models").await.unwrap().status(), 404);
}

#[tokio::test]
async fn stats_have_the_documented_fields() {
    let upstream = Upstream::start(|_, _| Reply::json(200, answer("m"))).await;
    let gateway = Gateway::start(&format!("providers:\n{}", upstream.provider("up", "m")));
    gateway.chat(crate::support::ask("m")).await;
    let (status, stats) = get(&gateway, "/stats").await;
    assert_eq!(status, 200);
    assert_eq!(stats["requests"]["totalRequests"], 1);
    assert_eq!(stats["requests"]["failedRequests"], 0);
    assert!(stats["requests"]["p95Latency"].is_f64());
    assert_eq!(stats["providers"]["up"]["errorRate"], 0.0);
    assert_eq!(
        stats["providers"]["up"]["tokenUsage"],
        json!({"prompt": 11, "completion": 7, "total": 18})
    );
}
