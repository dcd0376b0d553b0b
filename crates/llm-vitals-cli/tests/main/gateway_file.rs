//! The gateway's own file, and other files that have secrets.

use serde_json::Value;

use crate::support::{run, run_in, write};

const GATEWAY: &str = "\
listen: 127.0.0.1:8080
redis: {url: redis://:hunter2@cache.example}
providers:
- {name: openai, key: hunter2}
notify:
  # who is told
  slack: https://hooks.example/services/hunter2
  critical: {pagerduty: 0123456789abcdef0123456789abcdef}
management_token: hunter2
";

#[test]
fn the_part_of_a_gateways_file_that_says_who_is_told_is_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "gateway.yaml", GATEWAY);
    let note =
        "note: gateway.yaml has other fields than a configuration: only its \"notify\" is read\n";
    let checked = run_in(folder.path(), &["check", "gateway.yaml"]);
    assert_eq!(
        (checked.code, checked.out.as_str(), checked.err.as_str()),
        (
            0,
            "0 rules in 1 file: 0 errors, 0 warnings, 0 notes\n",
            note
        )
    );
    let words = [
        "route",
        "test",
        "--config",
        "gateway.yaml",
        "severity=critical",
    ];
    let routed = run_in(folder.path(), &words);
    assert_eq!((routed.code, routed.err.as_str()), (0, note));
    assert!(
        routed.out.contains("=> critical (slack, pagerduty)"),
        "{}",
        routed.out
    );
    let exported = run_in(folder.path(), &["export", "alertmanager", "gateway.yaml"]);
    assert_eq!(exported.code, 0, "{}", exported.err);
    assert!(exported.err.ends_with(note), "{}", exported.err);
    assert!(
        exported.out.contains("pagerduty_configs:"),
        "{}",
        exported.out
    );
    let words = ["notify", "test", "--config", "gateway.yaml", "nobody"];
    let told = run_in(folder.path(), &words);
    assert_eq!(told.code, 2);
    assert!(
        told.err.contains("there is no receiver \"nobody\""),
        "{}",
        told.err
    );
}

#[test]
fn what_is_wrong_in_that_part_has_its_place_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = GATEWAY.replace("  critical: ", "  critcal: ");
    write(folder.path(), "gateway.yaml", &wrong);
    let checked = run_in(folder.path(), &["check", "gateway.yaml"]);
    assert_eq!(checked.code, 1);
    assert!(
        checked.out.starts_with("error: gateway.yaml:8:3: ") && checked.out.contains("critical"),
        "{}",
        checked.out
    );
    assert!(!checked.out.contains("hunter2"), "{}", checked.out);
}

#[test]
fn of_a_file_that_is_no_rule_file_nothing_but_names_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let without = GATEWAY.split("notify:").next().unwrap();
    write(folder.path(), "gateway.yaml", without);
    write(
        folder.path(),
        "broken.yaml",
        "management_token: hunter2: hunter2\n",
    );
    let all = [
        ["check", "gateway.yaml"],
        ["check", "broken.yaml"],
        ["test", "gateway.yaml"],
        ["test", "broken.yaml"],
    ];
    for words in all {
        for format in ["text", "json"] {
            let words = [&words[..], &["--format", format]].concat();
            let run = run_in(folder.path(), &words);
            assert_eq!(run.code, 1, "{words:?}");
            let shown = run.out + &run.err;
            assert!(!shown.contains("hunter2"), "{words:?} {shown}");
            assert!(shown.contains(words[1]), "{words:?} {shown}");
        }
    }
    let exported = run_in(folder.path(), &["export", "prometheus", "gateway.yaml"]);
    assert!(
        exported.code == 1 && !exported.err.contains("hunter2"),
        "{}",
        exported.err
    );
    let checked = run_in(folder.path(), &["check", "gateway.yaml", "broken.yaml"]);
    assert_eq!(
        checked.out,
        "error: gateway.yaml:1:1: a rule file has no field \"listen\"; its fields are alerts, slos, groups\n\
         error: gateway.yaml:2:1: a rule file has no field \"redis\"; its fields are alerts, slos, groups\n\
         error: gateway.yaml:3:1: a rule file has no field \"providers\"; its fields are alerts, slos, groups\n\
         error: broken.yaml:1:26: mapping values are not allowed in this context\n\
         0 rules in 2 files: 4 errors, 0 warnings, 0 notes\n"
            .replace("\nerror", "\n\nerror")
            .replace("\n0 rules", "\n\n0 rules")
    );
}

