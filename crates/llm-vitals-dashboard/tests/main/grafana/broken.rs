//! Each rule finds what it is for: a dashboard that is right but for one thing.

use serde_json::{Value, json};

use super::dashboards;
use super::lint::lint;

/// Rule, place in the JSON, and what stands there instead.
fn changes() -> Vec<(&'static str, &'static str, Value)> {
    let expr = "/panels/0/targets/0/expr";
    let variable = |number: u8, key: &str| -> &'static str {
        format!("/templating/list/{number}/{key}").leak()
    };
    vec![
        ("uneditable-dashboard", "/editable", json!(true)),
        ("template-datasource", variable(0, "label"), json!("Source")),
        ("template-datasource", variable(0, "query"), json!("loki")),
        ("template-job", variable(1, "allValue"), json!(".+")),
        ("template-job", variable(1, "label"), json!("job")),
        ("template-job", variable(1, "multi"), json!(false)),
        (
            "template-instance",
            variable(2, "datasource"),
            json!({"uid": "prom"}),
        ),
        (
            "template-on-time-change-reload",
            variable(2, "refresh"),
            json!(1),
        ),
        (
            "template-label-promql",
            variable(2, "query"),
            json!("label_values(up{, instance)"),
        ),
        (
            "template-label-promql",
            variable(2, "query"),
            json!("label_values(up, job)"),
        ),
        ("own-variables", variable(0, "name"), json!("source")),
        (
            "own-variables",
            expr,
            json!("sum(up{job=~\"$job\", instance=~\"$instance\", node=\"$node\"})"),
        ),
        (
            "panel-datasource",
            "/panels/0/datasource/uid",
            json!("prom"),
        ),
        (
            "panel-datasource",
            "/panels/0/targets/0/datasource/uid",
            json!("prom"),
        ),
        ("panel-title-description", "/panels/0/title", json!("")),
        (
            "panel-title-description",
            "/panels/0/description",
            json!(""),
        ),
        (
            "panel-units",
            "/panels/0/fieldConfig/defaults/unit",
            json!("requests"),
        ),
        (
            "panel-units",
            "/panels/0/fieldConfig/overrides",
            json!([{"properties": [{"id": "unit", "value": "dollars"}]}]),
        ),
        ("panel-no-targets", "/panels/0/targets", json!([])),
        ("target-promql", expr, json!("sum(rate(x_total[5m])")),
        (
            "target-rate-interval",
            expr,
            json!("sum(rate(x_total{job=~\"$job\", instance=~\"$instance\"}[5m]))"),
        ),
        (
            "target-job",
            expr,
            json!("sum(up{job=\"$job\", instance=~\"$instance\"})"),
        ),
        ("target-instance", expr, json!("sum(up{job=~\"$job\"})")),
        ("target-job", expr, json!("ALERTS{job=~\"$job\"}")),
        (
            "target-counter-agg",
            expr,
            json!("sum(x_total{job=~\"$job\", instance=~\"$instance\"})"),
        ),
        (
            "target-counter-agg",
            expr,
            json!("max_over_time(x_total{job=~\"$job\", instance=~\"$instance\"}[1h])"),
        ),
        ("own-ids", "/panels/1/id", json!(1)),
        ("own-grid", "/panels/0/gridPos/w", json!(25)),
        ("own-grid", "/panels/0/gridPos/h", json!(0)),
        ("own-overlap", "/panels/0/gridPos/w", json!(4)),
        ("own-overlap", "/panels/1/gridPos/x", json!(2)),
        ("own-schema", "/schemaVersion", json!(36)),
        ("own-crosshair", "/graphTooltip", json!(0)),
        ("own-tag", "/tags", json!([])),
        ("own-links", "/links/0/includeVars", json!(false)),
        (
            "own-no-value",
            "/panels/0/fieldConfig/defaults/noValue",
            json!(""),
        ),
        (
            "own-nan",
            "/panels/0/fieldConfig/defaults/mappings",
            json!([]),
        ),
        ("own-ref-ids", "/panels/0/targets", {
            let target = short()["panels"][0]["targets"][0].clone();
            json!([target, target])
        }),
    ]
}

/// A dashboard that is short, so that it is read fast: its first panels alone.
fn short() -> Value {
    let mut dashboard = dashboards().remove(0);
    dashboard["panels"].as_array_mut().unwrap().truncate(3);
    dashboard
}

#[test]
fn each_rule_finds_what_it_is_for() {
    let right = short();
    assert_eq!(lint(&right), Vec::<String>::new());
    for (rule, place, value) in changes() {
        let mut dashboard = right.clone();
        *dashboard.pointer_mut(place).unwrap() = value.clone();
        let found = lint(&dashboard);
        let is_found = found
            .iter()
            .any(|found| found.starts_with(&format!("{rule}: ")));
        assert!(
            is_found,
            "{rule} says nothing of {value} at {place}: {found:?}"
        );
        // A rule that finds fault with everything would find this too.
        assert!(found.len() <= 3, "{rule}: {found:?}");
    }
}
