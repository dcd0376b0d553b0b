//! What is read, and what is said about what is wrong.

use llm_vitals_alert::{ErrorKind, RuleFile, RuleKind};

fn wrong(text: &str) -> Vec<String> {
    let error = RuleFile::parse("r.yml", text).unwrap_err();
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn the_three_alerts_of_the_plan_are_read_as_they_are() {
    let text = "
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
    severity: warning
";
    let file = RuleFile::parse("r.yml", text).unwrap();
    let rules = file.groups()[0].rules();
    let read: Vec<_> = rules
        .iter()
        .map(|rule| {
            (
                rule.name(),
                rule.expr().to_string(),
                rule.hold().as_secs(),
                rule.line(),
                rule.column(),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            (
                "HighErrorRate",
                "llm:error_rate > 0.05".to_owned(),
                300,
                4,
                16
            ),
            (
                "HighLatency",
                "llm:p95_latency > 2000".to_owned(),
                600,
                8,
                16
            ),
            (
                "LowCacheHitRate",
                "llm:cache_hit_rate < 0.5".to_owned(),
                900,
                12,
                16
            ),
        ]
    );
    assert!(file.uses_signals());
}

#[test]
fn both_forms_stand_in_one_file() {
    let text = "
groups:
  - name: g
    interval: 30s
    limit: 7
    labels: {team: a}
    rules:
      - record: x:y
        expr: sum(x)
      - alert: X
        expr: x:y > 1
        for: 1m
        keep_firing_for: 2m
        labels: {severity: page}
        annotations: {summary: '{{ $value }}'}
alerts:
  - {name: Y, condition: x > 1, summary: s, runbook: 'https://example.org', labels: {a: b}, annotations: {c: d}}
";
    let file = RuleFile::parse("r.yml", text).unwrap();
    let names: Vec<_> = file
        .groups()
        .iter()
        .map(|group| (group.name(), group.rules().len()))
        .collect();
    assert_eq!(names, [("llm-vitals", 1), ("g", 2)]);
    let group = &file.groups()[1];
    assert_eq!(
        (group.interval().unwrap().as_secs(), group.limit()),
        (30, 7)
    );
    assert_eq!(group.rules()[0].kind(), RuleKind::Recording);
    let texts = |texts: &[(String, String)]| {
        texts
            .iter()
            .map(|(name, text)| format!("{name}={text}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        texts(group.rules()[1].labels()),
        ["severity=page", "team=a"]
    );
    let short = &file.groups()[0].rules()[0];
    assert_eq!(
        texts(short.annotations()),
        ["c=d", "runbook_url=https://example.org", "summary=s"]
    );
    assert!(!file.uses_signals());
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "
alerts:
  - name: A
    condition: sum(rte(x[5m])) > 1
    duration: 5minutes
    sevrity: critical
  - condition: x > 1
    summary: '{{ $value | humanise }}'
groups:
  - name: g
    rules:
      - alert: B
        record: b
        expr: x
      - record: b-c
        expr: x
      - alert: D
        expr: |
          sum(x) >
          bool 1 +
        labels: {1a: b}
";
    assert_eq!(
        wrong(text),
        [
            "r.yml:4:20: unknown function \"rte\"; did you mean \"rate\"?",
            "r.yml:5:15: \"5minutes\" for \"duration\": an unknown unit: use ms, s, m, h, d, w or y",
            "r.yml:6:5: an alert has no field \"sevrity\"; did you mean \"severity\"?",
            "r.yml:7:5: an alert needs the field \"name\"",
            "r.yml:8:27: function \"humanise\" is not defined; did you mean \"humanize\"?",
            "r.yml:12:9: a rule has \"record\" or \"alert\", not both",
            "r.yml:15:17: \"b-c\" is no name of a metric",
            "r.yml:20:19: expected an expression, found the end of the expression",
            "r.yml:21:18: \"1a\" is no name: use letters, digits and underscores, no digit first",
        ]
    );
}

#[test]
fn an_error_shows_the_line_and_marks_the_place() {
    let text = "alerts:\n  - name: A\n    condition: x > > 1\n";
    let error = RuleFile::parse("r.yml", text).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expression);
    let rendered = error.render();
    assert!(rendered.starts_with("r.yml:3:20: "), "{rendered}");
    assert!(
        rendered.contains("\n3 |     condition: x > > 1\n  |                    ^"),
        "{rendered}"
    );
}

#[test]
fn yaml_that_is_none_has_a_place() {
    let found = wrong("alerts:\n  - name: [a\n");
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("r.yml:"), "{found:?}");
    assert_eq!(
        wrong("alerts: 5"),
        ["r.yml:1:9: \"alerts\" is a list, and not a single value"]
    );
    assert_eq!(
        wrong("[]"),
        ["r.yml:1:1: a rule file is expected here, with its fields, and not a list"]
    );
    assert_eq!(
        wrong("rules: []"),
        ["r.yml:1:1: a rule file has no field \"rules\"; its fields are alerts, slos, groups"]
    );
    assert_eq!(
        wrong("groups: [{name: a, rules: []}, {name: a, rules: []}]"),
        ["r.yml:1:39: there are two groups \"a\" in this file"]
    );
    assert!(
        wrong("alerts: []\nalerts: []\n")[0].contains("twice")
            || wrong("alerts: []\nalerts: []\n")[0].contains("duplicate")
    );
}

#[test]
fn an_empty_file_has_no_rules() {
    for text in ["", "# nothing\n", "alerts:\n", "groups: []\n"] {
        assert!(
            RuleFile::parse("r.yml", text).unwrap().groups().is_empty(),
            "{text:?}"
        );
    }
}

#[test]
fn plain_values_stay_the_texts_that_they_are() {
    let text = "alerts: [{name: A, condition: x > 1, labels: {version: 1.10, on: true, number: 007, text: \"1.20\"}}]";
    let file = RuleFile::parse("r.yml", text).unwrap();
    let labels = file.groups()[0].rules()[0].labels();
    let values: Vec<_> = labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        values,
        ["number=007", "on=true", "text=1.20", "version=1.10"]
    );
}

#[test]
fn two_alerts_with_one_name_and_the_same_labels_are_an_error() {
    let text = "alerts:\n  - {name: A, condition: x > 1}\n  - {name: A, condition: x > 2}\n  - {name: A, condition: x > 2, severity: page}\n";
    assert_eq!(
        wrong(text),
        ["r.yml:3:5: there are two alerts \"A\" with the same labels"]
    );
}
