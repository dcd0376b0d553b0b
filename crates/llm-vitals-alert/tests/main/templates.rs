//! Templates: what they give, here and under promtool, and what is said when they are wrong.

use std::fs;

use llm_vitals_alert::Template;

use crate::rule_tests::promtool;
use crate::steps::Steps;

/// Templates over a series `t{instance="db.example.com:80", job="x y"}` with the value 1234.5678, and what they give.
const CASES: &[(&str, &str)] = &[
    ("plain { text } with }}", "plain { text } with }}"),
    ("{{ $labels.job }} {{$labels.nothing}}|", "x y |"),
    ("{{ .Labels.job }} {{ .Value }}", "x y 1234.5678"),
    (
        "{{ $labels }}",
        "map[__name__:t instance:db.example.com:80 job:x y]",
    ),
    ("{{ $value }} {{ $externalURL }}", "1234.5678 "),
    (
        "{{ $value | humanize }} {{ humanize1024 $value }}",
        "1.235k 1.206ki",
    ),
    (
        "{{ humanizeDuration $value }} {{ 0.125 | humanizePercentage }}",
        "20m 34s 12.5%",
    ),
    (
        "{{ humanizeTimestamp 1435065584.128 }}",
        "2015-06-23 13:19:44.128 +0000 UTC",
    ),
    (
        "{{ printf \"%.2f|%8.1f|%-8.1f|%08.1f|%e|%g|%v|%+d\" $value $value $value $value $value $value $value 5 }}",
        "1234.57|  1234.6|1234.6  |001234.6|1.234568e+03|1234.5678|1234.5678|+5",
    ),
    (
        "{{ printf \"%s %q %d %t %x %v\" \"a\" \"b\" 3 true 255 nil }}",
        "",
    ),
    (
        "{{ printf \"%d\" $value }} {{ printf \"%s\" }} {{ printf \"x\" 1 }}",
        "%!d(float64=1234.5678) %!s(MISSING) x%!(EXTRA int=1)",
    ),
    (
        "{{ if gt $value 1000.0 }}high{{ else if gt $value 100.0 }}middle{{ else }}low{{ end }}",
        "high",
    ),
    (
        "{{ if and (eq $labels.job \"x y\") (ne $value 1.0) }}yes{{ end }}",
        "yes",
    ),
    ("{{ if not (or false \"\" 0) }}none{{ end }}", "none"),
    (
        "{{ with $labels.nothing }}{{ . }}{{ else }}empty{{ end }} {{ with $labels.job }}{{ . }}{{ end }}",
        "empty x y",
    ),
    ("a {{- /* a comment */ -}} b {{- 1 }} {{ 2 -}} c", "ab1 2c"),
    (
        "{{ $x := 5 }}{{ if true }}{{ $x = 6 }}{{ end }}{{ $x }}",
        "6",
    ),
    (
        "{{ range $k, $v := $labels }}{{ $k }}={{ $v }};{{ end }}",
        "__name__=t;instance=db.example.com:80;job=x y;",
    ),
    (
        "{{ range query \"sort(u)\" }}{{ .Labels.n }}:{{ .Value }} {{ end }}",
        "a:1 b:2 c:3 ",
    ),
    (
        "{{ range query \"nothing\" }}x{{ else }}none{{ end }}",
        "none",
    ),
    (
        "{{ with query \"u{n='b'}\" }}{{ . | first | value }} {{ (first .).Labels.n }} {{ . | first | label \"n\" }}{{ end }}",
        "2 b b",
    ),
    (
        "{{ range query \"u\" | sortByLabel \"n\" }}{{ .Labels.n }}{{ if eq .Labels.n \"b\" }}{{ break }}{{ end }}{{ end }}",
        "ab",
    ),
    (
        "{{ range $i, $s := query \"sort(u)\" }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ $i }}{{ end }}",
        "02",
    ),
    (
        "{{ define \"t\" }}<{{ .arg0 }},{{ .arg1 }}>{{ end }}{{ template \"t\" (args 1 $labels.job) }}",
        "<1,x y>",
    ),
    (
        "{{ reReplaceAll \"(.*)-(.*)\" \"$2-$1\" \"a-b\" }} {{ match \"a.*\" \"xab\" }}",
        "b-a true",
    ),
    (
        "{{ title \"hello world\" }} {{ toUpper \"a\" }} {{ toLower \"B\" }}",
        "Hello World A b",
    ),
    (
        "{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }} {{ stripPort \"[::1]:80\" }}",
        "db.example.com db:80 ::1",
    ),
    (
        "{{ parseDuration \"1h30m\" }} {{ len $labels }} {{ index $labels \"job\" }}",
        "5400 3 x y",
    ),
    ("{{ print 1 2 \"a\" 3 }} {{ println \"x\" }}|", "1 2a3 x\n|"),
    (
        "{{ graphLink \"up == 1\" }} {{ tableLink \"a b\" }}",
        "/graph?g0.expr=up+%3D%3D+1&g0.tab=0 /graph?g0.expr=a+b&g0.tab=1",
    ),
    (
        "{{ 1e6 }} {{ 1e5 }} {{ 0.00001 }} {{ 1234567.5 }} {{ `raw` }} {{ true }}",
        "1e+06 100000 1e-05 1.2345675e+06 raw true",
    ),
    ("{{ $labels.job | printf \"%s-%s\" \"a\" }}", "a-x y"),
    (
        "{{ (query \"u{n='c'}\" | first).Value | printf \"%.1f\" }}",
        "3.0",
    ),
    ("{{ toTime 1e9 }} {{ 1 | humanize }}", ""),
];

