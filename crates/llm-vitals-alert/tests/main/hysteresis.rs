//! `clear_condition` and `min_events`, here and under promtool.

use std::fs;

use llm_vitals_alert::{RuleFile, export_prometheus};

use crate::rule_tests::promtool;
use crate::steps::Steps;

const RULES: &str = "alerts: [{name: Slow, condition: 'latency > 2000', clear_condition: 'latency < 1500', severity: warning, duration: 2m, summary: '{{ $value }}'}]";

#[test]
fn an_alert_fires_until_its_clear_condition_holds() {
    let mut steps = Steps::new(RULES);
    let mut told = Vec::new();
    for value in [
        1000.0,
        1600.0,
        2100.0,
        1600.0,
        2100.0,
        2200.0,
        2300.0,
        1600.0,
        f64::NAN,
        1500.0,
        1499.0,
        1600.0,
    ] {
        told.extend(
            steps
                .step(&[("latency{provider=\"a\"}", Some(value))])
                .iter()
                .map(|line| format!("{value}: {line}")),
        );
    }
    let alert = r#"{alertname="Slow", provider="a", severity="warning"}"#;
    assert_eq!(
        told,
        [
            format!("2100: none -> Pending {alert} 2100, Condition"),
            // A pending alert is not held.
            format!("1600: Pending -> none {alert} 2100, ConditionFalse"),
            format!("2100: none -> Pending {alert} 2100, Condition"),
            format!("2300: Pending -> Firing {alert} 2300, Condition"),
            format!("1499: Firing -> Resolved {alert} 1500, ConditionFalse"),
        ]
    );
}

#[test]
fn a_prometheus_with_the_exported_rules_does_the_same() {
    let exported = export_prometheus(&RuleFile::parse("r.yml", RULES).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules.yml"), exported).unwrap();
    let firing = |time: &str, value: &str| {
        format!(
            "      - eval_time: {time}\n        alertname: Slow\n        exp_alerts: [{{exp_labels: {{provider: a, severity: warning}}, exp_annotations: {{summary: '{value}'}}}}]\n"
        )
    };
    let quiet = |time: &str| format!("      - eval_time: {time}\n        alertname: Slow\n");
    // The samples of the test above, from minute 1 on.
    let test = "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n      - series: 'latency{provider=\"a\"}'\n        values: '_ 1000 1600 2100 1600 2100 2200 2300 1600 NaN 1500 1499 1600'\n    alert_rule_test:\n".to_owned()
        + &quiet("6m") + &firing("7m", "2300") + &firing("8m", "1600") + &firing("9m", "NaN") + &firing("10m", "1500") + &quiet("11m") + &quiet("12m");
    fs::write(folder.path().join("test.yml"), test).unwrap();
    promtool(
        &["check", "rules", "--lint-fatal"],
        &folder.path().join("rules.yml"),
    );
    promtool(&["test", "rules"], &folder.path().join("test.yml"));
}

#[test]
fn a_clear_condition_that_compares_with_no_number_is_an_error() {
    let wrong = |clear: &str| {
        let text =
            format!("alerts:\n  - name: A\n    condition: x > 1\n    clear_condition: {clear}\n");
        RuleFile::parse("r.yml", &text).unwrap_err().to_string()
    };
    assert_eq!(
        wrong("x"),
        "r.yml:4:5: expected a comparison with a number, such as error_rate < 0.02"
    );
    assert_eq!(
        wrong("x < y"),
        "r.yml:4:5: expected a comparison with a number, such as error_rate < 0.02"
    );
    assert_eq!(
        wrong("x < bool 1"),
        "r.yml:4:5: expected a comparison with a number, such as error_rate < 0.02"
    );
}

#[test]
fn min_events_asks_for_the_events_behind_the_signal() {
    let expr = |condition: &str| {
        let text = format!("alerts: [{{name: A, condition: '{condition}', min_events: 20}}]");
        RuleFile::parse("r.yml", &text)
            .map(|file| file.groups()[0].rules()[0].expr().to_string())
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        expr("error_rate > 0.05").unwrap(),
        "((llm:error_rate > 0.05) and on (provider) (llm:request_count >= 20))"
    );
    assert_eq!(
        expr("service_p95_latency > 5").unwrap(),
        "((llm:service_p95_latency > 5) and on () (llm:service_success_count >= 20))"
    );
    assert_eq!(
        expr("cache_hit_rate < 0.5").unwrap(),
        "((llm:cache_hit_rate < 0.5) and on (cache, node) (llm:cache_lookup_count >= 20))"
    );
    assert_eq!(
        expr("memory_usage > 5").unwrap_err(),
        "r.yml:1:51: how many events stand behind \"llm:memory_usage\" is not known: write the condition so that it counts itself, with \"and\""
    );
    assert!(
        expr("error_rate > 0.05 or p95_latency > 5")
            .unwrap_err()
            .ends_with("the signals of the condition count different events")
    );
    assert!(
        expr("vector(1)")
            .unwrap_err()
            .ends_with("the condition has no signal whose events could be counted")
    );
}
