//! `llm-vitals check`.

use std::path::Path;

use serde_json::Value;

use crate::support::{run, run_in, serve, write};

const SCRAPE: &str = "\
# TYPE llm_requests_total counter
llm_requests_total{provider=\"openai\",status=\"success\"} 90
llm_requests_total{provider=\"openai\",status=\"error\"} 10
# TYPE llm_requests_in_flight gauge
llm_requests_in_flight{provider=\"openai\"} 3
# TYPE cache_usage gauge
cache_usage{instance=\"a\"} 0.42
cache_usage{instance=\"b\"} 0.97
";

/// The codes that a rule with this expression gives, notes about what is not the expression aside.
fn codes(folder: &Path, expr: &str, words: &[&str]) -> Vec<String> {
    let rule = format!(
        "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: >-\n          {expr}\n        annotations: {{summary: s, runbook_url: u}}\n"
    );
    found(folder, &rule, words)
}

fn found(folder: &Path, rules: &str, words: &[&str]) -> Vec<String> {
    write(folder, "rules.yml", rules);
    write(folder, "scrape.txt", SCRAPE);
    let checked = run_in(
        folder,
        &[&["check", "rules.yml", "--format", "json"], words].concat(),
    );
    let value: Value =
        serde_json::from_str(&checked.out).unwrap_or_else(|_| panic!("{}", checked.err));
    let findings = value["findings"].as_array().unwrap();
    let is_error = |finding: &Value| finding["level"] == "error";
    assert_eq!(
        checked.code,
        i32::from(findings.iter().any(is_error)),
        "{rules}"
    );
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_lint_finds_its_mistake() {
    let folder = tempfile::tempdir().unwrap();
    for (expr, expected) in [
        (
            "rate(x_total{status=~\"5..\"}[5m]) / rate(x_total[5m]) > 0.05",
            "self-ratio",
        ),
        (
            "sum by (status) (rate(x_total{status=\"error\"}[5m])) / sum by (status) (rate(x_total[5m])) > 0.05",
            "self-ratio",
        ),
        (
            "sum(rate(x_total{status=\"error\"}[5m])) / sum(rate(x_total[5m])) > 0.05",
            "unguarded-ratio",
        ),
        ("sum(rate(x_total[5m]))", "no-comparison"),
        ("x > bool 5", "no-comparison"),
        ("rate(x_total[5m]) < 0", "impossible"),
        ("count(up == 1) == 0", "impossible"),
        ("llm:error_rate > 5", "impossible"),
        ("x > 10 and x < 5", "impossible"),
        ("rate(x_total[5m]) >= 0", "always-true"),
        ("x_total > 100", "missing-rate"),
        ("sum by (provider) (x_total) > 100", "missing-rate"),
        ("delta(x_total[5m]) > 100", "missing-rate"),
        ("rate(sum(x_total)[5m:]) > 100", "rate-of-aggregate"),
        ("rate(x_total[15s]) > 100", "short-range"),
        (
            "histogram_quantile(0.95, sum by (provider) (rate(x_bucket[5m]))) > 1",
            "quantile-without-le",
        ),
        (
            "histogram_quantile(0.95, sum without (le) (rate(x_bucket[5m]))) > 1",
            "quantile-without-le",
        ),
        (
            "histogram_quantile(0.95, rate(x_bucket[5m])) > 1",
            "quantile-per-series",
        ),
        (
            "histogram_quantile(95, sum by (le) (rate(x_bucket[5m]))) > 1",
            "quantile-range",
        ),
        ("sum by (a) (x) / sum by (b) (y) > 1", "never-matches"),
        (
            "sum by (a) (x) / on (b) group_left () y > 1",
            "never-matches",
        ),
        ("x{a=~\"b\"} > 1", "plain-regex"),
        ("x{a=~\"^b.*$\"} > 1", "plain-regex"),
    ] {
        assert_eq!(codes(folder.path(), expr, &[]), [expected], "{expr}");
    }
}

#[test]
fn windows_that_are_longer_than_the_retention_are_found_where_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let codes =
        |expr: &str, retention: &str| codes(folder.path(), expr, &["--retention", retention]);
    let day = "sum(increase(x_total[1d])) > 100";
    assert_eq!(codes(day, "6h"), ["long-range"]);
    assert_eq!(codes(day, "1d"), [""; 0]);
    assert_eq!(codes("x > 2 * x offset 7h", "6h"), ["long-range"]);
}

#[test]
fn rules_that_are_right_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    for expr in [
        "sum(rate(x_total{status=\"error\"}[5m])) / (sum(rate(x_total[5m])) > 0) > 0.05",
        "sum by (p) (rate(x_total{status=\"error\"}[5m])) / sum by (p) (rate(x_total[5m])) > 0.05 and sum by (p) (increase(x_total[5m])) > 20",
        "rate(x_total{status=\"error\"}[5m]) / ignoring (status) group_left () y > 0.05",
        "vector(1)",
        "absent(x)",
        "up == 0",
        "x_total - x_total offset 1h > 5",
        "count(up == 0) > 0",
        "rate(x_total[5m]) == 0",
        "x unless y",
        "histogram_quantile(0.95, sum by (le, p) (rate(x_bucket[5m]))) > 1",
        "sum by (a) (x) / sum by (a) (y) > 1",
        "time() - x > 3600",
        "x > 5 and x < 10",
        "predict_linear(x[1h], 3600) < 0",
        "changes(x_total[5m]) > 3",
        "ALERTS{alertname=\"A\"}",
        "llm:error_rate > 0.05",
        "x{a=~\"b|c\"} > 1",
    ] {
        assert_eq!(codes(folder.path(), expr, &[]), [""; 0], "{expr}");
    }
}

#[test]
fn what_nothing_exposes_is_dead() {
    let folder = tempfile::tempdir().unwrap();
    let with = ["--metrics", "scrape.txt"];
    for (expr, expected) in [
        ("rate(llm_request_total[5m]) > 1", "dead-metric"),
        (
            "rate(llm_requests_total{provder=\"openai\"}[5m]) > 1",
            "dead-label",
        ),
        (
            "rate(llm_requests_total{status=\"eror\"}[5m]) > 1",
            "dead-label",
        ),
        ("rate(llm_requests_in_flight[5m]) > 1", "rate-of-gauge"),
        ("cache_usage > 90", "threshold-scale"),
        ("llm:eviction_rate > 1", "dead-metric"),
    ] {
        assert_eq!(codes(folder.path(), expr, &with), [expected], "{expr}");
    }
    for expr in [
        "rate(llm_requests_total{provider=\"openai\", status=~\"err.*\"}[5m]) > 1",
        "absent(llm_request_total)",
        "cache_usage > 0.9",
        "llm:error_rate > 0.05",
        "llm_requests_in_flight > 90",
        "up == 0",
    ] {
        assert_eq!(codes(folder.path(), expr, &with), [""; 0], "{expr}");
    }
}

#[test]
fn labels_and_annotations_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let rule = |more: &str| {
        format!(
            "alerts:\n  - name: A\n    condition: sum by (provider) (x) > 1\n    summary: s\n    runbook: r\n{more}"
        )
    };
    let found = |more: &str| found(folder.path(), &rule(more), &[]);
    assert_eq!(found(""), [""; 0]);
    assert_eq!(
        found("    labels: {now: '{{ $value }}'}\n"),
        ["value-in-label"]
    );
    assert_eq!(
        found("    annotations: {who: '{{ $labels.model }}'}\n"),
        ["lost-label"]
    );
    assert_eq!(
        found("    annotations: {who: '{{ $labels.provider }}'}\n"),
        [""; 0]
    );
    assert_eq!(found("    duration: 5s\n"), ["short-for"]);
    let bare = "alerts: [{name: A, condition: error_rate > 0.05}]";
    assert_eq!(
        self::found(folder.path(), bare, &[]),
        ["missing-summary", "missing-runbook"]
    );
    assert_eq!(self::found(folder.path(), bare, &["--quiet"]), [""; 0]);
}

#[test]
fn every_lint_of_the_list_has_a_case_here() {
    let listed = run(&["check", "--lints", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    let own = include_str!("check.rs");
    for lint in listed.as_array().unwrap() {
        let code = format!("\"{}\"", lint["code"].as_str().unwrap());
        assert!(own.contains(&code), "{code} is not tested");
    }
}

#[test]
fn a_comment_allows_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "\
alerts:
  # On purpose.
  # llm-vitals: allow(impossible, missing-summary, missing-runbook)
  - name: A
    condition: error_rate > 5
  - name: B
    condition: error_rate > 6 # llm-vitals: allow(missing-summary, missing-runbook)
";
    assert_eq!(found(folder.path(), rules, &[]), ["impossible"]);
    let all = format!("# llm-vitals: allow-file(impossible)\n{rules}");
    assert_eq!(found(folder.path(), &all, &[]), [""; 0]);
}

#[test]
fn a_finding_shows_its_place_and_how_to_mend_it() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a.yml",
        "alerts:\n  - name: HighErrorRate\n    condition: up == 1 and error_rate > 5\n",
    );
    let checked = run_in(folder.path(), &["check", "a.yml", "--quiet"]);
    assert_eq!(checked.code, 1);
    assert_eq!(
        checked.out,
        "error[impossible] a.yml:3:28: HighErrorRate: this is never true: error_rate is between 0 and 1\n  \
           |\n\
         3 |     condition: up == 1 and error_rate > 5\n  \
           |                            ^^^^^^^^^^^^^^\n  \
           = help: it is a share: 5 % is 0.05\n\n\
         1 rule in 1 file: 1 error, 0 warnings, 0 notes\n"
    );
}

#[test]
fn files_that_do_not_load_are_errors_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a.yml",
        "alerts:\n  - name: A\n    conditon: x > 1\n",
    );
    write(
        folder.path(),
        "b.yml",
        "alerts:\n  - name: A\n    condition: x > > 1\n",
    );
    let checked = run_in(folder.path(), &["check", "a.yml", "b.yml", "not_there.yml"]);
    assert_eq!(checked.code, 1);
    assert!(checked.out.contains("a.yml:3:5"), "{}", checked.out);
    assert!(
        checked.out.contains("did you mean \"condition\"?"),
        "{}",
        checked.out
    );
    assert!(checked.out.contains("b.yml:3:20"), "{}", checked.out);
    assert!(checked.out.contains("not_there.yml"), "{}", checked.out);
}

