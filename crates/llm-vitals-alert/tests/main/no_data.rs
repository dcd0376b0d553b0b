//! `on_no_data`.

use std::time::Duration;

use llm_vitals_alert::RuleFile;

use crate::steps::{STEP, Steps};

#[test]
fn keep_lets_an_alert_fire_on_while_there_is_no_data() {
    let mut steps =
        Steps::new("alerts: [{name: Hot, condition: t > 30, on_no_data: keep, severity: page}]");
    let alert = r#"{alertname="Hot", room="a", severity="page"}"#;
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(31.0))]),
        [format!("none -> Firing {alert} 31, Condition")]
    );
    for _ in 0..20 {
        assert_eq!(steps.step(&[("t{room=\"a\"}", None)]), [""; 0]);
    }
    assert!(
        steps.evaluator.alerts()[0].alert().value().is_nan(),
        "there is no value to show"
    );
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(29.0))]),
        [format!("Firing -> Resolved {alert} NaN, ConditionFalse")]
    );
    assert_eq!(steps.step(&[("t{room=\"a\"}", None)]), [""; 0]);
}

#[test]
fn alert_makes_an_alert_of_missing_data() {
    let mut steps =
        Steps::new("alerts: [{name: Hot, condition: t > 30, on_no_data: alert, duration: 1m}]");
    assert_eq!(steps.step(&[("t{room=\"a\"}", Some(1.0))]), [""; 0]);
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", None)]),
        [r#"none -> Pending {alertname="Hot"} NaN, Condition"#]
    );
    assert_eq!(
        steps.step(&[]),
        [r#"Pending -> Firing {alertname="Hot"} NaN, Condition"#]
    );
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(1.0))]),
        [r#"Firing -> Resolved {alertname="Hot"} NaN, NoData"#]
    );
}

#[test]
fn what_cannot_be_told_from_a_condition_that_does_not_hold_is_an_error() {
    let text = "alerts: [{name: A, condition: x and y, on_no_data: keep}]";
    let error = RuleFile::parse("r.yml", text).unwrap_err().to_string();
    assert_eq!(
        error,
        "r.yml:1:40: the condition must be a comparison with a number, so that missing data can be told from a condition that does not hold"
    );
    let text = "alerts: [{name: A, condition: x > 1, on_no_data: maybe}]";
    let error = RuleFile::parse("r.yml", text).unwrap_err().to_string();
    assert_eq!(
        error,
        "r.yml:1:50: \"maybe\" for \"on_no_data\": expected resolve, keep or alert"
    );
}

#[test]
fn after_a_long_pause_absent_data_starts_no_alert_for_a_while() {
    let rules = "groups:
  - name: g
    interval: 1m
    rules: [{alert: Gone, expr: absent(t)}, {alert: Silent, expr: 'vector(1) unless t'}]";
    let alerts = |grace: Option<u64>| {
        let mut steps = Steps::new(rules);
        if let Some(grace) = grace {
            steps.evaluator = steps
                .evaluator
                .with_absence_grace(Duration::from_secs(grace));
        }
        let mut fired = Vec::new();
        for minute in [0, 1, 2, 22, 23, 26, 27] {
            steps.now = minute * STEP;
            if minute < 3 {
                steps.put(&[("t", Some(1.0))]);
            }
            for change in steps.evaluator.evaluate(&mut steps.store, steps.now) {
                fired.push((minute, change.alert().name().to_owned()));
            }
        }
        fired
    };
    let gone = |minute| (minute, "Gone".to_owned());
    let silent = (22, "Silent".to_owned());
    assert_eq!(alerts(None), [silent.clone(), gone(27)]);
    assert_eq!(alerts(Some(0)), [gone(22), silent]);
}