#[test]
fn of_a_file_that_is_no_configuration_nothing_but_names_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    // Names whose values a configuration shows.
    let collector = "receivers: [{name: hunter2, text: hunter2, x: 1}]\nexporters: {to: hunter2}\n";
    write(folder.path(), "a.yml", collector);
    write(
        folder.path(),
        "b.yml",
        "route: {receiver: a}\nname: hunter2: x\n",
    );
    write(
        folder.path(),
        "c.json",
        "{\"route\": {\"receiver\": \"nobody\"}}",
    );
    let checked = run_in(folder.path(), &["check", "a.yml", "b.yml"]);
    assert_eq!(
        checked.out,
        "error: a.yml:2:1: a configuration has no field \"exporters\"; its fields are global, templates, route, receivers, \
         inhibit_rules, time_intervals, mute_time_intervals, notify\n\n\
         error: b.yml:2:14: mapping values are not allowed in this context\n\n\
         0 rules in 2 files: 2 errors, 0 warnings, 0 notes\n"
    );
    let words = ["route", "test", "--config", "a.yml", "a=b"];
    let routed = run_in(folder.path(), &words);
    assert!(
        routed.code == 1 && !routed.err.contains("hunter2"),
        "{}",
        routed.err
    );
    // JSON is plainly one, and shown.
    let words = ["route", "test", "--config", "c.json", "a=b"];
    let routed = run_in(folder.path(), &words);
    assert!(
        routed.code == 1 && routed.err.contains("1 | {\"route\""),
        "{}",
        routed.err
    );
}

#[test]
fn a_template_that_fails_for_a_sample_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let config = "\
route: {receiver: team}
receivers:
- name: team
  slack_configs:
  - api_url: https://hooks.example/services/hunter2
    channel: '#a'
    title: '{{ .Status }}'
    text: '{{ index .Alerts 99 }}'
  email_configs:
  - to: a@example.com
    from: b@example.com
    smarthost: localhost:25
    headers: {Subject: '{{ if eq .Status \"resolved\" }}{{ template \"no.such\" . }}{{ end }}'}
    send_resolved: true
";
    write(folder.path(), "notify.yml", config);
    let checked = run_in(folder.path(), &["check", "notify.yml", "--format", "json"]);
    assert_eq!((checked.code, checked.err.as_str()), (0, ""));
    let value: Value = serde_json::from_str(&checked.out).unwrap();
    let mut found: Vec<String> = value["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let message = finding["message"].as_str().unwrap();
            let (what, _) = message.split_once(" for a sample: ").unwrap();
            let what = what.split_once("]: ").unwrap().1;
            format!("{} {} {what}", finding["code"], finding["line"])
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "\"notify\" 13 the template of headers.Subject fails",
            "\"notify\" 8 the template of text fails"
        ]
    );
    let strict = run_in(folder.path(), &["check", "notify.yml", "--strict"]);
    assert_eq!(strict.code, 1);
    assert!(!strict.out.contains("hunter2"), "{}", strict.out);
}

#[test]
fn files_without_an_end_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let checked = run(&["check", "/dev/zero"]);
    assert_eq!(
        (checked.code, checked.out.lines().next()),
        (1, Some("error: /dev/zero: the file is larger than 8 MiB"))
    );
    let large = format!("alerts: []\n{}", "#".repeat(8 << 20));
    write(folder.path(), "large.yml", &large);
    let checked = run_in(folder.path(), &["check", "large.yml"]);
    assert_eq!(
        (checked.code, checked.out.lines().next()),
        (1, Some("error: large.yml: the file is larger than 8 MiB"))
    );
    let words = ["route", "test", "--config", "/dev/zero", "a=b"];
    let routed = run(&words);
    assert!(
        routed.code == 1
            && routed
                .err
                .contains("/dev/zero: the file is larger than 8 MiB"),
        "{}",
        routed.err
    );
}
