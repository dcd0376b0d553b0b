//! Queries that take long, and what they hold up.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use http::Request;
use http_body_util::Full;
use llm_vitals_dashboard::Dashboard;
use llm_vitals_promql::{Engine, Labels, Store};
use serde_json::json;
use tower::ServiceExt as _;

use crate::support::{NOW, NOW_S, get};

/// Takes minutes: each second of 10 hours, an hour of samples a second apart, of 200 series.
const SLOW: &str = "query_range?query=sum(max_over_time(x[1h]))";

fn store() -> Arc<Mutex<Store>> {
    let mut store = Store::new();
    for number in 0..200 {
        let labels = Labels::new([("__name__", "x"), ("n", &number.to_string())]);
        for tick in 0..3_600 {
            store
                .append(&labels, NOW - 3_600_000 + tick * 1_000, 1.0)
                .unwrap();
        }
    }
    Arc::new(Mutex::new(store))
}

fn slow() -> String {
    format!("/api/v1/{SLOW}&start={}&end={NOW_S}&step=1", NOW_S - 10_000)
}

fn dashboard(store: &Arc<Mutex<Store>>) -> Dashboard {
    Dashboard::new(Arc::clone(store)).with_engine(Engine::new().with_max_samples(u64::MAX))
}

/// How long something takes at least and at most, in seconds.
async fn took<T>(work: impl Future<Output = T>) -> (T, f64) {
    let start = SystemTime::now();
    let value = work.await;
    (value, start.elapsed().unwrap().as_secs_f64())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_ends_at_its_time() {
    let dashboard = dashboard(&store()).with_timeout(Duration::from_secs(60));
    let (said, seconds) = took(get(&dashboard, &format!("{}&timeout=200ms", slow()))).await;
    assert_eq!(said.status, 503);
    assert_eq!(
        said.json(),
        json!({"status": "error", "errorType": "timeout", "error": "query timed out in expression evaluation"})
    );
    assert!((0.2..10.0).contains(&seconds), "{seconds}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_wait_no_longer_than_their_time_and_the_store_is_free() {
    let store = store();
    let dashboard = dashboard(&store)
        .with_max_concurrency(1)
        .with_timeout(Duration::from_secs(60));
    let request = Request::get(format!("{}&timeout=3s", slow()));
    let request = request.body(Full::<&[u8]>::default()).unwrap();
    let busy = tokio::spawn(dashboard.clone().oneshot(request));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let said = get(&dashboard, "/api/v1/query?query=1&timeout=100ms").await;
    assert_eq!(
        said.json(),
        json!({"status": "error", "errorType": "timeout", "error": "query timed out in query queue"})
    );
    // Samples come in while it is evaluated, and what is no query is answered.
    let x = Labels::new([("__name__", "x"), ("n", "0")]);
    assert_eq!(store.try_lock().unwrap().append(&x, NOW, 2.0), Ok(()));
    assert_eq!(get(&dashboard, "/api/dashboard").await.status, 200);
    assert!(!busy.is_finished());
    assert_eq!(busy.await.unwrap().unwrap().status(), 503);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_whose_client_has_gone_stops() {
    let dashboard = dashboard(&store())
        .with_max_concurrency(1)
        .with_timeout(Duration::from_secs(60));
    let request = Request::get(slow()).body(Full::<&[u8]>::default()).unwrap();
    let left = tokio::time::timeout(
        Duration::from_millis(300),
        dashboard.clone().oneshot(request),
    );
    assert!(left.await.is_err());
    // Its turn is free again, long before its minute is over.
    let (said, seconds) = took(get(&dashboard, "/api/v1/query?query=1")).await;
    assert_eq!(said.status, 200);
    assert!(seconds < 10.0, "{seconds}");
}
