//! `llm-vitals route test`, and configurations under `check`.

use serde_json::Value;

use crate::amtool;
use crate::support::{run, run_in, write};

const CONFIG: &str = "\
route:
  receiver: team
  group_by: [alertname]
  routes:
    - {matchers: [severity=page], receiver: pager, continue: true}
    - {matchers: [severity=~\"page|ticket\"], receiver: night, mute_time_intervals: [nights]}
receivers:
  - {name: team, webhook_configs: [{url: 'http://127.0.0.1:9/hunter2'}]}
  - {name: pager, pagerduty_configs: [{routing_key: hunter2}]}
  - {name: night}
time_intervals:
  - {name: nights, time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}]}]}
";

#[test]
fn an_alert_is_followed_to_those_who_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "alertmanager.yml", CONFIG);
    let words = [
        "route",
        "test",
        "--at",
        "2026-11-24T03:00:00Z",
        "alertname=Down",
        "severity=page",
    ];
    let told = run_in(folder.path(), &words);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    assert_eq!(
        told.out,
        "{alertname=\"Down\", severity=\"page\"}
{}: matches
  {severity=\"page\"}: matches
    => pager (pagerduty), grouped by alertname; first after 30s, then every 5m, again after 4h
  {severity=~\"page|ticket\"}: matches
    => night (nobody), grouped by alertname; first after 30s, then every 5m, again after 4h; not during nights
night is not told at this time: the time intervals of its route
"
    );
    let json = run_in(
        folder.path(),
        &[
            "route",
            "test",
            "--format",
            "json",
            "--at",
            "2026-11-24T12:00:00Z",
            "severity=ticket",
        ],
    );
    let value: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        value["routes"],
        serde_json::json!([{"receiver": "night", "route": "{}/{severity=~\"page|ticket\"}", "muted": false}])
    );
    if amtool::find().is_some() {
        let config = format!("--config.file={}", path.display());
        let (code, said) = amtool::run(&["config", "routes", "test", &config, "severity=page"]);
        assert_eq!((code, said.lines().next()), (0, Some("pager,night")));
    }
}

#[test]
fn errors_show_the_place_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a.yml",
        "notify: {slack: https://hooks.example/hunter2, critcal: {}}\n",
    );
    let failed = run_in(
        folder.path(),
        &["route", "test", "--config", "a.yml", "a=b"],
    );
    assert_eq!((failed.code, failed.out.as_str()), (1, ""));
    assert!(
        failed.err.contains("a.yml:1:48") && failed.err.contains("did you mean \"critical\"?"),
        "{}",
        failed.err
    );
    assert!(!failed.err.contains("hunter2"), "{}", failed.err);
    assert_eq!(run_in(folder.path(), &["route", "test", "a=b"]).code, 2);
    assert_eq!(run(&["route"]).code, 2);
    assert_eq!(run(&["route", "show"]).code, 2);
    for label in ["a", "a=~b", "a!=b", "=b"] {
        assert_eq!(
            run_in(
                folder.path(),
                &["route", "test", "--config", "a.yml", label]
            )
            .code,
            2,
            "{label}"
        );
    }
}

#[test]
fn check_takes_configurations_among_rule_files() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "rules.yml",
        "alerts: [{name: A, condition: x > 1, summary: s, runbook: r}]\n",
    );
    write(folder.path(), "alertmanager.yml", CONFIG);
    let good = run_in(
        folder.path(),
        &["check", "rules.yml", "alertmanager.yml", "--strict"],
    );
    assert_eq!(good.code, 0, "{}", good.out);
    assert!(
        good.out
            .ends_with("1 rule in 2 files: 0 errors, 0 warnings, 0 notes\n"),
        "{}",
        good.out
    );
    let unused = CONFIG.replace("receiver: pager, ", "");
    write(folder.path(), "alertmanager.yml", &unused);
    let warned = run_in(folder.path(), &["check", "alertmanager.yml", "--strict"]);
    assert_eq!(warned.code, 1);
    assert!(
        warned.out.contains("warning[notify] alertmanager.yml:9:12: configuration: no route leads to the receiver \"pager\""),
        "{}",
        warned.out
    );
    assert!(!warned.out.contains("hunter2"), "{}", warned.out);
    write(
        folder.path(),
        "alertmanager.yml",
        &CONFIG.replace("receiver: pager", "receiver: pagr"),
    );
    let failed = run_in(folder.path(), &["check", "alertmanager.yml"]);
    assert_eq!(failed.code, 1);
    assert!(
        failed.out.contains("there is no receiver \"pagr\""),
        "{}",
        failed.out
    );
    assert!(!failed.out.contains("hunter2"), "{}", failed.out);
}
