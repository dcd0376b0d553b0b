//! The export, which promtool reads and which means the same.

use std::fs;

use llm_vitals_alert::{ErrorKind, RuleFile, Rules, export_prometheus};

use crate::rule_tests::promtool;

fn exported(text: &str) -> String {
    export_prometheus(&RuleFile::parse("r.yml", text).unwrap()).unwrap()
}

#[test]
fn signals_stand_before_the_alerts_in_one_group() {
    let out = exported(
        "alerts: [{name: A, condition: error_rate > 0.05, severity: page}]\ngroups: [{name: g, interval: 30s, limit: 3, rules: [{record: 'a:b', expr: sum(x), labels: {c: d}}]}]",
    );
    let file = RuleFile::parse("out.yml", &out).unwrap();
    let groups: Vec<_> = file
        .groups()
        .iter()
        .map(|group| (group.name(), group.rules().len()))
        .collect();
    assert_eq!(groups, [("llm-vitals", 33), ("g", 1)]);
    let rules = file.groups()[0].rules();
    assert_eq!((rules[0].name(), rules[32].name()), ("llm:error_rate", "A"));
    assert!(out.ends_with("  - name: \"g\"\n    interval: 30s\n    limit: 3\n    rules:\n      - record: \"a:b\"\n        expr: \"sum(x)\"\n        labels:\n          c: \"d\"\n"));
}

#[test]
fn what_was_exported_is_exported_as_it_is() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/default.yml");
    let once = exported(&fs::read_to_string(folder).unwrap());
    let file = RuleFile::parse("r.yml", &once).unwrap();
    assert_eq!(file.groups().len(), 1);
    assert!(Rules::without_signals([file]).is_ok());
}

#[test]
fn odd_texts_come_through_yaml_and_promtool() {
    let text = "alerts:\n  - name: \"A \\\"b\\\" #c\"\n    condition: 'x{a=\"q\\\"\\\\\\n\"} > 1'\n    labels: {l: \"tab\\t and ünï\"}\n    summary: \"line 1\\nline 2: {{ $value }} \\\\ %\"\n    clear_condition: x < 1\n";
    let out = exported(text);
    let (before, after) = (
        RuleFile::parse("r.yml", text).unwrap(),
        RuleFile::parse("r.yml", &out).unwrap(),
    );
    let rule = |file: &RuleFile| {
        let rule = &file.groups()[0].rules()[0];
        (
            rule.name().to_owned(),
            rule.expr().to_string(),
            rule.labels().to_vec(),
            rule.annotations().to_vec(),
        )
    };
    assert_eq!(rule(&before), rule(&after));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yml");
    fs::write(&path, out).unwrap();
    promtool(&["check", "rules", "--lint-fatal"], &path);
}

#[test]
fn what_would_mean_something_else_is_an_error() {
    let text = "alerts: [{name: A, condition: error_rate > 1}]\ngroups:\n  - name: g\n    rules:\n      - record: llm:error_rate\n        expr: x\n";
    let error = export_prometheus(&RuleFile::parse("r.yml", text).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Export);
    assert_eq!(
        error.to_string(),
        "r.yml:6:1: the rule records \"llm:error_rate\", which the exported signals record too"
    );
}

#[test]
fn an_empty_file_is_an_empty_file() {
    assert_eq!(exported(""), "groups: []\n");
}
