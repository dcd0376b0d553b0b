//! What is wrong with a request, and who may ask.

use std::time::Duration;

use http::{Method, Request};
use http_body_util::Full;
use llm_vitals_dashboard::Dashboard;
use llm_vitals_promql::Engine;
use serde_json::json;

use crate::support::{NOW_S, dashboard, form, get, post, send};

#[tokio::test]
async fn errors_have_prometheus_words_and_codes() {
    let now = NOW_S.to_string();
    let range = |start: &str, end: &str, step: &str| {
        let pairs = [
            ("query", "up"),
            ("start", start),
            ("end", end),
            ("step", step),
        ];
        format!("/api/v1/query_range?{}", form(&pairs))
    };
    let query = |text: &str| format!("/api/v1/query?{}", form(&[("query", text)]));
    for (path, status, kind, message) in [
        (
            query(""),
            400,
            "bad_data",
            r#"invalid parameter "query": 1:1: parse error: "#,
        ),
        (
            query("rte(up[5m])"),
            400,
            "bad_data",
            "invalid parameter \"query\": 1:1: parse error: unknown function \"rte\"; did you mean \"rate\"?",
        ),
        (
            query("requests_total * on () in_flight"),
            422,
            "execution",
            "several series of the left side",
        ),
        (
            query("up") + "&time=noon",
            400,
            "bad_data",
            r#"invalid parameter "time": Invalid time value for 'time': cannot parse "noon" to a valid timestamp"#,
        ),
        (
            query("up") + "&timeout=-1",
            400,
            "bad_data",
            r#"invalid parameter "timeout": cannot parse "-1" to a valid duration"#,
        ),
        (
            range("", &now, "1"),
            400,
            "bad_data",
            r#"invalid parameter "start": cannot parse "" to a valid timestamp"#,
        ),
        (
            range(&now, "0", "1"),
            400,
            "bad_data",
            r#"invalid parameter "end": end timestamp must not be before start time"#,
        ),
        (
            range(&now, &now, "0"),
            400,
            "bad_data",
            r#"invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer"#,
        ),
        (
            range("0", "11001", "1"),
            400,
            "bad_data",
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        ),
        (
            "/api/v1/series".to_owned(),
            400,
            "bad_data",
            "no match[] parameter provided",
        ),
        (
            "/api/v1/rules?type=x".to_owned(),
            400,
            "bad_data",
            r#"invalid parameter "type": not supported value "x""#,
        ),
        (
            "/api/v1/targets".to_owned(),
            404,
            "not_found",
            "there is nothing at this path",
        ),
        (
            "/api/v2/alerts".to_owned(),
            404,
            "not_found",
            "there is nothing at this path",
        ),
        (
            "/api/v1/label//values".to_owned(),
            404,
            "not_found",
            "there is nothing at this path",
        ),
        (
            "/api/v1/query/".to_owned(),
            404,
            "not_found",
            "there is nothing at this path",
        ),
        (
            "/nothing".to_owned(),
            404,
            "not_found",
            "there is nothing at this path",
        ),
    ] {
        let said = get(&dashboard(), &path).await;
        let body = said.json();
        assert_eq!(
            (said.status, &body["status"], &body["errorType"]),
            (status, &json!("error"), &json!(kind)),
            "{path}"
        );
        let text = body["error"].as_str().unwrap();
        assert!(text.contains(message), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let long = form(&[("query", &"1+".repeat(70_000))]);
    let said = post(&dashboard(), "/api/v1/query", &long).await;
    assert_eq!(said.status, 413);
    assert_eq!(
        said.text(),
        r#"{"status":"error","errorType":"bad_data","error":"the body has more than 131072 bytes"}"#
    );
    let said = post(&dashboard().with_max_body(8), "/api/v1/query", "query=1").await;
    assert_eq!(said.status, 200);
}

#[tokio::test]
async fn other_methods_are_refused() {
    for (path, method, allowed) in [
        ("/api/v1/query?query=1", Method::DELETE, "GET, POST"),
        ("/api/v1/query?query=1", Method::HEAD, "GET, POST"),
        ("/api/dashboard", Method::POST, "GET"),
        ("/", Method::POST, "GET, HEAD"),
    ] {
        let request = Request::builder().method(method).uri(path);
        let said = send(&dashboard(), request.body(Full::default()).unwrap()).await;
        assert_eq!(
            (said.status, said.header("allow")),
            (405, allowed),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_data_is_for_those_who_have_the_token() {
    let dashboard = dashboard().with_token("correct horse");
    let ask = async |path: &str, token: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        send(&dashboard, request.body(Full::default()).unwrap())
            .await
            .status
    };
    for path in ["/api/v1/query?query=1", "/api/dashboard"] {
        assert_eq!(ask(path, "correct horse").await, 200);
        assert_eq!(ask(path, "correct horsf").await, 401);
        let said = get(&dashboard, path).await;
        assert_eq!(
            (said.status, said.header("www-authenticate")),
            (401, "Bearer")
        );
        assert_eq!(said.json()["errorType"], "unauthorized");
    }
    // Whether there is something is told to nobody else, and the page holds no data.
    assert_eq!(get(&dashboard, "/api/v1/nothing").await.status, 401);
    assert_eq!(get(&dashboard, "/").await.status, 200);
    assert!(!format!("{dashboard:?}").contains("horse"));
}

#[tokio::test]
async fn what_needs_too_much_is_an_error() {
    let path = format!(
        "/api/v1/query_range?query=requests_total&start={}&end={NOW_S}&step=1",
        NOW_S - 300
    );
    let said = get(&dashboard().with_max_points(601), &path).await;
    assert_eq!(said.status, 422);
    assert_eq!(
        said.json()["error"],
        "the result has 602 points; the limit is 601: ask for fewer series or a longer step"
    );
    let engine = Engine::new().with_max_samples(100);
    let said = get(&dashboard().with_engine(engine), &path).await;
    assert_eq!(
        (said.status, &said.json()["errorType"]),
        (422, &json!("execution"))
    );
}

#[tokio::test]
async fn an_empty_store_has_answers_too() {
    let dashboard = Dashboard::new(std::sync::Arc::default()).with_timeout(Duration::from_secs(60));
    for (path, data) in [
        (
            "query?query=up",
            json!({"resultType": "vector", "result": []}),
        ),
        (
            "query_range?query=up&start=0&end=1&step=1",
            json!({"resultType": "matrix", "result": []}),
        ),
        ("series?match[]=up", json!([])),
        ("labels", json!([])),
        ("label/job/values", json!([])),
        ("metadata", json!({})),
        ("rules", json!({"groups": []})),
        ("alerts", json!({"alerts": []})),
        ("query_exemplars?query=up", json!([])),
    ] {
        let said = get(&dashboard, &format!("/api/v1/{path}")).await;
        assert_eq!(
            said.json(),
            json!({"status": "success", "data": data}),
            "{path}"
        );
    }
}
