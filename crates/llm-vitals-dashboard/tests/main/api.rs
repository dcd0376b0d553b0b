//! Queries, series and labels without a Prometheus beside them.

use http::Request;
use http_body_util::Full;
use llm_vitals_dashboard::Dashboard;
use llm_vitals_promql::{Dialect, Exemplar, Labels};
use serde_json::json;

use crate::support::{NOW, NOW_S, dashboard, escape, filled, form, get, post, send};

#[tokio::test]
async fn an_instant_query_gives_a_vector() {
    let said = get(
        &dashboard(),
        "/api/v1/query?query=sum(rate(requests_total[1m]))",
    )
    .await;
    assert_eq!(said.status, 200);
    assert_eq!(said.header("content-type"), "application/json");
    assert_eq!(said.header("cache-control"), "no-store");
    assert_eq!(
        said.text(),
        format!(
            r#"{{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{{}},"value":[{NOW_S},"3"]}}]}}}}"#
        )
    );
}

#[tokio::test]
async fn a_range_query_gives_a_matrix() {
    let path = format!(
        "/api/v1/query_range?query=in_flight&start={}&end={}&step=5s",
        NOW_S - 10,
        NOW_S
    );
    let said = get(&dashboard(), &path).await;
    let expected = json!({"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {"__name__": "in_flight"}, "values": [[NOW_S - 10, "2"], [NOW_S - 5, "3"], [NOW_S, "4"]]},
    ]}});
    assert_eq!(said.json(), expected);
}

#[tokio::test]
async fn a_form_and_the_url_are_one() {
    let dashboard = dashboard();
    let path = format!("/api/v1/query_range?start={}&step=5", NOW_S - 5);
    let end = NOW_S.to_string();
    let said = post(&dashboard, &path, &form(&[("query", "1"), ("end", &end)])).await;
    let points = &said.json()["data"]["result"][0]["values"];
    assert_eq!(points, &json!([[NOW_S - 5, "1"], [NOW_S, "1"]]));
    // A body that is no form is not looked at.
    let request = Request::post("/api/v1/query?query=2")
        .header("content-type", "application/json")
        .body(Full::new(&b"query=1"[..]))
        .unwrap();
    let said = send(&dashboard, request).await;
    assert_eq!(said.json()["data"]["result"], json!([NOW_S, "2"]));
}

#[tokio::test]
async fn limits_cut_and_say_so() {
    let said = get(
        &dashboard(),
        "/api/v1/series?match[]=requests_total&limit=1",
    )
    .await;
    let expected = json!({
        "status": "success",
        "data": [{"__name__": "requests_total", "provider": "anthropic"}],
        "warnings": ["results truncated due to limit"],
    });
    assert_eq!(said.json(), expected);
    let said = get(&dashboard(), "/api/v1/label/provider/values?limit=0").await;
    assert_eq!(
        said.text(),
        r#"{"status":"success","data":["anthropic","openai"]}"#
    );
    let said = get(&dashboard(), "/api/v1/query?query=requests_total&limit=1").await;
    assert_eq!(said.json()["data"]["result"].as_array().unwrap().len(), 1);
    let said = get(&dashboard(), "/api/v1/labels?limit=-1").await;
    assert_eq!(
        said.text(),
        r#"{"status":"error","errorType":"bad_data","error":"invalid parameter \"limit\": limit must be non-negative"}"#
    );
}

#[tokio::test]
async fn label_values_are_shown_as_they_are() {
    let hostile = "</script><script>\"\\\n\u{0}\u{2028}é\u{1f600}{}";
    let store = filled();
    let labels = Labels::new([("__name__", "odd"), ("v", hostile), ("a.b/c", "x")]);
    store.lock().unwrap().append(&labels, NOW, 1.0).unwrap();
    let dashboard = Dashboard::new(store).with_clock(|| NOW);
    let said = get(&dashboard, "/api/v1/query?query=odd").await;
    assert_eq!(said.json()["data"]["result"][0]["metric"]["v"], hostile);
    let said = get(&dashboard, "/api/v1/label/v/values").await;
    assert_eq!(said.json()["data"], json!([hostile]));
    // The name of a label may be anything in version 3.
    let path = format!("/api/v1/label/{}/values", escape("a.b/c"));
    assert_eq!(get(&dashboard, &path).await.json()["data"], json!(["x"]));
    let said = get(&dashboard.with_dialect(Dialect::V2), &path).await;
    assert_eq!(
        said.text(),
        r#"{"status":"error","errorType":"bad_data","error":"invalid label name: \"a.b/c\""}"#
    );
}

#[tokio::test]
async fn exemplars_are_those_of_the_series_of_an_expression() {
    let store = filled();
    let series = Labels::new([("__name__", "requests_total"), ("provider", "openai")]);
    let exemplar = Exemplar::new(Labels::new([("trace_id", "4bf9")]), 0.25, NOW - 500);
    assert!(store.lock().unwrap().append_exemplar(&series, exemplar));
    let dashboard = Dashboard::new(store);
    let query =
        escape("sum(rate(requests_total[5m])) / sum(rate(requests_total{provider='openai'}[5m]))");
    let said = get(
        &dashboard,
        &format!("/api/v1/query_exemplars?query={query}"),
    )
    .await;
    assert_eq!(
        said.text(),
        format!(
            r#"{{"status":"success","data":[{{"seriesLabels":{{"__name__":"requests_total","provider":"openai"}},"exemplars":[{{"labels":{{"trace_id":"4bf9"}},"value":"0.25","timestamp":{}.500}}]}}]}}"#,
            NOW_S - 1
        )
    );
    let said = get(
        &dashboard,
        &format!("/api/v1/query_exemplars?query={query}&end={}", NOW_S - 1),
    )
    .await;
    assert_eq!(said.text(), r#"{"status":"success","data":[]}"#);
}

#[tokio::test]
async fn the_version_is_that_of_the_dialect() {
    for (dialect, version) in [(Dialect::V2, "2.42.0"), (Dialect::V3, "3.0.0")] {
        let said = get(
            &dashboard().with_dialect(dialect),
            "/api/v1/status/buildinfo",
        )
        .await;
        assert_eq!(said.json()["data"]["version"], version);
    }
}

#[tokio::test]
async fn a_query_may_look_back_less() {
    let path = format!("/api/v1/query?query=in_flight&time={}", NOW_S + 30);
    let count = async |lookback: &str| {
        let said = get(&dashboard(), &format!("{path}{lookback}")).await.json();
        said["data"]["result"].as_array().map(Vec::len)
    };
    assert_eq!(count("").await, Some(1));
    assert_eq!(count("&lookback_delta=20s").await, Some(0));
    assert_eq!(count("&lookback_delta=31").await, Some(1));
    assert_eq!(count("&lookback_delta=x").await, None);
}