#[test]
fn codes_can_be_allowed_and_denied() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "alerts:\n  - {name: A, condition: x_total > 5, summary: s, runbook: r}\n";
    write(folder.path(), "a.yml", rules);
    let code = |words: &[&str]| run_in(folder.path(), &[&["check", "a.yml"], words].concat()).code;
    assert_eq!(code(&["--deny", "missing-rate"]), 1);
    assert_eq!(code(&["--deny", "self-ratio"]), 0);
    assert_eq!(code(&["--strict", "--allow", "missing-rate"]), 0);
    assert_eq!(code(&["--allow", "mising-rate"]), 2);
}

#[test]
fn warnings_count_only_when_strict() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "alerts:\n  - {name: A, condition: x_total > 5, summary: s, runbook: r}\n";
    write(folder.path(), "a.yml", rules);
    assert_eq!(run_in(folder.path(), &["check", "a.yml"]).code, 0);
    assert_eq!(
        run_in(folder.path(), &["check", "a.yml", "--strict"]).code,
        1
    );
}

#[test]
fn the_three_rules_of_the_readme_have_notes_only() {
    let folder = tempfile::tempdir().unwrap();
    let rules = "\
alerts:
  - name: HighErrorRate
    condition: error_rate > 0.05
    duration: 5m
    severity: critical
  - name: HighLatency
    condition: p95_latency > 2000
    duration: 10m
    severity: warning
  - name: LowCacheHitRate
    condition: cache_hit_rate < 0.5
    duration: 15m
    severity: info
";
    write(folder.path(), "a.yml", rules);
    let checked = run_in(folder.path(), &["check", "a.yml", "--strict"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert!(
        checked
            .out
            .ends_with("3 rules in 1 file: 0 errors, 0 warnings, 6 notes\n"),
        "{}",
        checked.out
    );
}

#[test]
fn a_server_that_answers_queries_says_what_there_is() {
    let url = serve(|path, _| {
        let data = match path {
            "/api/v1/query?query=1" => r#"{"resultType":"scalar","result":[0,"1"]}"#,
            "/api/v1/metadata" => r#"{"depth":[{"type":"gauge","help":"","unit":""}]}"#,
            "/api/v1/label/__name__/values" => r#"["depth","requests_total"]"#,
            path if path.starts_with("/api/v1/query?query=depth&") => {
                r#"{"resultType":"vector","result":[{"metric":{"__name__":"depth","queue":"a"},"value":[0,"3"]}]}"#
            }
            _ => r#"{"resultType":"vector","result":[]}"#,
        };
        Some(format!(r#"{{"status":"success","data":{data}}}"#))
    });
    let folder = tempfile::tempdir().unwrap();
    let found = |expr: &str| codes(folder.path(), expr, &["--url", &url]);
    assert_eq!(found("depth{queue=\"a\"} > 1"), [""; 0]);
    assert_eq!(found("depth{queue=\"b\"} > 1"), ["dead-label"]);
    assert_eq!(found("rate(depth[5m]) > 1"), ["rate-of-gauge"]);
    assert_eq!(found("rate(request_total[5m]) > 1"), ["dead-metric"]);
}

#[test]
fn the_manual_has_the_list_of_lints() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    let listed = run(&["check", "--lints", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    for lint in listed.as_array().unwrap() {
        let text = |field: &str| lint[field].as_str().unwrap();
        let row = format!(
            "| `{}` | {} | {} |\n",
            text("code"),
            text("level"),
            text("about")
        );
        assert!(manual.contains(&row), "docs/cli.md needs {row}");
    }
}
