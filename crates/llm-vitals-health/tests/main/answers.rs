//! What is answered to whom.

use std::time::Duration;

use http::{Method, Request, Response};
use llm_vitals_health::{Access, Cause, Check, Criticality, Drain, Flag, Group, Health, Report};
use tower_service::Service as _;

use crate::support::{Dependency, builder, seconds, start};

/// Two providers in a set and a Redis, each up, degraded, down or not run yet.
struct Test {
    health: Health,
    openrouter: Dependency,
    openai: Dependency,
    redis: Dependency,
}

impl Test {
    async fn new() -> Self {
        let [openrouter, openai, redis] = [(); 3].map(|()| Dependency::new());
        let provider = |check: Check| {
            check
                .with_set("providers")
                .in_group(Group::Overall, Criticality::Critical)
                .in_group(Group::Ready, Criticality::Degrading)
        };
        let health = builder()
            .with_release("1.2.3")
            .with_drain(Drain::FailReady {
                wait: Duration::ZERO,
            })
            .with_check(provider(openrouter.check("openrouter")))
            .with_check(provider(openai.check("openrouterOpenAI")))
            .with_check(
                redis
                    .check("redis")
                    .in_group(Group::Ready, Criticality::Critical),
            );
        let health = start(health.build().unwrap());
        seconds(0.5).await;
        Self {
            health,
            openrouter,
            openai,
            redis,
        }
    }

    async fn ask(&self, access: Access, request: Request<()>) -> Response<String> {
        let mut service = self.health.service().with_access(move |_| access);
        service.call(request).await.unwrap()
    }

    async fn get(&self, access: Access, path: &str) -> (u16, String) {
        let response = self.ask(access, get(path, "")).await;
        (response.status().as_u16(), response.into_body())
    }
}

fn get(path: &str, accept: &str) -> Request<()> {
    Request::get(path)
        .header("accept", accept)
        .body(())
        .unwrap()
}

fn is(code: u16, body: &str) -> (u16, String) {
    (code, body.to_owned())
}

#[tokio::test(start_paused = true)]
async fn the_plain_shape_says_yes_or_no_for_each() {
    let test = Test::new().await;
    let all =
        r#"{"status":"ok","providers":{"openrouter":true,"openrouterOpenAI":true},"redis":true}"#;
    assert_eq!(test.get(Access::Summary, "/health").await, is(200, all));

    test.openrouter.is(Report::degraded(Cause::RateLimited));
    seconds(3.0).await;
    let degraded = all.replace("ok", "degraded");
    assert_eq!(
        test.get(Access::Summary, "/health").await,
        is(200, &degraded)
    );

    test.openrouter.is_down();
    test.redis.is_down();
    seconds(3.0).await;
    let some = r#"{"status":"degraded","providers":{"openrouter":false,"openrouterOpenAI":true},"redis":false}"#;
    assert_eq!(test.get(Access::Summary, "/health").await, is(200, some));
    let ready = some.replace("degraded", "down");
    assert_eq!(
        test.get(Access::Summary, "/health/ready").await,
        is(503, &ready)
    );

    test.openai.is_down();
    seconds(3.0).await;
    let none = r#"{"status":"down","providers":{"openrouter":false,"openrouterOpenAI":false},"redis":false}"#;
    assert_eq!(test.get(Access::Summary, "/health").await, is(503, none));

    for dependency in [&test.openrouter, &test.openai, &test.redis] {
        dependency.is(Report::up());
    }
    seconds(2.0).await;
    assert_eq!(test.get(Access::Summary, "/health").await, is(200, all));
}

#[tokio::test(start_paused = true)]
async fn unknown_is_no() {
    let (health, _runner) = builder()
        .with_check(
            Dependency::new()
                .check("redis")
                .in_group(Group::Ready, Criticality::Critical),
        )
        .build()
        .unwrap();
    let mut service = health.service().with_access(|_| Access::Summary);
    let answer = service.call(get("/health/ready", "")).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_str()),
        (503, r#"{"status":"unknown","redis":false}"#)
    );
}

