//! Other rules while alerts are there.

use llm_vitals_alert::{AlertState, RuleFile, Rules};

use crate::steps::{Steps, told};

fn rules(text: &str) -> Rules {
    Rules::new([RuleFile::parse("rules.yml", text).unwrap()]).unwrap()
}

#[test]
fn what_is_the_same_keeps_its_state_and_what_is_gone_is_resolved() {
    let mut steps = Steps::new(
        "groups: [{name: g, rules: [{alert: A, expr: 't > 1'}, {alert: B, expr: 't > 1'}]}]",
    );
    steps.step(&[("t", Some(2.0))]);
    steps.evaluator.reload(rules("groups: [{name: g, rules: [{alert: C, expr: 't > 1', for: 5m}, {alert: A, expr: 't > 0'}]}]"));
    let changes = steps.step(&[("t", Some(2.0))]);
    assert_eq!(
        changes,
        [
            r#"Firing -> Resolved {alertname="B"} 2, RuleRemoved"#,
            r#"none -> Pending {alertname="C"} 2, Condition"#
        ]
    );
    assert_eq!(
        steps.series("ALERTS"),
        [
            r#"ALERTS{alertname="A", alertstate="firing"} 1"#,
            r#"ALERTS{alertname="C", alertstate="pending"} 1"#
        ]
    );
    let alerts = steps.evaluator.alerts();
    let a = alerts
        .iter()
        .find(|alert| alert.alert().name() == "A")
        .unwrap();
    assert_eq!(a.alert().active_at(), 60_000);
}

#[test]
fn a_longer_for_takes_a_young_alert_back_to_pending() {
    let mut steps = Steps::new("groups: [{name: g, rules: [{alert: A, expr: 't > 1'}]}]");
    steps.step(&[("t", Some(2.0))]);
    steps.evaluator.reload(rules(
        "groups: [{name: g, rules: [{alert: A, expr: 't > 1', for: 3m}]}]",
    ));
    steps.now += 60_000;
    steps.put(&[("t", Some(2.0))]);
    let changes = steps.evaluate();
    assert_eq!(
        told(&changes[0]),
        r#"Firing -> Pending {alertname="A"} 2, Condition"#
    );
    assert_eq!(steps.step(&[("t", Some(2.0))]), [""; 0]);
    assert_eq!(
        steps.step(&[("t", Some(2.0))]),
        [r#"Pending -> Firing {alertname="A"} 2, Condition"#]
    );
    assert_eq!(
        steps.evaluator.alerts()[0].alert().state(),
        AlertState::Firing
    );
}

#[test]
fn a_file_that_is_wrong_loads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (
        folder.path().join("good.yml"),
        folder.path().join("bad.yml"),
    );
    std::fs::write(&good, "alerts: [{name: A, condition: t > 1}]").unwrap();
    std::fs::write(&bad, "alerts: [{name: B}]").unwrap();
    let error = Rules::load(&[&good, &bad]).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}:1:10: an alert needs the field \"condition\"",
            bad.display()
        )
    );
    assert_eq!(Rules::load(&[&good]).unwrap().groups().len(), 2);
}
