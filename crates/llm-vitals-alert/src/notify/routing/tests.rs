//! Routing and explanations.

use super::*;

const TREE: &str = "
route:
  receiver: default
  routes:
    - {matchers: [severity=page], receiver: pager, continue: true}
    - matchers: [team=~\"db|cache\", env!=test]
      receiver: data
      routes:
        - {matchers: [team=cache], receiver: cache, mute_time_intervals: [monday]}
    - {matchers: [severity=page], receiver: second}
    - {matchers: ['zone=\"\"'], receiver: nowhere}
receivers:
  - {name: default, webhook_configs: [{url: 'http://127.0.0.1/'}]}
  - {name: pager, pagerduty_configs: [{routing_key: k}], email_configs: [{to: a@b, from: a@b, smarthost: 'h:25'}]}
  - {name: data}
  - {name: cache}
  - {name: second}
  - {name: nowhere}
time_intervals:
  - {name: monday, time_intervals: [{weekdays: [monday]}]}
";

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::new(pairs.iter().copied())
}

fn receivers(config: &Config, pairs: &[(&str, &str)]) -> Vec<String> {
    let labels = labels(pairs);
    let routes = config.routes_for(&labels);
    let receivers: Vec<String> = routes
        .iter()
        .map(|route| route.receiver().to_owned())
        .collect();
    assert_eq!(config.explain(&labels).receivers(), receivers);
    receivers
}

#[test]
fn the_first_that_matches_handles_it_unless_it_continues() {
    let config = Config::parse("a.yml", TREE).unwrap();
    let to = |pairs: &[(&str, &str)]| receivers(&config, pairs);
    assert_eq!(
        to(&[("severity", "page"), ("zone", "a")]),
        ["pager", "second"]
    );
    assert_eq!(
        to(&[("severity", "page"), ("team", "db")]),
        ["pager", "data"]
    );
    assert_eq!(to(&[("team", "cache")]), ["cache"]);
    assert_eq!(
        to(&[("team", "cache"), ("env", "test"), ("zone", "a")]),
        ["default"]
    );
    // A label that is not there is an empty one.
    assert_eq!(to(&[]), ["nowhere"]);
}

#[test]
fn keys_have_the_conditions_in_order_from_the_root_on() {
    let config = Config::parse("a.yml", TREE).unwrap();
    let labels = labels(&[("team", "cache")]);
    assert_eq!(
        config.routes_for(&labels)[0].key(),
        r#"{}/{env!="test",team=~"db|cache"}/{team="cache"}"#
    );
    assert_eq!(config.route().key(), "{}");
}

#[test]
fn an_explanation_shows_all_that_was_asked() {
    let config = Config::parse("a.yml", TREE).unwrap();
    let labels = labels(&[
        ("alertname", "Down"),
        ("team", "cache"),
        ("severity", "page"),
        ("env", "x"),
    ]);
    assert_eq!(
        config.explain(&labels).to_string(),
        r#"{alertname="Down", env="x", severity="page", team="cache"}
{}: matches
  {severity="page"}: matches
    => pager (email, pagerduty), all together; first after 30s, then every 5m, again after 4h
  {env!="test", team=~"db|cache"}: matches
    {team="cache"}: matches
      => cache (nobody), all together; first after 30s, then every 5m, again after 4h; not during monday
  2 more routes not asked: the one above has no "continue: true"
"#
    );
    let other = Labels::new([("team", "web"), ("zone", "a")]);
    assert_eq!(
        config.explain(&other).to_string(),
        r#"{team="web", zone="a"}
{}: matches
  {severity="page"}: no, it has no label severity
  {env!="test", team=~"db|cache"}: no, for team=~"db|cache": team is "web"
  {severity="page"}: no, it has no label severity
  {zone=""}: no, zone is "a"
  => default (webhook), all together; first after 30s, then every 5m, again after 4h
"#
    );
}

#[test]
fn a_route_is_mute_in_its_intervals_and_out_of_those_in_which_it_is_active() {
    let text = "
route:
  receiver: a
  routes:
    - {matchers: [x=\"1\"], mute_time_intervals: [monday]}
    - {matchers: [x=\"2\"], active_time_intervals: [monday, tuesday]}
receivers: [{name: a}]
time_intervals:
  - {name: monday, time_intervals: [{weekdays: [monday]}]}
  - {name: tuesday, time_intervals: [{weekdays: [tuesday]}]}
";
    let config = Config::parse("a.yml", text).unwrap();
    let day = |day: i64| 1_795_392_000_000 + day * 86_400_000;
    // 2026-11-23 was a Monday.
    let [mute, active] = config.route().routes() else {
        panic!()
    };
    assert!(config.is_muted(mute, day(0)));
    assert!(!config.is_muted(mute, day(1)));
    assert!(!config.is_muted(active, day(0)));
    assert!(!config.is_muted(active, day(1)));
    assert_eq!(
        config.muted_by(active, day(2)),
        Some(vec!["monday", "tuesday"])
    );
    assert!(!config.is_muted(config.route(), day(0)));
}
