//! Texts of notifications: what they give here and under amtool, and what is said when they are wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use llm_vitals_alert::ErrorKind;
use llm_vitals_alert::notify::{Message, Notification, Texts};
use proptest::prelude::*;
use serde_json::{Value, json};

/// 2026-11-24 09:12:00 UTC.
const NOW: i64 = 1_795_511_520_000;

fn notification() -> Notification {
    let alert = |provider: &str, started: i64, ended: Option<i64>| {
        json!({
            "labels": {"alertname": "HighErrorRate", "provider": provider, "severity": "critical"},
            "annotations": {"summary": format!("{provider} fails <10%> & more"), "team": "core"},
            "starts_at": started, "ends_at": ended,
            "generator_url": "http://gw.example/g?a=1&b=\"2\"",
            "evidence": null,
        })
    };
    notification_of(&[
        alert("openai", NOW - 719_500, None),
        alert("anthropic", NOW - 3_600_000, Some(NOW - 60_000)),
    ])
}

fn notification_of(alerts: &[Value]) -> Notification {
    serde_json::from_value(json!({
        "receiver": "team", "integration": 0, "group_key": "{}:{}",
        "group_labels": {"alertname": "HighErrorRate"},
        "alerts": alerts, "reason": "first", "at": NOW, "external_url": "https://gateway.example/x",
    }))
    .unwrap()
}

/// The same data as amtool takes it.
fn data() -> Value {
    let alert = |status: &str, provider: &str, started: &str, ended: &str| {
        json!({
            "status": status,
            "labels": {"alertname": "HighErrorRate", "provider": provider, "severity": "critical"},
            "annotations": {"summary": format!("{provider} fails <10%> & more"), "team": "core"},
            "startsAt": started, "endsAt": ended,
            "generatorURL": "http://gw.example/g?a=1&b=\"2\"",
            "fingerprint": "",
        })
    };
    json!({
        "receiver": "team", "status": "firing",
        "alerts": [
            alert("firing", "openai", "2026-11-24T09:00:00.5Z", "0001-01-01T00:00:00Z"),
            alert("resolved", "anthropic", "2026-11-24T08:12:00Z", "2026-11-24T09:11:00Z"),
        ],
        "groupLabels": {"alertname": "HighErrorRate"},
        "commonLabels": {"alertname": "HighErrorRate", "severity": "critical"},
        "commonAnnotations": {"team": "core"},
        "externalURL": "https://gateway.example/x",
    })
}

