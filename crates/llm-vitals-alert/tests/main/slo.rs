//! Objectives.

use std::fs;
use std::time::Duration;

use llm_vitals_alert::{RuleFile, Rules, export_prometheus};

use crate::rule_tests::promtool;

const RULES: &str = "
slos:
  - name: requests
    objective: 99.9
    total: llm_service_requests_total{status!=\"cancelled\"}
    errors: llm_service_requests_total{status=\"error\"}
    labels: {team: a}
";

#[test]
fn an_objective_makes_the_rules_of_the_workbook() {
    let file = RuleFile::parse("r.yml", RULES).unwrap();
    let rules = file.groups()[0].rules();
    let names: Vec<&str> = rules.iter().map(|rule| rule.name()).collect();
    let recorded = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
        .map(|window| format!("slo:error_ratio:rate{window}"));
    assert_eq!(names[..7], recorded);
    assert_eq!(names[7..], ["ErrorBudgetBurn", "ErrorBudgetBurn"]);
    assert_eq!(
        rules[0].expr().to_string(),
        "sum(rate(llm_service_requests_total{status=\"error\"}[5m])) / (sum(rate(llm_service_requests_total{status!=\"cancelled\"}[5m])) > 0)"
    );
    assert_eq!(
        rules[7].condition(),
        "(slo:error_ratio:rate1h{slo=\"requests\"} > (14.4 * 0.001) and slo:error_ratio:rate5m{slo=\"requests\"} > (14.4 * 0.001)) or \
         (slo:error_ratio:rate6h{slo=\"requests\"} > (6 * 0.001) and slo:error_ratio:rate30m{slo=\"requests\"} > (6 * 0.001))"
    );
}

#[test]
fn the_exported_objective_pages_under_promtool_when_the_budget_burns() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("rules.yml"),
        export_prometheus(&RuleFile::parse("r.yml", RULES).unwrap()).unwrap(),
    )
    .unwrap();
    // 2 % fail from the second hour on: 20 times the budget, above 14.4.
    let test = "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n      - {series: 'llm_service_requests_total{operation=\"chat\", status=\"success\"}', values: '0+100x60 6098+98x90'}\n      - {series: 'llm_service_requests_total{operation=\"chat\", status=\"error\"}', values: '0x60 2+2x90'}\n    alert_rule_test:\n      - {eval_time: 1h, alertname: ErrorBudgetBurn}\n      - eval_time: 2h\n        alertname: ErrorBudgetBurn\n        exp_alerts:\n          - exp_labels: {slo: requests, severity: page, team: a}\n            exp_annotations: {summary: 'The error budget of requests burns too fast: 2% fail'}\n          - exp_labels: {slo: requests, severity: ticket, team: a}\n            exp_annotations: {summary: 'The error budget of requests burns too fast: 1% fail'}\n";
    fs::write(folder.path().join("test.yml"), test).unwrap();
    promtool(
        &["check", "rules", "--lint-fatal"],
        &folder.path().join("rules.yml"),
    );
    promtool(&["test", "rules"], &folder.path().join("test.yml"));
}

#[test]
fn an_objective_that_is_none_is_an_error() {
    let wrong = |objective: &str, total: &str| {
        let text = format!(
            "slos:\n  - name: a\n    objective: {objective}\n    total: {total}\n    errors: e\n"
        );
        RuleFile::parse("r.yml", &text).unwrap_err().to_string()
    };
    assert_eq!(
        wrong("100", "t"),
        "r.yml:3:16: \"100\" for \"objective\": expected a percentage between 0 and 100"
    );
    assert_eq!(
        wrong("99", "sum(t)"),
        "r.yml:4:12: expected a counter, such as llm_service_requests_total{status=\"error\"}"
    );
}

#[test]
fn rules_that_look_further_back_than_the_store_are_known() {
    let hours = |hours: u64| Duration::from_secs(3600 * hours);
    let rules = |text: &str| Rules::new([RuleFile::parse("r.yml", text).unwrap()]).unwrap();
    let objective = rules(RULES);
    let names = |retention| -> Vec<&str> {
        let beyond = objective.beyond(retention);
        beyond.map(|(_, rule)| rule.name()).collect()
    };
    assert_eq!(
        names(hours(6)),
        ["slo:error_ratio:rate1d", "slo:error_ratio:rate3d"]
    );
    assert_eq!(names(hours(72)), [""; 0]);

    let reach = |condition: &str| {
        let rules = rules(&format!("alerts: [{{name: A, condition: '{condition}'}}]"));
        rules.groups().last().unwrap().rules()[0].reach()
    };
    assert_eq!(reach("x > 1"), hours(0));
    assert_eq!(reach("x > 1 + x offset 1h"), hours(1));
    assert_eq!(reach("rate(x[1h] offset 2h) > 1"), hours(3));
    assert_eq!(
        reach("max_over_time(rate(x[1h])[2h:1m] offset 1h) > 1"),
        hours(4)
    );
    assert_eq!(reach("x offset -1h > 1"), hours(0));
    let pack = include_str!("../../rules/default.yml");
    assert_eq!(rules(pack).beyond(hours(6)).count(), 0);
}