fn given(templates: &[&str]) -> Vec<String> {
    let mut rules = "groups:\n  - name: g\n    rules:\n      - alert: T\n        expr: t > 1\n        annotations:\n".to_owned();
    for (index, template) in templates.iter().enumerate() {
        rules.push_str(&format!(
            "          a{index:02}: {}\n",
            serde_json::to_string(template).unwrap()
        ));
    }
    let mut steps = Steps::new(&rules);
    steps.step(&[
        (
            "t{instance=\"db.example.com:80\", job=\"x y\"}",
            Some(1234.5678),
        ),
        ("u{n=\"a\"}", Some(1.0)),
        ("u{n=\"b\"}", Some(2.0)),
        ("u{n=\"c\"}", Some(3.0)),
    ]);
    let alerts = steps.evaluator.alerts();
    alerts[0]
        .alert()
        .annotations()
        .iter()
        .map(|(_, text)| text.clone())
        .collect()
}

fn cases() -> Vec<(&'static str, &'static str)> {
    CASES
        .iter()
        .filter(|(_, result)| !result.is_empty())
        .copied()
        .collect()
}

#[test]
fn templates_give_what_they_must() {
    let templates: Vec<&str> = cases().iter().map(|(template, _)| *template).collect();
    for ((template, expected), found) in cases().iter().zip(given(&templates)) {
        assert_eq!(found, *expected, "{template}");
    }
}

#[test]
fn promtool_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let mut rules = "groups:\n  - name: g\n    rules:\n      - alert: T\n        expr: t > 1\n        annotations:\n".to_owned();
    let mut annotations = String::new();
    for (index, (template, result)) in cases().iter().enumerate() {
        rules.push_str(&format!("          a{index:02}: {}\n", json(template)));
        annotations.push_str(&format!("              a{index:02}: {}\n", json(result)));
    }
    fs::write(folder.path().join("rules.yml"), rules).unwrap();
    let test = format!(
        "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n      - {{series: 't{{instance=\"db.example.com:80\", job=\"x y\"}}', values: '1234.5678x5'}}\n      - {{series: 'u{{n=\"a\"}}', values: '1x5'}}\n      - {{series: 'u{{n=\"b\"}}', values: '2x5'}}\n      - {{series: 'u{{n=\"c\"}}', values: '3x5'}}\n    alert_rule_test:\n      - eval_time: 1m\n        alertname: T\n        exp_alerts:\n          - exp_labels: {{instance: 'db.example.com:80', job: x y}}\n            exp_annotations:\n{annotations}"
    );
    fs::write(folder.path().join("test.yml"), test).unwrap();
    promtool(&["test", "rules"], &folder.path().join("test.yml"));
}