/// Texts, and what they give.
const CASES: &[(&str, &str)] = &[
    (
        "{{ .Receiver }} {{ .Status }} {{ .ExternalURL }}",
        "team firing https://gateway.example/x",
    ),
    (
        "{{ .Status | toUpper }}:{{ .Alerts.Firing | len }}/{{ len .Alerts.Resolved }}",
        "FIRING:1/1",
    ),
    (
        "{{ .GroupLabels }} {{ .CommonAnnotations }}",
        "map[alertname:HighErrorRate] map[team:core]",
    ),
    (
        "{{ .CommonLabels.SortedPairs }} {{ .CommonLabels.Names }} {{ .CommonLabels.Values }}",
        "[{alertname HighErrorRate} {severity critical}] [alertname severity] [HighErrorRate critical]",
    ),
    (
        "{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }};{{ end }}",
        "alertname=HighErrorRate;severity=critical;",
    ),
    (
        "{{ range $k, $v := .CommonLabels }}{{ $k }}:{{ $v }} {{ end }}",
        "alertname:HighErrorRate severity:critical ",
    ),
    (
        "{{ .CommonLabels.Remove .GroupLabels.Names }}",
        "map[severity:critical]",
    ),
    (
        "{{ (.CommonLabels.Remove .GroupLabels.Names).Values | join \" \" }}",
        "critical",
    ),
    (
        "{{ if gt (len .CommonLabels) (len .GroupLabels) }}({{ with .CommonLabels.Remove .GroupLabels.Names }}{{ .Values | join \" \" }}{{ end }}){{ end }}",
        "(critical)",
    ),
    (
        "{{ .GroupLabels.SortedPairs.Values | join \",\" }}|{{ .CommonLabels.SortedPairs.Names | join \",\" }}",
        "HighErrorRate|alertname,severity",
    ),
    (
        "{{ .CommonLabels.nothing }}|{{ index .CommonLabels \"severity\" }}|{{ index .CommonLabels \"nothing\" }}|",
        "|critical||",
    ),
    (
        "{{ (index .Alerts 0).Labels.provider }} {{ with index .Alerts 1 }}{{ .Status }}{{ end }}",
        "openai resolved",
    ),
    (
        "{{ range .Alerts.Firing }}{{ .Labels.provider }} {{ $.Receiver }} {{ .Annotations.summary }}{{ end }}",
        "openai team openai fails <10%> & more",
    ),
    (
        "{{ range $i, $a := .Alerts }}{{ $i }}{{ $a.Status }} {{ end }}",
        "0firing 1resolved ",
    ),
    (
        "{{ (index .Alerts 0).StartsAt }} {{ (index .Alerts 0).EndsAt.IsZero }}",
        "2026-11-24 09:00:00.5 +0000 UTC true",
    ),
    (
        "{{ range .Alerts.Resolved }}{{ .EndsAt.Sub .StartsAt }} {{ (.EndsAt.Sub .StartsAt).Minutes }} {{ .EndsAt.After .StartsAt }}{{ end }}",
        "59m0s 59 true",
    ),
    (
        "{{ (index .Alerts 0).StartsAt.Format \"Mon, 02 Jan 2006 15:04:05.000 MST\" }} {{ (index .Alerts 1).StartsAt.Unix }}",
        "Tue, 24 Nov 2026 09:00:00.500 UTC 1795507920",
    ),
    (
        "{{ (index .Alerts 0).StartsAt.UTC.Year }} {{ (index .Alerts 0).StartsAt.Weekday }} {{ (index .Alerts 0).StartsAt.Month }}",
        "2026 Tuesday November",
    ),
    (
        "{{ title \"HELLO wORLD x_y o'neil\" }}",
        "Hello World X_y O'neil",
    ),
    (
        "{{ toLower \"ABC\" }} {{ match \"a.c\" \"xabcx\" }} {{ reReplaceAll \"(a)(b)\" \"$2$1\" \"abc\" }}",
        "abc true bac",
    ),
    (
        "{{ stringSlice \"a\" \"b\" | join \"-\" }}|{{ stringSlice \"a\" \"b\" }}",
        "a-b|[a b]",
    ),
    (
        "{{ printf \"%s %d %q\" .Status (len .Alerts) .Receiver }}",
        "firing 2 \"team\"",
    ),
    (
        "{{ safeHtml \"<b>\" }} {{ html \"<b>&'\\\"\" }} {{ urlquery \"a b&c\" }}",
        "<b> &lt;b&gt;&amp;&#39;&#34; a+b%26c",
    ),
    (
        "{{ define \"t\" }}<{{ .Receiver }}>{{ end }}{{ template \"t\" . }}{{ block \"b\" .Status }}[{{ . }}]{{ end }}",
        "<team>[firing]",
    ),
    (
        "{{ $n := len .Alerts }}{{ if and (eq $n 2) (ne .Status \"resolved\") }}two{{ else }}not{{ end }}",
        "two",
    ),
    ("{{- /* nothing */ -}} a {{- \" b \" -}} c", "a b c"),
    (
        "{{ range .Alerts.Firing }}{{ else }}none{{ end }}{{ range .Alerts }}{{ if eq .Status \"resolved\" }}{{ break }}{{ end }}{{ .Labels.provider }}{{ end }}",
        "openai",
    ),
    (
        "{{ .CommonLabels.Remove (stringSlice \"severity\" \"x\") | len }}",
        "1",
    ),
];

/// The same as pages of HTML.
const HTML_CASES: &[(&str, &str)] = &[
    (
        "<p>{{ (index .Alerts 0).Annotations.summary }}</p>",
        "<p>openai fails &lt;10%&gt; &amp; more</p>",
    ),
    (
        "<a href=\"{{ (index .Alerts 0).GeneratorURL }}\" title='{{ \"it\\\"s\" }}'>x</a>",
        "<a href=\"http://gw.example/g?a=1&amp;b=%222%22\" title='it&#34;s'>x</a>",
    ),
    (
        "{{ safeHtml \"<b>x</b>\" }}{{ \"<b>\" }}",
        "<b>x</b>&lt;b&gt;",
    ),
    ("<i a={{ \"x y\" }}>", "<i a=x&#32;y>"),
];

