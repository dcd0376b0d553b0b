//! `llm-vitals schema`, held against what loads.

use std::collections::BTreeSet;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use crate::support::{run, run_in, write};

const GOOD: &[&str] = &[
    "",
    "alerts:",
    "{}",
    "alerts: [{name: A, condition: x > 1}]",
    "alerts: [{name: A, condition: error_rate > 0.05, duration: 5m, severity: critical, runbook: u, summary: s}]",
    "alerts: [{name: A, condition: x > 1, labels: {a: 1, b: true, c: }, annotations: {d: '{{ $value }}'}}]",
    "alerts: [{name: A, condition: p95_latency > 2000, clear_condition: p95_latency < 1500, on_no_data: keep}]",
    "alerts: [{name: A, condition: error_rate > 0.05, min_events: 20, keep_firing_for: 1h30m, duration: 0}]",
    "slos: [{name: api, objective: 99.9, total: x_total, errors: 'x_total{status=\"error\"}', tickets: false}]",
    "slos: [{name: api, objective: '99.9 %', total: x_total, errors: y_total, labels: {a: b}}]",
    "groups: [{name: g}]",
    "groups: [{name: g, interval: 30s, limit: 5, query_offset: 1m, labels: {a: b}, rules: [{record: 'a:b', expr: sum(x)}]}]",
    "groups: [{name: g, rules: [{alert: A, expr: x > 1, for: 1m, keep_firing_for: 1m, labels: {}, annotations: {}}]}]",
    "alerts: [{name: A, condition: x > 1}]\ngroups: [{name: g, rules: [{alert: B, expr: y > 1}]}]",
];

const BAD: &[&str] = &[
    "[]",
    "alert: []",
    "alerts: {}",
    "alerts: [A]",
    "alerts: [{name: A}]",
    "alerts: [{condition: x > 1}]",
    "alerts: [{name: '', condition: x > 1}]",
    "alerts: [{name: A, condition: }]",
    "alerts: [{name: A, conditon: x > 1}]",
    "alerts: [{name: A, condition: x > 1, duration: 5}]",
    "alerts: [{name: A, condition: x > 1, duration: 5 minutes}]",
    "alerts: [{name: A, condition: x > 1, duration: 5m1h}]",
    "alerts: [{name: A, condition: x > 1, for: 5m}]",
    "alerts: [{name: A, condition: x > 1, severity: [a]}]",
    "alerts: [{name: A, condition: x > 1, labels: [a]}]",
    "alerts: [{name: A, condition: x > 1, labels: {a.b: c}}]",
    "alerts: [{name: A, condition: x > 1, labels: {__name__: c}}]",
    "alerts: [{name: A, condition: x > 1, severity: a, labels: {severity: b}}]",
    "alerts: [{name: A, condition: x > 1, summary: a, annotations: {summary: b}}]",
    "alerts: [{name: A, condition: x > 1, runbook: a, annotations: {runbook_url: b}}]",
    "alerts: [{name: A, condition: x > 1, on_no_data: drop}]",
    "alerts: [{name: A, condition: error_rate > 1, min_events: 0}]",
    "alerts: [{name: A, condition: error_rate > 1, min_events: many}]",
    "slos: [{name: api, total: x_total, errors: y_total}]",
    "slos: [{name: api, objective: 100, total: x_total, errors: y_total}]",
    "slos: [{name: api, objective: high, total: x_total, errors: y_total}]",
    "slos: [{name: api, objective: 99, total: x_total, errors: y_total, tickets: perhaps}]",
    "groups: [{rules: []}]",
    "groups: [{name: g, interval: fast}]",
    "groups: [{name: g, limit: -1}]",
    "groups: [{name: g, partial_response: true}]",
    "groups: [{name: g, rules: [{expr: x}]}]",
    "groups: [{name: g, rules: [{alert: A}]}]",
    "groups: [{name: g, rules: [{alert: A, record: b, expr: x}]}]",
    "groups: [{name: g, rules: [{record: b, expr: x, for: 5m}]}]",
    "groups: [{name: g, rules: [{record: b, expr: x, annotations: {a: b}}]}]",
    "groups: [{name: g, rules: [{record: 1b, expr: x}]}]",
    "groups: [{name: g, rules: [{alert: A, expr: x > 1, severity: page}]}]",
];

fn schema() -> (Schemas, SchemaIndex) {
    let printed = run(&["schema"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler
        .add_resource("schema.json", serde_json::from_str(&printed.out).unwrap())
        .unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    (schemas, index)
}

/// As an editor sees it: what is not there is null.
fn json(yaml: &str) -> Value {
    if yaml.is_empty() {
        Value::Null
    } else {
        serde_saphyr::from_str(yaml).unwrap()
    }
}

fn loads(folder: &Path, yaml: &str) -> (bool, String) {
    write(folder, "rules.yml", yaml);
    let checked = run_in(folder, &["check", "rules.yml", "--format", "json"]);
    let value: Value = serde_json::from_str(&checked.out).unwrap();
    let findings = value["findings"].as_array().unwrap();
    (
        !findings.iter().any(|finding| finding["code"] == "load"),
        checked.out,
    )
}

#[test]
fn what_loads_fits_the_schema_and_what_does_not_load_does_not() {
    let (schemas, index) = schema();
    let folder = tempfile::tempdir().unwrap();
    for (examples, is_good) in [(GOOD, true), (BAD, false)] {
        for yaml in examples {
            let (loaded, text) = loads(folder.path(), yaml);
            assert_eq!(loaded, is_good, "the loader on {yaml}\n{text}");
            let json = json(yaml);
            let valid = schemas.validate(&json, index);
            assert_eq!(valid.is_ok(), is_good, "the schema on {yaml}\n{valid:?}");
        }
    }
}

#[test]
fn the_schema_has_the_fields_that_the_loader_names() {
    let printed: Value = serde_json::from_str(&run(&["schema"]).out).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let no_such = "no_such_field_anywhere";
    for (of, yaml) in [
        ("", format!("{no_such}: 1")),
        (
            "alert",
            format!("alerts: [{{{no_such}: 1, name: A, condition: x > 1}}]"),
        ),
        ("slo", format!("slos: [{{{no_such}: 1}}]")),
        ("group", format!("groups: [{{{no_such}: 1, name: g}}]")),
        (
            "rule",
            format!("groups: [{{name: g, rules: [{{{no_such}: 1, alert: A, expr: x > 1}}]}}]"),
        ),
    ] {
        let value: Value = serde_json::from_str(&loads(folder.path(), &yaml).1).unwrap();
        let findings = value["findings"].as_array().unwrap();
        let about = |finding: &&Value| finding["message"].as_str().unwrap().contains(no_such);
        let help = findings.iter().find(about).unwrap()["help"]
            .as_str()
            .unwrap();
        let loader: BTreeSet<&str> = help
            .split_once("its fields are ")
            .unwrap()
            .1
            .split(", ")
            .collect();
        let part = if of.is_empty() {
            &printed
        } else {
            &printed["$defs"][of]
        };
        let schema: BTreeSet<&str> = part["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(schema, loader, "{of}");
    }
}
