//! The state machine, as Prometheus has it.

use std::time::Duration;

use llm_vitals_alert::{AlertState, Evaluator, Health, RuleFile, Rules};
use llm_vitals_promql::Store;

use crate::steps::Steps;

const HOT: &str = "groups: [{name: g, rules: [{alert: Hot, expr: 't > 30', for: 2m}]}]";

#[test]
fn an_alert_is_pending_then_fires_then_is_resolved() {
    let mut steps = Steps::new(HOT);
    assert_eq!(steps.step(&[("t{room=\"a\"}", Some(20.0))]), [""; 0]);
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(31.0))]),
        [r#"none -> Pending {alertname="Hot", room="a"} 31, Condition"#]
    );
    assert_eq!(
        steps.series("ALERTS"),
        [r#"ALERTS{alertname="Hot", alertstate="pending", room="a"} 1"#]
    );
    assert_eq!(
        steps.series("ALERTS_FOR_STATE"),
        [r#"ALERTS_FOR_STATE{alertname="Hot", room="a"} 120"#]
    );
    assert_eq!(steps.step(&[("t{room=\"a\"}", Some(32.0))]), [""; 0]);
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(33.0))]),
        [r#"Pending -> Firing {alertname="Hot", room="a"} 33, Condition"#]
    );
    assert_eq!(
        steps.series("ALERTS"),
        [r#"ALERTS{alertname="Hot", alertstate="firing", room="a"} 1"#]
    );
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(30.0))]),
        [r#"Firing -> Resolved {alertname="Hot", room="a"} 33, ConditionFalse"#]
    );
    assert_eq!(steps.series("ALERTS"), [""; 0]);
    assert_eq!(steps.series("ALERTS_FOR_STATE"), [""; 0]);
    let alert = steps.evaluator.alerts()[0].alert().clone();
    assert_eq!(
        (alert.active_at(), alert.fired_at(), alert.resolved_at()),
        (120_000, Some(240_000), Some(300_000))
    );
}