/// Needs what amtool of Debian 12 does not have, or is about ourselves.
const OWN_CASES: &[(&str, &str)] = &[
    (
        "{{ (index .Alerts 0).StartsAt | since }} {{ since (index .Alerts 0).StartsAt | humanizeDuration }}",
        "11m59.5s 11m 59s",
    ),
    (
        "{{ (index .Alerts 0).StartsAt | tz \"Asia/Kolkata\" | date \"15:04 MST\" }}",
        "14:30 IST",
    ),
    (
        "{{ (index .Alerts 0).StartsAt | tz \"Europe/Paris\" | date \"2006-01-02T15:04:05Z07:00\" }}",
        "2026-11-24T10:00:00+01:00",
    ),
    (
        "{{ trimSpace \"  a \" }}|{{ truncate 3 \"abcdef\" }}|{{ humanizePercentage 0.05 }}",
        "a|ab…|5%",
    ),
    ("{{ (index .Alerts 0).Fingerprint }}", "a9f879dd292ae3e9"),
    (
        "{{ .Message.Title }}|{{ .Message.Severity }}|{{ (index .Alerts 1).Message.Time }}",
        "[FIRING:1] HighErrorRate (openai)|critical|from 2026-11-24 08:12:00 UTC to 2026-11-24 09:11:00 UTC (59m)",
    ),
    (
        "{{ template \"__subject\" . }}",
        "[FIRING:1] HighErrorRate (openai)",
    ),
    (
        "{{ template \"slack.default.titlelink\" . }}",
        "https://gateway.example/x/?view=alerts&alert=%7Balertname%3D%22HighErrorRate%22%7D",
    ),
    (
        "{{ template \"jira.default.priority\" . }}{{ template \"slack.default.pretext\" . }}",
        "High",
    ),
];

#[test]
fn texts_give_what_they_must() {
    let texts = Texts::default();
    for (template, expected) in CASES.iter().chain(OWN_CASES) {
        assert_eq!(
            texts.expand(template, &notification()).as_deref(),
            Ok(*expected),
            "{template}"
        );
    }
    for (template, expected) in HTML_CASES {
        let found = texts.expand_html(template, &notification());
        assert_eq!(found.as_deref(), Ok(*expected), "{template}");
    }
}

#[test]
fn amtool_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("data.json"), data().to_string()).unwrap();
    fs::write(path("empty.tmpl"), "").unwrap();
    let cases = CASES
        .iter()
        .map(|(template, expected)| ("text", template, expected));
    let pages = HTML_CASES
        .iter()
        .map(|(template, expected)| ("html", template, expected));
    for (kind, template, expected) in cases.chain(pages) {
        let output = Command::new("amtool")
            .args(["template", "render"])
            .arg(format!("--template.glob={}", path("*.tmpl").display()))
            .arg(format!("--template.data={}", path("data.json").display()))
            .arg(format!("--template.type={kind}"))
            .arg(format!("--template.text={template}"))
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) => {
                assert!(
                    std::env::var_os("CI").is_none(),
                    "amtool cannot be run: {error}"
                );
                eprintln!("LEFT OUT: amtool cannot be run: {error}");
                return;
            }
        };
        assert!(
            output.status.success(),
            "{template}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let found = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            found.strip_suffix('\n').unwrap_or(&found),
            *expected,
            "{template}"
        );
    }
}

