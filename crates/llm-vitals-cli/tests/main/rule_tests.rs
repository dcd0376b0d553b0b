//! `llm-vitals test`, beside promtool.

use std::path::{Path, PathBuf};

use crate::promtool;
use crate::support::{run, run_in};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

/// Test files by what must become of them: `pass_*` and `fail_*`.
fn cases() -> Vec<(PathBuf, bool)> {
    let mut cases: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?;
            let passes = name.starts_with("pass_");
            (passes || name.starts_with("fail_")).then(|| (path.clone(), passes))
        })
        .collect();
    cases.sort();
    assert!(cases.len() > 25, "{}", cases.len());
    cases
}

#[test]
fn files_that_pass_do_and_files_that_fail_do_in_both_dialects() {
    for (path, passes) in cases() {
        for dialect in ["v2", "v3"] {
            let ours = run(&["test", path.to_str().unwrap(), "--dialect", dialect]);
            assert_eq!(
                ours.code,
                i32::from(!passes),
                "{} {dialect}\n{}{}",
                path.display(),
                ours.out,
                ours.err
            );
        }
    }
}

#[test]
fn promtool_agrees_on_every_file() {
    let Some(promtool) = promtool::find() else {
        return;
    };
    for (path, passes) in cases() {
        let (code, text) = promtool::run(&promtool, &["test", "rules"], &path);
        assert_eq!(code, i32::from(!passes), "{}\n{text}", path.display());
    }
}

#[test]
fn a_failed_test_shows_what_differs() {
    let failed = run_in(
        &folder(),
        &[
            "test",
            "fail_annotation.yml",
            "fail_last_bit.yml",
            "pass_order.yml",
        ],
    );
    assert_eq!(failed.code, 1);
    assert_eq!(
        failed.out,
        "FAILED fail_annotation.yml (1 test)\n\n  \
           test 1\n    \
             alert ProviderDown at 1m\n        \
                 {alertname=\"ProviderDown\", instance=\"a\", severity=\"page\"}\n      \
               -   description: \"is down\"\n      \
               +   description: \"Instance a is down.\\n\\n\"\n\n\
         FAILED fail_last_bit.yml (1 test)\n\n  \
           test 1\n    \
             0.1 + 0.2 at 1m\n      \
               - {} 0.3\n      \
               + {} 0.30000000000000004\n\n\
         ok     pass_order.yml (1 test)\n"
    );
}

#[test]
fn an_alert_that_is_pending_is_said_to_be() {
    let failed = run_in(&folder(), &["test", "fail_pending_is_not_firing.yml"]);
    assert!(failed.out.contains("is pending since 1m"), "{}", failed.out);
}

#[test]
fn json_has_every_difference() {
    let failed = run_in(
        &folder(),
        &["test", "fail_second_of_two.yml", "--format", "json"],
    );
    assert_eq!(failed.code, 1);
    let value: serde_json::Value = serde_json::from_str(&failed.out).unwrap();
    let expected = serde_json::json!({"ok": false, "files": [{
        "file": "fail_second_of_two.yml", "ok": false, "tests": 2, "warnings": [], "error": null,
        "failures": [{
            "kind": "samples", "expr": "1", "eval_time": "1m", "test": "test 2",
            "differences": [{"expected": "{} 2"}, {"got": "{} 1"}],
        }],
    }]});
    assert_eq!(value, expected);
}

#[test]
fn fuzzy_files_forgive_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(self::folder().join("fail_last_bit.yml")).unwrap();
    crate::support::write(
        folder.path(),
        "fuzzy.yml",
        &format!("fuzzy_compare: true\n{text}"),
    );
    assert_eq!(run_in(folder.path(), &["test", "fuzzy.yml"]).code, 0);
}

#[test]
fn a_file_that_is_not_there_is_exit_code_1_and_none_at_all_is_2() {
    assert_eq!(run(&["test", "not_there.yml"]).code, 1);
    assert_eq!(run(&["test"]).code, 2);
}

#[test]
fn only_named_tests_are_run() {
    let ran = run_in(
        &folder(),
        &[
            "test",
            "fail_pending_is_not_firing.yml",
            "pass_alerts.yml",
            "--run",
            "one provider",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(
        ran.out.contains("(0 tests)") && ran.out.contains("(1 test)"),
        "{}",
        ran.out
    );
    assert_eq!(
        run_in(&folder(), &["test", "pass_alerts.yml", "--run", "nothing"]).code,
        1
    );
}

#[test]
fn a_test_can_start_at_any_time() {
    let folder = tempfile::tempdir().unwrap();
    let tests = "\
rule_files: [rules.yml]
tests:
  - interval: 1m
    start_timestamp: 2026-11-24T10:00:00Z
    input_series: [{series: x, values: 0 1x5}]
    alert_rule_test:
      - {eval_time: 2m, alertname: A}
      - {eval_time: 3m, alertname: A, exp_alerts: [{}]}
    promql_expr_test:
      - {expr: hour(), eval_time: 59m, exp_samples: [{value: 10}]}
      - {expr: hour(), eval_time: 60m, exp_samples: [{value: 11}]}
      - {expr: timestamp(x), eval_time: 2m, exp_samples: [{value: 1795514520}]}
";
    crate::support::write(folder.path(), "test.yml", tests);
    crate::support::write(
        folder.path(),
        "rules.yml",
        "groups: [{name: g, rules: [{alert: A, expr: x == 1, for: 2m}]}]",
    );
    let ran = run_in(folder.path(), &["test", "test.yml"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}