#[test]
fn what_fails_while_it_is_filled_in_is_said_in_the_text_and_the_alert_is_sent() {
    let found = given(&[
        "{{ if gt $value 5 }}x{{ end }}",
        "{{ query \"nothing\" | first }}",
        "{{ query \"u +\" }}",
        "{{ humanize \"x\" }}",
    ]);
    assert_eq!(
        found,
        [
            "<error expanding template: gt: a float64 cannot be compared with a int: write the number with a point, such as 5.0>",
            "<error expanding template: first: there is no element>",
            "<error expanding template: query: 1:4: expected an expression, found the end of the expression>",
            "<error expanding template: humanize: \"x\" is no number>",
        ]
    );
}

#[test]
fn what_is_wrong_is_found_when_it_is_read() {
    let wrong = |text: &str| Template::parse(text).unwrap_err().to_string();
    assert_eq!(
        wrong("a\n  {{ $lables.x }}"),
        "2:6: variable \"$lables\" is not defined; did you mean \"$labels\"?"
    );
    assert_eq!(
        wrong("{{ $value"),
        "1:1: the action has no end: expected \"}}\""
    );
    assert_eq!(wrong("{{ if $value }}x"), "1:1: expected {{end}} for this");
    assert_eq!(wrong("x{{ end }}"), "1:2: unexpected {{end}}");
    assert_eq!(wrong("{{ }}"), "1:1: an action without a value");
    assert_eq!(wrong("{{ $value | }}"), "1:4: a value is missing");
    assert_eq!(wrong("{{ \"a }}"), "1:4: the text has no closing quote");
    assert_eq!(
        wrong("{{ $value 5 }}"),
        "1:4: only a function takes arguments"
    );
    assert_eq!(
        wrong("{{ template \"x\" }}"),
        "1:1: template \"x\" is not defined"
    );
    assert_eq!(wrong("{{ break }}"), "1:1: {{break}} outside of a range");
    assert_eq!(wrong("{{ (1 }}"), "1:4: the parenthesis is not closed");
}

#[test]
fn results_and_steps_are_bounded() {
    let twelve = "{{ range $labels }}".repeat(12);
    let ends = "{{ end }}".repeat(12);
    let text = given(&[&format!("{twelve}{}{ends}", "x".repeat(100))]).remove(0);
    assert_eq!(
        text,
        "<error expanding template: the result is longer than 64 KiB>"
    );
    let text = given(&[&format!("{twelve}{{{{ if false }}}}{{{{ end }}}}{ends}")]).remove(0);
    assert_eq!(
        text,
        "<error expanding template: the template takes more than 100000 steps>"
    );
    let loops = "{{ define \"t\" }}{{ template \"t\" }}{{ end }}{{ template \"t\" }}";
    assert!(given(&[loops])[0].contains("more than 50 levels deep"));
    assert!(Template::parse(&"{{ if true }}".repeat(1_000)).is_err());
    assert!(Template::parse(&format!("{{{{ {}1 }}}}", "(".repeat(1_000))).is_err());
}

#[test]
fn a_label_that_mentions_the_value_is_known() {
    assert!(Template::parse("{{ $value }}").unwrap().mentions_value());
    assert!(
        Template::parse("{{ if gt .Value 5.0 }}x{{ end }}")
            .unwrap()
            .mentions_value()
    );
    assert!(
        !Template::parse("{{ $labels.value }} $value")
            .unwrap()
            .mentions_value()
    );
}