/// The names that configurations written for Alertmanager call.
const NAMES: &[&str] = &[
    "__alertmanager",
    "__alertmanagerURL",
    "__description",
    "__subject",
    "discord.default.content",
    "discord.default.message",
    "discord.default.title",
    "email.default.html",
    "email.default.subject",
    "jira.default.description",
    "jira.default.priority",
    "jira.default.summary",
    "msteams.default.summary",
    "msteams.default.text",
    "msteams.default.title",
    "msteamsv2.default.text",
    "msteamsv2.default.title",
    "opsgenie.default.description",
    "opsgenie.default.message",
    "opsgenie.default.source",
    "pagerduty.default.client",
    "pagerduty.default.clientURL",
    "pagerduty.default.description",
    "pushover.default.message",
    "pushover.default.title",
    "pushover.default.url",
    "rocketchat.default.text",
    "rocketchat.default.title",
    "slack.default.callbackid",
    "slack.default.fallback",
    "slack.default.footer",
    "slack.default.iconemoji",
    "slack.default.iconurl",
    "slack.default.pretext",
    "slack.default.text",
    "slack.default.title",
    "slack.default.titlelink",
    "slack.default.username",
    "sns.default.message",
    "sns.default.subject",
    "telegram.default.message",
    "victorops.default.entity_display_name",
    "victorops.default.monitoring_tool",
    "victorops.default.state_message",
    "webex.default.message",
    "wechat.default.agent_id",
    "wechat.default.message",
    "wechat.default.to_party",
    "wechat.default.to_user",
];

#[test]
fn the_names_of_alertmanagers_definitions_are_defined() {
    let texts = Texts::default();
    for name in NAMES {
        let template = format!("{{{{ template \"{name}\" . }}}}");
        let text = texts.expand(&template, &notification());
        assert!(
            text.as_ref().is_ok_and(|text| !text.contains("<no value>")),
            "{name}: {text:?}"
        );
    }
    for name in [
        "__text_alert_list",
        "__text_alert_list_markdown",
        "pagerduty.default.instances",
    ] {
        let template = format!("{{{{ template \"{name}\" .Alerts.Firing }}}}");
        let text = texts.expand(&template, &notification()).unwrap();
        assert!(text.contains("HighErrorRate (openai)"), "{text}");
        assert!(!text.contains("anthropic"), "{text}");
    }
}

fn files(texts: &[(&str, &str)]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in texts {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let globs = vec![folder.path().join("*.tmpl")];
    (folder, globs)
}

#[test]
fn files_add_definitions_and_define_shipped_ones_anew() {
    let (folder, globs) = files(&[
        (
            "a.tmpl",
            "{{ define \"mine\" }}{{ template \"theirs\" . }}!{{ end }}",
        ),
        (
            "b.tmpl",
            "{{ define \"theirs\" }}{{ .Status }}{{ end }}{{ define \"__subject\" }}S{{ end }}",
        ),
        ("c.tmpl", "as a whole"),
        ("d.txt", "{{ this is not read"),
    ]);
    let texts = Texts::new(&globs).unwrap();
    let text = |template: &str| texts.expand(template, &notification()).unwrap();
    assert_eq!(text("{{ template \"mine\" . }}"), "firing!");
    assert_eq!(text("{{ template \"slack.default.title\" . }}"), "S");
    assert_eq!(text("{{ template \"c.tmpl\" }}"), "as a whole");
    // A text's own definition counts for that text.
    assert_eq!(
        text("{{ define \"theirs\" }}x{{ end }}{{ template \"mine\" . }}"),
        "x!"
    );
    assert_eq!(text("{{ template \"mine\" . }}"), "firing!");
    // Later files over earlier ones, whatever their order in the folder.
    let (_folder, mut twice) = files(&[("z.tmpl", "{{ define \"theirs\" }}late{{ end }}")]);
    twice.insert(0, folder.path().join("b.tmpl"));
    let texts = Texts::new(&twice).unwrap();
    assert_eq!(
        texts
            .expand("{{ template \"theirs\" . }}", &notification())
            .unwrap(),
        "late"
    );
    assert!(Texts::new(&[folder.path().join("nothing-*.tmpl")]).is_ok());
}

#[test]
fn everything_that_is_wrong_in_files_is_said_with_its_place() {
    let (folder, globs) = files(&[
        (
            "a.tmpl",
            "{{ define \"x\" }}\n  {{ .Status | toUper }}{{ end }}",
        ),
        ("b.tmpl", "{{ define \"y\" }}{{ end }"),
    ]);
    let error = Texts::new(&globs).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Template);
    let name = |name: &str| folder.path().join(name).display().to_string();
    assert_eq!(
        error.to_string(),
        format!(
            "{}:2:16: function \"toUper\" is not defined; did you mean \"toUpper\"?\n{}:1:24: unexpected \"}}\"",
            name("a.tmpl"),
            name("b.tmpl"),
        )
    );
    let (folder, globs) = files(&[(
        "a.tmpl",
        "\n{{ define \"x\" }}{{ template \"__subjekt\" . }}{{ end }}",
    )]);
    let error = Texts::new(&globs).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}:2:17: template \"__subjekt\" is not defined; did you mean \"__subject\"?",
            folder.path().join("a.tmpl").display()
        )
    );
    fs::write(folder.path().join("a.tmpl"), [0xff, 0xfe]).unwrap();
    assert_eq!(Texts::new(&globs).unwrap_err().kind(), ErrorKind::Read);
    assert_eq!(
        Texts::new(&[Path::new("a[").to_owned()])
            .unwrap_err()
            .kind(),
        ErrorKind::Read
    );
}