#[tokio::test(start_paused = true)]
async fn the_public_sees_a_status_and_nothing_else() {
    let test = Test::new().await;
    let secret = "10.1.2.3 password=hunter2";
    test.redis.is(Report::down(Cause::Connect)
        .with_detail(secret)
        .with_measurement("secret", 4.0, "x"));
    seconds(3.0).await;
    let mut service = test.health.service();
    for (path, code, status) in [
        ("/health", 200, "degraded"),
        ("/health/live", 200, "ok"),
        ("/health/ready", 503, "down"),
        ("/health/startup", 200, "ok"),
    ] {
        let answer = service.call(get(path, "")).await.unwrap();
        assert_eq!(answer.status().as_u16(), code, "{path}");
        assert_eq!(
            answer.body(),
            &format!(r#"{{"status":"{status}"}}"#),
            "{path}"
        );
        let answer = service
            .call(get(path, "application/health+json"))
            .await
            .unwrap();
        let draft = match status {
            "ok" => "pass",
            "degraded" => "warn",
            _ => "fail",
        };
        assert_eq!(
            answer.body(),
            &format!(r#"{{"status":"{draft}"}}"#),
            "{path}"
        );
        let answer = service
            .call(get(&format!("{path}?verbose"), ""))
            .await
            .unwrap();
        assert_eq!(answer.body(), &format!("{status}\n"), "{path}");
    }
    // A summary has no causes either.
    for form in ["", "application/health+json", "text/plain"] {
        let answer = test.ask(Access::Summary, get("/health", form)).await;
        for word in ["10.1.2.3", "hunter2", "secret", "connect", "1.2.3"] {
            assert!(!answer.body().contains(word), "{}", answer.body());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn details_are_for_those_who_may() {
    let (disk, tagged) = (Dependency::new(), Dependency::new());
    disk.is(Report::degraded(Cause::Exhausted)
        .with_detail("nearly full")
        .with_measurement("utilization", 0.91, "ratio"));
    let health = start(
        builder()
            .with_release("1.2.3")
            .with_check(
                disk.check("disk")
                    .in_group(Group::Overall, Criticality::Informational),
            )
            .with_check(tagged.check("redis").with_tag("team", "search"))
            .build()
            .unwrap(),
    );
    seconds(0.5).await;
    let mut service =
        health
            .service()
            .with_access(|parts| match parts.headers.get("authorization") {
                Some(token) if token == "Bearer let-me-in" => Access::Details,
                _ => Access::Status,
            });
    let answer = service.call(get("/health", "")).await.unwrap();
    assert_eq!(answer.body(), r#"{"status":"ok"}"#);
    let mut request = get("/health", "");
    request
        .headers_mut()
        .insert("authorization", "Bearer let-me-in".parse().unwrap());
    let answer = service.call(request).await.unwrap();
    let expected = concat!(
        r#"{"status":"ok","disk":true,"redis":true,"checks":{"disk":{"status":"degraded","lastResult":"degraded","#,
        r#""cause":"exhausted","detail":"nearly full","measured":{"utilization":0.91,"unit":"ratio"},"#,
        r#""since":"2026-11-24T08:00:00.000Z","lastRun":"2026-11-24T08:00:00.000Z","lastDurationMs":0.0,"#,
        r#""criticality":"informational"},"redis":{"status":"up","lastResult":"up","since":"2026-11-24T08:00:00.000Z","#,
        r#""lastRun":"2026-11-24T08:00:00.000Z","lastDurationMs":0.0,"lastSuccess":"2026-11-24T08:00:00.000Z","#,
        r#""criticality":"degrading","tags":{"team":"search"}}},"release":"1.2.3"}"#,
    );
    assert_eq!(answer.body(), expected);
}

#[tokio::test(start_paused = true)]
async fn health_json_keeps_to_its_draft() {
    let test = Test::new().await;
    test.redis
        .is(Report::degraded(Cause::Overloaded).with_measurement("utilization", 0.5, "ratio"));
    seconds(3.0).await;
    let answer = test
        .ask(
            Access::Details,
            get("/health/ready", "application/health+json"),
        )
        .await;
    assert_eq!(answer.headers()["content-type"], "application/health+json");
    assert_eq!(answer.status().as_u16(), 200, "warn is 2xx");
    let provider = |name: &str| {
        format!(
            r#""{name}:responseTime":[{{"componentId":"{name}","status":"pass","time":"2026-11-24T08:00:00.000Z","observedValue":0.0,"observedUnit":"ms"}}]"#
        )
    };
    let expected = format!(
        concat!(
            r#"{{"status":"warn","releaseId":"1.2.3","checks":{{{},{},"#,
            r#""redis:utilization":[{{"componentId":"redis","status":"warn","observedValue":0.5,"observedUnit":"ratio"}}],"#,
            r#""redis:responseTime":[{{"componentId":"redis","status":"warn","time":"2026-11-24T08:00:00.000Z","#,
            r#""observedValue":0.0,"observedUnit":"ms","output":"overloaded"}}]}}}}"#,
        ),
        provider("openrouter"),
        provider("openrouterOpenAI")
    );
    assert_eq!(answer.body(), &expected);
    test.redis.is_down();
    seconds(3.0).await;
    let answer = test
        .ask(
            Access::Status,
            get("/health/ready", "application/health+json"),
        )
        .await;
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_str()),
        (503, r#"{"status":"fail"}"#)
    );
}

#[tokio::test(start_paused = true)]
async fn text_has_a_line_for_each() {
    let test = Test::new().await;
    test.openai.is(Report::degraded(Cause::RateLimited));
    test.redis.is_down();
    seconds(3.0).await;
    let answer = test
        .ask(Access::Details, get("/health/ready", "text/plain"))
        .await;
    assert_eq!(
        answer.body(),
        "[+]openrouter up\n[!]openrouterOpenAI degraded (rate_limited)\n[-]redis down (connect)\ndown\n"
    );
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
}

#[tokio::test(start_paused = true)]
async fn a_group_shows_only_its_own_checks() {
    let test = Test::new().await;
    let (code, body) = test.get(Access::Summary, "/health/startup").await;
    assert_eq!((code, body.as_str()), (200, r#"{"status":"ok"}"#));
}

#[tokio::test(start_paused = true)]
async fn liveness_shows_its_flags_and_the_heartbeat_to_those_who_may() {
    let worker = Flag::new();
    let (health, _runner) = builder()
        .with_liveness_flag("worker", &worker)
        .build()
        .unwrap();
    worker.set(false);
    seconds(2.0).await;
    let mut service = health.service().with_access(|_| Access::Details);
    let answer = service.call(get("/health/live", "")).await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    assert_eq!(
        answer.body(),
        r#"{"status":"down","flags":{"worker":false},"heartbeatAgeSeconds":2.0}"#
    );
    worker.set(true);
    let answer = service.call(get("/health/live", "")).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
}

#[tokio::test(start_paused = true)]
async fn draining_is_told() {
    let test = Test::new().await;
    test.health.drain().await;
    assert_eq!(
        test.get(Access::Status, "/health/ready").await,
        is(503, r#"{"status":"draining"}"#)
    );
    assert_eq!(
        test.get(Access::Status, "/health/live").await,
        is(200, r#"{"status":"ok"}"#)
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_by_no_cache_and_given_to_get_and_head_only() {
    let test = Test::new().await;
    let answer = test.ask(Access::Summary, get("/health", "")).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["content-type"], "application/json");
    let mut head = get("/health", "");
    *head.method_mut() = Method::HEAD;
    let answer = test.ask(Access::Summary, head).await;
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_str()),
        (200, "")
    );
    assert_eq!(answer.headers()["content-type"], "application/json");
    let mut post = get("/health", "");
    *post.method_mut() = Method::POST;
    let answer = test.ask(Access::Summary, post).await;
    assert_eq!(answer.status().as_u16(), 405);
    assert_eq!(answer.headers()["allow"], "GET, HEAD");
    assert_eq!(test.get(Access::Summary, "/health/other").await.0, 404);
    // Nested anywhere, the prefix being there or not.
    for path in ["/", "/live", "/internal/health/live/", "/internal/health/"] {
        assert_eq!(test.get(Access::Summary, path).await.0, 200, "{path}");
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_asked_is_answered(
        path in "/[ -~]{0,40}", accept in proptest::collection::vec(32_u8..=255, 0..80)
    ) {
        let (health, _runner) = builder().build().unwrap();
        let Ok(mut request) = Request::get(path).body(()) else {
            return Ok(());
        };
        let Ok(accept) = http::HeaderValue::from_bytes(&accept) else {
            return Ok(());
        };
        request.headers_mut().insert("accept", accept);
        let answer = health.service().call(request).into_inner().unwrap();
        proptest::prop_assert!(matches!(answer.status().as_u16(), 200 | 404));
    }
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn an_axum_router_has_the_four_paths() {
    let (health, runner) = builder()
        .with_check(
            Dependency::new()
                .check("redis")
                .in_group(Group::Ready, Criticality::Critical),
        )
        .build()
        .unwrap();
    let mut router: axum::Router = health.service().router();
    let mut codes = Vec::new();
    for path in [
        "/health",
        "/health/live",
        "/health/ready",
        "/health/startup",
        "/health/x",
    ] {
        let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
        codes.push(router.call(request).await.unwrap().status().as_u16());
    }
    assert_eq!(codes, [200, 200, 503, 200, 404]);
    drop(runner);
}
