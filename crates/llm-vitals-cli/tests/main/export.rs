//! `llm-vitals export`.

use std::fs;
use std::path::Path;

use crate::support::{run, run_in, write};
use crate::{amtool, promtool};

const SHORT: &str = "\
alerts:
  - name: HighErrorRate
    condition: error_rate > 0.05
    duration: 5m
    severity: critical
  - name: HighLatency
    condition: p95_latency > 2000
    clear_condition: p95_latency < 1500
    duration: 10m
    severity: warning
  - name: LowCacheHitRate
    condition: cache_hit_rate < 0.5
    duration: 15m
    severity: info
";

#[test]
fn promtool_accepts_what_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "alerts.yml", SHORT);
    let exported = run_in(folder.path(), &["export", "prometheus", "alerts.yml"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    let plain = exported.out.replace("\\\"", "\"").replace('"', "");
    for expected in [
        "record: llm:error_rate",
        "alert: HighErrorRate",
        "expr: llm:error_rate > 0.05",
        "ALERTS{alertname=HighLatency,",
    ] {
        assert!(plain.contains(expected), "{expected}\n{plain}");
    }
    let Some(promtool) = promtool::find() else {
        return;
    };
    let path = write(folder.path(), "exported.yml", &exported.out);
    let (code, text) = promtool::run(&promtool, &["check", "rules"], &path);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("SUCCESS"), "{text}");
}

#[test]
fn one_test_file_passes_here_and_after_the_export_under_promtool() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rules.yml", SHORT);
    let tests = "\
rule_files: [rules.yml]
tests:
  - interval: 1m
    input_series:
      - {series: 'llm_requests_total{provider=\"openai\", status=\"success\"}', values: 0+90x30}
      - {series: 'llm_requests_total{provider=\"openai\", status=\"error\"}', values: 0+10x30}
    alert_rule_test:
      - eval_time: 20m
        alertname: HighErrorRate
        exp_alerts:
          - exp_labels: {severity: critical, provider: openai}
      - {eval_time: 20m, alertname: HighLatency}
";
    let path = write(folder.path(), "test.yml", tests);
    let ours = run_in(folder.path(), &["test", "test.yml"]);
    assert_eq!(ours.code, 0, "{}", ours.out);
    let exported = run_in(folder.path(), &["export", "prometheus", "rules.yml"]);
    write(folder.path(), "rules.yml", &exported.out);
    // What was exported holds the signals and gives the same here.
    let again = run_in(folder.path(), &["test", "test.yml"]);
    assert_eq!(again.code, 0, "{}", again.out);
    let Some(promtool) = promtool::find() else {
        return;
    };
    let (code, text) = promtool::run(&promtool, &["test", "rules"], &path);
    assert_eq!(code, 0, "{text}");
}

#[test]
fn errors_show_the_place_and_give_no_output() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "alerts.yml",
        "alerts:\n  - name: A\n    condition: rte(x[5m]) > 1\n",
    );
    let failed = run_in(folder.path(), &["export", "prometheus", "alerts.yml"]);
    assert_eq!((failed.code, failed.out.as_str()), (1, ""));
    assert!(
        failed.err.contains("alerts.yml:3:16") && failed.err.contains("did you mean \"rate\"?"),
        "{}",
        failed.err
    );
    assert_eq!(run(&["export", "nagios", "x"]).code, 2);
    assert_eq!(run(&["export", "grafana"]).code, 2);
    assert_eq!(run(&["export", "alertmanager"]).code, 2);
    assert_eq!(run(&["export", "prometheus"]).code, 2);
}

#[test]
fn the_default_rules_pass_their_tests_here_and_after_the_export_under_promtool() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../llm-vitals-alert/rules");
    let ours = run_in(&rules, &["test", "default.test.yml"]);
    assert_eq!(ours.code, 0, "{}", ours.out);
    let checked = run_in(&rules, &["check", "default.yml", "--strict"]);
    assert_eq!(checked.code, 0, "{}", checked.out);

    let folder = tempfile::tempdir().unwrap();
    let exported = run_in(&rules, &["export", "prometheus", "default.yml"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    write(folder.path(), "default.yml", &exported.out);
    let tests = fs::read_to_string(rules.join("default.test.yml")).unwrap();
    let path = write(folder.path(), "default.test.yml", &tests);
    for dialect in ["v2", "v3"] {
        let again = run_in(
            folder.path(),
            &["test", "default.test.yml", "--dialect", dialect],
        );
        assert_eq!(again.code, 0, "{}", again.out);
    }
    let Some(promtool) = promtool::find() else {
        return;
    };
    let (code, text) = promtool::run(&promtool, &["test", "rules"], &path);
    assert_eq!(code, 0, "{text}");
}

const NOTIFY: &str = "\
notify:
  slack: https://hooks.example/T0/B0/hunter2
  critical: {pagerduty: hunter2}
  quiet: {from: '22:00', to: '07:00'}
";

#[test]
fn amtool_accepts_what_is_exported() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "notify.yml", NOTIFY);
    let hidden = run_in(folder.path(), &["export", "alertmanager", "notify.yml"]);
    assert_eq!(hidden.code, 0, "{}", hidden.err);
    assert!(!hidden.out.contains("hunter2"), "{}", hidden.out);
    assert_eq!(
        hidden.err,
        "note: secrets are left out; --secrets writes them too\n"
    );
    let shown = run_in(
        folder.path(),
        &["export", "alertmanager", "notify.yml", "--secrets"],
    );
    assert_eq!((shown.code, shown.err.as_str()), (0, ""));
    assert_eq!(shown.out.matches("hunter2").count(), 4, "{}", shown.out);
    if amtool::find().is_none() {
        return;
    }
    for text in [&hidden.out, &shown.out] {
        let path = write(folder.path(), "exported.yml", text);
        let (code, said) = amtool::run(&["check-config", path.to_str().unwrap()]);
        assert_eq!(code, 0, "{said}\n{text}");
    }
}

#[test]
fn what_alertmanager_does_not_have_is_no_output() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "notify.yml",
        "notify: {webhook: 'http://h/', heartbeat: 'http://h/'}\n",
    );
    let failed = run_in(
        folder.path(),
        &["export", "alertmanager", "notify.yml", "--secrets"],
    );
    assert_eq!((failed.code, failed.out.as_str()), (1, ""));
    assert!(
        failed.err.contains("\"heartbeat\" sends a heartbeat"),
        "{}",
        failed.err
    );
}

#[test]
fn dashboards_are_those_of_the_documentation() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/grafana");
    let folder = tempfile::tempdir().unwrap();
    let done = run_in(folder.path(), &["export", "grafana", "new/boards"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    assert_eq!(done.out.lines().count(), 5, "{}", done.out);
    for path in done.out.lines() {
        let written = folder.path().join(path);
        let documented = docs.join(written.file_name().unwrap());
        assert!(
            fs::read(&written).unwrap() == fs::read(documented).unwrap(),
            "{path}"
        );
    }
    let blocked = run_in(
        folder.path(),
        &["export", "grafana", "new/boards/llm-vitals-cost.json"],
    );
    assert_eq!(blocked.code, 1);
    assert!(
        blocked
            .err
            .contains("cannot write new/boards/llm-vitals-cost.json"),
        "{}",
        blocked.err
    );
}