#[test]
fn what_is_wrong_in_a_text_is_said() {
    let texts = Texts::default();
    let read = |text: &str| texts.check(text).unwrap_err().to_string();
    assert_eq!(
        read("{{ $labels.x }}"),
        "1:4: variable \"$labels\" is not defined"
    );
    assert_eq!(
        read("{{ template \"slack.default.titel\" . }}"),
        "1:1: template \"slack.default.titel\" is not defined; did you mean \"slack.default.title\"?"
    );
    assert_eq!(
        read("{{ query \"up\" }}"),
        "1:4: function \"query\" is not defined"
    );
    assert_eq!(read("{{ 1 2 }}"), "1:4: only a function takes arguments");
    let filled = |text: &str| texts.expand(text, &notification()).unwrap_err();
    assert_eq!(
        filled("{{ .Nothing }}"),
        "there is no field \"Nothing\" in a template.Data"
    );
    assert_eq!(
        filled("{{ .Alerts.Nope }}"),
        "there is no field \"Nope\" in a template.Alerts"
    );
    assert_eq!(
        filled("{{ .CommonLabels.Remove 1 }}"),
        "Remove: it does not take these arguments: int"
    );
    assert_eq!(
        filled("{{ .Status.Format \"x\" }}"),
        "there is no field \"Format\" in a string"
    );
    assert_eq!(
        filled("{{ index .Alerts 9 }}"),
        "index: there is no element 9"
    );
    assert_eq!(
        filled("{{ tz \"Mars/Base\" (index .Alerts 0).StartsAt }}"),
        "tz: there is no time zone \"Mars/Base\""
    );
}

#[test]
fn size_steps_and_time_are_bounded() {
    let texts = Texts::default();
    let alert = json!({
        "labels": {"alertname": "A", "long": "x".repeat(60_000)}, "annotations": {},
        "starts_at": NOW, "ends_at": null, "generator_url": "", "evidence": null,
    });
    let many = notification_of(&vec![alert; 20]);
    let longest = texts.expand("{{ range .Alerts }}{{ .Labels.long }}{{ end }}", &many);
    assert_eq!(longest.unwrap_err(), "the result is longer than 256 KiB");
    let nested = "{{ range $.Alerts }}".repeat(5);
    let steps = format!(
        "{nested}{{{{ if false }}}}{{{{ end }}}}{}",
        "{{ end }}".repeat(5)
    );
    assert_eq!(
        texts.expand(&steps, &many).unwrap_err(),
        "the template takes more than 100000 steps"
    );
    let clock = std::time::SystemTime::now();
    let slow = format!(
        "{nested}{{{{ $x := reReplaceAll \"(x+)+y\" \"\" (index $.Alerts 0).Labels.long }}}}{}",
        "{{ end }}".repeat(5)
    );
    assert_eq!(
        texts.expand(&slow, &many).unwrap_err(),
        "the template takes too long"
    );
    assert!(clock.elapsed().unwrap() < std::time::Duration::from_secs(60));
    let loops = "{{ define \"t\" }}{{ template \"t\" . }}{{ end }}{{ template \"t\" . }}";
    assert!(
        texts
            .expand(loops, &many)
            .unwrap_err()
            .contains("more than 50 levels deep")
    );
    let long = "x".repeat((256 << 10) + 1);
    assert!(texts.check(&long).is_err());
    // The shipped texts do with anything.
    for name in NAMES {
        texts
            .expand(&format!("{{{{ template \"{name}\" . }}}}"), &many)
            .unwrap();
    }
}

