//! Requests that nobody should send.

use std::sync::{Arc, Mutex};

use http::Request;
use llm_vitals_alert::notify::{AlertmanagerApi, Config, Dispatcher};
use proptest::prelude::*;
use tower_service::Service as _;

use super::CONFIG;
use super::server::{request, start};

#[tokio::test]
async fn bodies_are_bounded_and_their_errors_are_json() {
    let (port, dispatcher) = start(CONFIG).await;
    let json = Some("application/json");
    let large = vec![b' '; (4 << 20) + 1];
    let deep = "[".repeat(100_000);
    for (body, status) in [
        (&large[..], 413),
        (deep.as_bytes(), 400),
        (&b"[{\"labels\":{\"a\":\"\xff\"}}]"[..], 400),
        (&b"[null]"[..], 422),
        (&b"[{\"labels\":null}]"[..], 422),
        (&b"1e999"[..], 400),
        (
            &b"[{\"labels\":{\"a\":\"b\"},\"startsAt\":\"999999-01-01T00:00:00Z\"}]"[..],
            400,
        ),
        (&b"\"x\""[..], 400),
    ] {
        for path in ["/api/v2/alerts", "/api/v2/silences"] {
            let (got, kind, text) = request(port, "POST", path, json, body).await;
            assert!((400..500).contains(&got), "{path} {got} {text}");
            if path.ends_with("alerts") {
                assert_eq!(got, status, "{text}");
            }
            assert_eq!(kind, "application/json");
            serde_json::from_str::<serde_json::Value>(&text).unwrap();
        }
    }
    let long = "x".repeat(100_000);
    let body = format!("[{{\"labels\":{{\"a\":\"{long}\"}}}}]");
    let (status, _, text) = request(port, "POST", "/api/v2/alerts", json, body.as_bytes()).await;
    assert_eq!(status, 400);
    assert!(text.len() < 1_000, "{}", text.len());
    assert!(dispatcher.lock().unwrap().alerts(0).is_empty());
}

#[tokio::test]
async fn matchers_are_counted_and_measured_before_they_are_compiled() {
    let (port, dispatcher) = start(CONFIG).await;
    let json = Some("application/json");
    let post = async |matchers: usize, value: &str| {
        let matcher = format!("{{\"name\":\"a\",\"value\":\"{value}\",\"isRegex\":true}}");
        let matchers = vec![matcher; matchers].join(",");
        let body = format!(
            "{{\"matchers\":[{matchers}],\"startsAt\":\"2026-01-01T00:00:00Z\",\"endsAt\":\"9999-12-31T23:59:59Z\",\"createdBy\":\"me\",\"comment\":\"why\"}}"
        );
        let (status, _, text) =
            request(port, "POST", "/api/v2/silences", json, body.as_bytes()).await;
        (status, text)
    };
    let large = "(\\\\pL{20}){5}";
    let began = std::time::SystemTime::now();
    let (status, text) = post(30_000, large).await;
    let few = "\"silence invalid: a silence has at most 64 matchers\"";
    assert_eq!((status, &*text), (400, few));
    let (status, text) = post(1, &"b".repeat(4_097)).await;
    let short = "\"silence invalid: the value of a matcher has at most 4096 bytes\"";
    assert_eq!((status, &*text), (400, short));
    let long = format!("a=~b{}", ",a=~b".repeat(800));
    for (query, expected) in [
        ("filter=a%3D~b&".repeat(65), "there may be 64 conditions"),
        (format!("filter=a%3D~{}", "b".repeat(4_096)), "4096 bytes"),
        (format!("receiver={}", "b".repeat(4_097)), "4096 bytes"),
        (format!("filter=%22x%22%3D~b,{long}"), "expected 1 at most"),
    ] {
        let path = format!("/api/v2/alerts?{query}");
        let (status, _, text) = request(port, "GET", &path, None, b"").await;
        assert_eq!(status, 400, "{text}");
        assert!(text.contains(expected), "{text}");
    }
    assert!(began.elapsed().unwrap() < std::time::Duration::from_secs(5));
    assert_eq!(dispatcher.lock().unwrap().silences().len(), 0);
    for _ in 0..15 {
        assert_eq!(post(64, "b.*").await.0, 200);
    }
    let (status, text) = post(64, "b.*").await;
    assert_eq!(status, 429, "{text}");
    assert!(text.contains("at most 1000 regular expressions"), "{text}");
    assert_eq!(post(40, "b.*").await.0, 200);
}

#[tokio::test]
async fn a_full_dispatcher_says_so() {
    let (port, _) = start(CONFIG).await;
    let json = Some("application/json");
    let mut statuses = Vec::new();
    for batch in 0..11 {
        let alerts =
            (0..5_000).map(|number| format!("{{\"labels\":{{\"a\":\"{batch}-{number}\"}}}}"));
        let body = format!("[{}]", alerts.collect::<Vec<_>>().join(","));
        let (status, _, text) =
            request(port, "POST", "/api/v2/alerts", json, body.as_bytes()).await;
        assert!(text.len() < 10_000);
        statuses.push(status);
    }
    assert_eq!(statuses, [[200; 10].as_slice(), &[429]].concat());
}

#[test]
fn it_is_clone_and_send_and_sync() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<AlertmanagerApi<Arc<Mutex<Dispatcher>>>>();
    check::<AlertmanagerApi<llm_vitals_alert::notify::Notifications>>();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_request_panics(
        path in prop::sample::select(vec!["/alerts", "/alerts/groups", "/silences", "/silence/5947eba9-c472-42c4-88fe-ad9b8cd781b0", "/silence/x", "/status", "/"]),
        method in prop::sample::select(vec!["GET", "POST", "DELETE", "PUT", "HEAD"]),
        query in "[a-z=&%0-9{}\"~!(+]{0,40}",
        body in "[\\[\\]{}\":,a-zA-Z0-9 ]{0,60}",
    ) {
        let config = Config::parse("a.yml", CONFIG).unwrap();
        let dispatcher = Arc::new(Mutex::new(Dispatcher::new(Arc::new(config))));
        let mut api = AlertmanagerApi::new(dispatcher).with_clock(|| 1_700_000_000_000);
        let query: String = query.chars().filter(|char| !"{}\"".contains(*char)).collect();
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v2{path}?filter={query}&{query}&receiver={query}"))
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let response = runtime.block_on(api.call(request)).unwrap();
        let status = response.status().as_u16();
        prop_assert!(status < 500, "{status}");
        if status >= 400 && status != 404 {
            serde_json::from_str::<serde_json::Value>(response.body()).unwrap();
        }
    }
}
