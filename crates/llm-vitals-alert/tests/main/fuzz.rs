//! Rule files and templates that nobody would write. Failures are kept in `proptest-regressions`, and the files of `corpus` are tried
//! each time.

use std::fs;
use std::path::Path;

use llm_vitals_alert::{RuleFile, Template, export_prometheus};
use proptest::prelude::*;

use crate::steps::Steps;

/// Pieces of templates, right and wrong.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "-}}",
    " ",
    "$labels",
    "$value",
    ".",
    ".Labels",
    ".x",
    "|",
    "(",
    ")",
    "\"a\"",
    "`b`",
    "1",
    "2.5",
    "-3",
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "template",
    "break",
    ":=",
    "=",
    "$x",
    ",",
    "query",
    "first",
    "value",
    "printf",
    "humanize",
    "humanizeDuration",
    "and",
    "or",
    "eq",
    "gt",
    "args",
    "/*",
    "*/",
    "\n",
    "é",
    "%.2f",
    "text",
    "true",
    "nil",
    "reReplaceAll",
    "title",
];

/// Pieces of rule files.
const LINES: &[&str] = &[
    "alerts:",
    "groups:",
    "slos:",
    "  - name: a",
    "    condition: error_rate > 0.05",
    "    condition: x >",
    "    duration: 5m",
    "    duration: -1",
    "    min_events: 5",
    "    clear_condition: error_rate < 1",
    "    on_no_data: keep",
    "    severity: page",
    "    rules:",
    "      - alert: b",
    "        expr: |",
    "          x > 1",
    "        expr: up == 0",
    "        for: 1m",
    "        labels: {a: b}",
    "    labels: &x {c: d}",
    "    annotations: *x",
    "    objective: 99.9",
    "    total: t",
    "    errors: e",
    "    summary: '{{ $value'",
    "    summary: \"\\u00e9{{ 1 }}\"",
    "# c",
    "  - *x",
    "? [a]",
    "---",
    "    interval: 1y",
    "        record: r",
    "\t",
    "    limit: 3",
    "!!str x",
];

fn template_text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..24)
        .prop_map(|pieces| pieces.join(" "));
    let wrapped = prop::collection::vec(
        prop::collection::vec(prop::sample::select(&PIECES[4..]), 1..6),
        1..4,
    )
    .prop_map(|actions| {
        actions
            .iter()
            .map(|action| format!("{{{{ {} }}}}", action.join(" ")))
            .collect::<String>()
    });
    prop_oneof![pieces, wrapped, any::<String>()]
}

fn rule_text() -> impl Strategy<Value = String> {
    let lines = prop::collection::vec(prop::sample::select(LINES), 0..20)
        .prop_map(|lines| lines.join("\n"));
    prop_oneof![4 => lines, 1 => any::<String>()]
}

/// Reads it, and where that works goes on with it.
fn try_rules(text: &str) {
    match RuleFile::parse("f.yml", text) {
        Ok(file) => {
            if let Ok(exported) = export_prometheus(&file) {
                let again = RuleFile::parse("out.yml", &exported).unwrap();
                let count = |file: &RuleFile| {
                    file.groups()
                        .iter()
                        .map(|group| group.rules().len())
                        .sum::<usize>()
                };
                assert!(count(&again) >= count(&file));
            }
            let mut steps = Steps::new(text);
            steps.step(&[("up", Some(0.0)), ("x", Some(2.0))]);
            steps.step(&[("up", None)]);
        }
        Err(error) => {
            assert!(!error.problems().is_empty());
            assert!(error.render().len() < 1 << 20);
        }
    }
}

fn try_template(text: &str) {
    match Template::parse(text) {
        Ok(_) => {
            let rules = format!(
                "alerts: [{{name: A, condition: t > 1, summary: {}}}]",
                serde_json::to_string(text).unwrap()
            );
            let mut steps = Steps::new(&rules);
            steps.step(&[("t{a=\"b\"}", Some(2.0))]);
            let found = steps.evaluator.alerts()[0]
                .alert()
                .annotation("summary")
                .unwrap()
                .len();
            assert!(found <= 70_000);
        }
        Err(error) => assert!(error.line() >= 1 && error.column() >= 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::WithSource("regressions"))), ..ProptestConfig::default() })]

    #[test]
    fn templates_never_panic(text in template_text()) {
        try_template(&text);
    }

    #[test]
    fn rule_files_never_panic(text in rule_text()) {
        try_rules(&text);
    }
}

#[test]
fn the_corpus_is_taken_apart_without_a_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("yml") => try_rules(&text),
            _ => try_template(&text),
        }
        count += 1;
    }
    assert!(count >= 10, "{count} files");
}