#[test]
fn a_pending_alert_is_gone_after_one_evaluation_without_it() {
    let mut steps = Steps::new(HOT);
    steps.step(&[("t", Some(31.0))]);
    assert_eq!(
        steps.step(&[("t", Some(29.0))]),
        [r#"Pending -> none {alertname="Hot"} 31, ConditionFalse"#]
    );
    assert!(steps.evaluator.alerts().is_empty());
    steps.step(&[("t", Some(31.0))]);
    assert_eq!(steps.evaluator.alerts()[0].alert().active_at(), 180_000);
}

#[test]
fn without_for_an_alert_fires_at_once() {
    let mut steps = Steps::new("groups: [{name: g, rules: [{alert: Hot, expr: 't > 30'}]}]");
    assert_eq!(
        steps.step(&[("t", Some(31.0))]),
        [r#"none -> Firing {alertname="Hot"} 31, Condition"#]
    );
}

#[test]
fn a_for_shorter_than_the_interval_fires_with_the_next_evaluation() {
    let mut steps =
        Steps::new("groups: [{name: g, rules: [{alert: Hot, expr: 't > 30', for: 1s}]}]");
    assert_eq!(
        steps.step(&[("t", Some(31.0))]),
        [r#"none -> Pending {alertname="Hot"} 31, Condition"#]
    );
    assert_eq!(
        steps.step(&[("t", Some(31.0))]),
        [r#"Pending -> Firing {alertname="Hot"} 31, Condition"#]
    );
}

#[test]
fn a_series_that_vanishes_resolves_its_alert_and_the_reason_says_so() {
    let mut steps = Steps::new("groups: [{name: g, rules: [{alert: Hot, expr: 't > 30'}]}]");
    steps.step(&[("t{room=\"a\"}", Some(31.0)), ("t{room=\"b\"}", Some(32.0))]);
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", None), ("t{room=\"b\"}", Some(32.0))]),
        [r#"Firing -> Resolved {alertname="Hot", room="a"} 31, NoData"#]
    );
}

#[test]
fn a_resolved_alert_is_kept_for_15_minutes() {
    let mut steps = Steps::new("groups: [{name: g, rules: [{alert: Hot, expr: 't > 30'}]}]");
    steps.step(&[("t", Some(31.0))]);
    steps.step(&[("t", Some(1.0))]);
    for _ in 0..15 {
        assert_eq!(steps.step(&[("t", Some(1.0))]), [""; 0]);
    }
    assert_eq!(steps.evaluator.alerts().len(), 1);
    assert_eq!(steps.step(&[("t", Some(1.0))]), [""; 0]);
    assert_eq!(steps.evaluator.alerts().len(), 0);
}

#[test]
fn an_alert_that_fires_again_is_a_new_one() {
    let mut steps = Steps::new("groups: [{name: g, rules: [{alert: Hot, expr: 't > 30'}]}]");
    steps.step(&[("t", Some(31.0))]);
    steps.step(&[("t", Some(1.0))]);
    assert_eq!(
        steps.step(&[("t", Some(35.0))]),
        [r#"none -> Firing {alertname="Hot"} 35, Condition"#]
    );
    let alert = steps.evaluator.alerts()[0].alert().clone();
    assert_eq!((alert.active_at(), alert.resolved_at()), (180_000, None));
}

#[test]
fn keep_firing_for_bridges_gaps() {
    let mut steps = Steps::new(
        "groups: [{name: g, rules: [{alert: Hot, expr: 't > 30', keep_firing_for: 2m}]}]",
    );
    steps.step(&[("t", Some(31.0))]);
    assert_eq!(steps.step(&[("t", Some(1.0))]), [""; 0]);
    assert_eq!(
        steps.evaluator.alerts()[0].alert().keep_firing_since(),
        Some(120_000)
    );
    assert_eq!(steps.step(&[("t", Some(33.0))]), [""; 0]);
    assert_eq!(
        steps.evaluator.alerts()[0].alert().keep_firing_since(),
        None
    );
    assert_eq!(steps.step(&[("t", Some(1.0))]), [""; 0]);
    assert_eq!(steps.step(&[("t", Some(1.0))]), [""; 0]);
    assert_eq!(steps.series("ALERTS").len(), 1);
    assert_eq!(
        steps.step(&[("t", Some(1.0))]),
        [r#"Firing -> Resolved {alertname="Hot"} 33, ConditionFalse"#]
    );
}

#[test]
fn two_series_with_the_labels_of_one_alert_are_an_error_that_changes_nothing() {
    let rules = "groups: [{name: g, rules: [{alert: Hot, expr: 't > 30', labels: {room: all}}]}]";
    let mut steps = Steps::new(rules);
    steps.step(&[("t{room=\"a\"}", Some(31.0))]);
    assert_eq!(
        steps.series("ALERTS"),
        [r#"ALERTS{alertname="Hot", alertstate="firing", room="all"} 1"#]
    );
    let both = [("t{room=\"a\"}", Some(31.0)), ("t{room=\"b\"}", Some(31.0))];
    let failing = r#"{alertname="AlertRuleEvaluationFailing", rule="Hot", rule_group="rules.yml;g", severity="warning"} 1, Evaluation"#;
    assert_eq!(
        steps.step(&both),
        [format!("none -> Pending {failing}Failed")]
    );
    let rules = steps.evaluator.rules();
    let status = rules.last().unwrap();
    assert_eq!(status.health(), Health::Err);
    assert_eq!(
        status.last_error(),
        Some(
            r#"two series of the result make alerts with the same labels: {alertname="Hot", room="all"}"#
        )
    );
    let states: Vec<_> = steps
        .evaluator
        .alerts()
        .iter()
        .map(|alert| alert.alert().state())
        .collect();
    assert_eq!(states, [AlertState::Pending, AlertState::Firing]);
    // An evaluation that failed writes nothing and ends nothing.
    assert_eq!(steps.series("ALERTS").len(), 1);
    assert_eq!(
        steps.step(&both),
        [format!("Pending -> Firing {failing}Failed")]
    );
    assert_eq!(
        steps.step(&[("t{room=\"b\"}", None)]),
        [format!("Firing -> Resolved {failing}Recovered")]
    );
}

#[test]
fn over_the_limit_the_oldest_alerts_stay() {
    let rules = "groups: [{name: g, limit: 2, rules: [{alert: Hot, expr: 't > 30'}]}]";
    let mut steps = Steps::new(rules);
    steps.step(&[("t{room=\"y\"}", Some(31.0)), ("t{room=\"z\"}", Some(31.0))]);
    let changes = steps.step(&[("t{room=\"a\"}", Some(31.0))]);
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(changes[0].contains("AlertRuleEvaluationFailing"));
    let rooms: Vec<_> = steps
        .evaluator
        .alerts()
        .iter()
        .filter_map(|alert| alert.alert().labels().get("room").map(str::to_owned))
        .collect();
    assert_eq!(rooms, ["y", "z"]);
    let rules = steps.evaluator.rules();
    assert_eq!(
        rules.last().unwrap().last_error(),
        Some("3 alerts, and the group's limit is 2")
    );
}

#[test]
fn over_the_limit_prometheus_drops_all() {
    let rules = "groups: [{name: g, limit: 1, rules: [{alert: Hot, expr: 't > 30'}]}]";
    let mut steps = Steps::new(rules);
    steps.evaluator =
        Evaluator::new(Rules::new([RuleFile::parse("rules.yml", rules).unwrap()]).unwrap())
            .with_prometheus_limits();
    steps.step(&[("t{room=\"y\"}", Some(31.0))]);
    let changes = steps.step(&[("t{room=\"a\"}", Some(31.0))]);
    assert_eq!(
        changes[0],
        r#"Firing -> Resolved {alertname="Hot", room="y"} 31, EvaluationFailed"#
    );
    assert_eq!(
        steps.evaluator.alerts().len(),
        1,
        "only the one that says why"
    );
}

#[test]
fn a_recording_rule_writes_its_series_and_ends_those_that_are_gone() {
    let rules = "groups: [{name: g, rules: [{record: 'a:b', expr: 'sum by (room) (t)', labels: {x: y}}, {alert: Sum, expr: 'a:b > 1'}]}]";
    let mut steps = Steps::new(rules);
    assert_eq!(
        steps.step(&[("t{room=\"a\"}", Some(1.0)), ("t{room=\"b\"}", Some(2.0))]),
        [r#"none -> Firing {alertname="Sum", room="b", x="y"} 2, Condition"#]
    );
    assert_eq!(
        steps.series("a:b"),
        [r#"a:b{room="a", x="y"} 1"#, r#"a:b{room="b", x="y"} 2"#]
    );
    assert_eq!(
        steps.step(&[("t{room=\"b\"}", None)]),
        [r#"Firing -> Resolved {alertname="Sum", room="b", x="y"} 2, NoData"#]
    );
    assert_eq!(steps.series("a:b"), [r#"a:b{room="a", x="y"} 1"#]);
}

#[test]
fn groups_are_evaluated_on_their_grid_and_misses_are_counted() {
    let rules = "groups: [{name: slow, interval: 1m, rules: [{record: slow, expr: '1'}]}, {name: fast, rules: [{record: fast, expr: '1'}]}]";
    let file = RuleFile::parse("r.yml", rules).unwrap();
    let mut evaluator = Evaluator::new(Rules::without_signals([file]).unwrap())
        .with_interval(Duration::from_secs(10));
    let mut store = Store::new();
    for now in [60_007, 64_000, 70_000, 100_500] {
        evaluator.evaluate(&mut store, now);
    }
    let samples = |store: &Store, name: &str| -> Vec<i64> {
        let labels = llm_vitals_promql::Labels::new([("__name__", name)]);
        store
            .samples(&labels, 0, 1_000_000)
            .into_iter()
            .map(|(time, _)| time)
            .collect()
    };
    assert_eq!(samples(&store, "slow"), [60_000]);
    assert_eq!(samples(&store, "fast"), [60_000, 70_000, 100_000]);
    assert_eq!(evaluator.next_evaluation(100_500), Some(110_000));
    let mut text = String::new();
    evaluator.render(&mut text);
    assert!(
        text.contains("alert_rule_group_iterations_missed_total{rule_group=\"r.yml;fast\"} 2\n"),
        "{text}"
    );
    assert!(
        text.contains("alert_rule_group_iterations_missed_total{rule_group=\"r.yml;slow\"} 0\n"),
        "{text}"
    );
    assert!(
        text.contains("alert_rule_evaluations_total{rule_group=\"r.yml;fast\"} 3\n"),
        "{text}"
    );
}