#[test]
fn a_message_tells_what_it_is_about() {
    let alert = |name: &str, labels: Value, severity: &str, ended: Option<i64>| {
        let mut all = json!({"alertname": name, "severity": severity, "job": "gateway"});
        all.as_object_mut()
            .unwrap()
            .extend(labels.as_object().unwrap().clone());
        json!({
            "labels": all, "annotations": {}, "starts_at": NOW - 60_000, "ends_at": ended,
            "generator_url": "", "evidence": null,
        })
    };
    let told = |alerts: Vec<Value>| {
        let message = Message::of(&notification_of(&alerts), "");
        (
            message.title,
            message.summary,
            message.severity.unwrap_or_default(),
        )
    };
    let told_as = |title: &str, summary: &str, severity: &str| {
        (title.to_owned(), summary.to_owned(), severity.to_owned())
    };
    assert_eq!(
        told(vec![alert("Down", json!({}), "critical", None)]),
        told_as("[FIRING:1] Down", "Down fires.", "critical")
    );
    assert_eq!(
        told(vec![
            alert(
                "Slow",
                json!({"provider": "a", "model": "m"}),
                "warning",
                None
            ),
            alert(
                "Slow",
                json!({"provider": "a", "model": "n"}),
                "critical",
                None
            ),
            alert("Old", json!({"provider": "b"}), "page", Some(NOW)),
        ]),
        told_as("[FIRING:2] Slow (a)", "Slow fires for m and n.", "critical")
    );
    assert_eq!(
        told(
            (0..6)
                .map(|n| alert(&format!("A{n}"), json!({"n": n.to_string()}), "odd", None))
                .collect()
        ),
        told_as(
            "[FIRING:6] A0, A1, A2 and 3 more",
            "A0, A1, A2 and 3 more fire for 0, 1, 2 and 3 more.",
            "odd"
        )
    );
    assert_eq!(
        told(vec![
            alert("Down", json!({"provider": "a"}), "critical", Some(NOW)),
            alert("Down", json!({"provider": "b"}), "critical", Some(NOW)),
        ]),
        told_as("[RESOLVED] Down", "Down is over for a and b.", "critical")
    );
    assert_eq!(
        told(vec![]),
        told_as("[RESOLVED] no alert", "no alert is over.", "")
    );
}

/// Pieces of texts, right and wrong.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    " ",
    ".",
    "$",
    ".Alerts",
    ".Firing",
    ".Labels",
    ".CommonLabels",
    ".Remove",
    ".Names",
    ".SortedPairs",
    ".StartsAt",
    ".Format",
    ".Sub",
    ".Message",
    ".HTML",
    "|",
    "(",
    ")",
    "\"2006 MST .000\"",
    "1",
    "if",
    "else",
    "end",
    "range",
    "with",
    "define",
    "block",
    "template",
    "\"__subject\"",
    "break",
    ":=",
    "$x",
    ",",
    "index",
    "join",
    "date",
    "tz",
    "since",
    "title",
    "safeHtml",
    "stringSlice",
    "truncate",
    "len",
    "printf",
    "<a href=\"",
    "\">",
    "<script>",
    "<!--",
    "é",
    "reReplaceAll",
    "urlquery",
    "toUpper",
    "eq",
    "and",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_never_panic(
        actions in prop::collection::vec(prop::collection::vec(prop::sample::select(PIECES), 1..7), 1..4),
        is_whole in any::<bool>(),
    ) {
        let action = |pieces: &Vec<&str>| {
            let text = pieces.join(" ");
            if is_whole { format!("{{{{ {text} }}}}") } else { text }
        };
        let text: String = actions.iter().map(action).collect();
        let texts = Texts::default();
        let filled = texts.expand(&text, &notification());
        let page = texts.expand_html(&text, &notification());
        prop_assert!(filled.is_ok() == page.is_ok());
        if let Err(error) = texts.check(&text) {
            prop_assert!(error.line() >= 1 && error.column() >= 1);
        }
    }
}
