//! Defaults, secrets, the environment and the short form.

use std::time::Duration;

use super::*;
use crate::notify::config::{Route, Settings};

fn parse(text: &str) -> Config {
    let environment = |name: &str| (name == "HOOK").then(|| "T0/B0/from-env".to_owned());
    match read_in("a.yml", text, Path::new(""), &environment) {
        Ok(config) => config,
        Err(error) => panic!("{}", error.render()),
    }
}

fn error(text: &str) -> Error {
    read_in("a.yml", text, Path::new(""), &|_| None).unwrap_err()
}

fn settings<'c>(config: &'c Config, receiver: &str) -> Vec<&'c Settings> {
    let found = config.receivers.iter().find(|have| have.name == receiver);
    let integrations = found.unwrap().integrations.iter();
    integrations
        .map(|integration| &integration.settings)
        .collect()
}

#[test]
fn a_child_has_what_its_parent_has_but_its_time_intervals() {
    let config = parse(
        "
route:
  receiver: a
  group_by: ['...']
  routes:
    - matchers: [x=y]
      group_wait: 1s
      mute_time_intervals: [never]
      routes:
        - {matchers: [z=y], group_by: [b], receiver: b}
        - {match_re: {z: 'a|b'}, repeat_interval: 1h}
receivers: [{name: a}, {name: b}]
time_intervals: [{name: never}]
",
    );
    let root = &config.route;
    let seconds = |route: &Route| {
        [
            route.group_wait,
            route.group_interval,
            route.repeat_interval,
        ]
        .map(|time| time.as_secs())
    };
    assert_eq!((seconds(root), root.group_by()), ([30, 300, 14_400], None));
    let child = &root.routes[0];
    assert_eq!(seconds(child), [1, 300, 14_400]);
    assert_eq!((child.key(), child.group_by()), (r#"{}/{x="y"}"#, None));
    let [first, second] = child.routes() else {
        panic!()
    };
    assert_eq!(
        (first.receiver(), first.group_by()),
        ("b", Some(&["b".to_owned()][..]))
    );
    assert!(first.mute_time_intervals.is_empty());
    assert_eq!((second.receiver(), seconds(second)), ("a", [1, 300, 3_600]));
    assert_eq!(second.key(), r#"{}/{x="y"}/{z=~"^(?:a|b)$"}"#);
}

#[test]
fn what_global_says_is_filled_in() {
    let config = parse(
        "
global:
  resolve_timeout: 1m
  slack_api_url: https://hooks.example/${HOOK}
  smtp_smarthost: mail.example:587
  smtp_from: a@example.com
  smtp_auth_password: hunter2
  pagerduty_url: http://127.0.0.1:1/enqueue
  http_config: {follow_redirects: false}
route: {receiver: a}
receivers:
  - name: a
    slack_configs: [{channel: '#x'}]
    email_configs: [{to: b@example.com}]
    pagerduty_configs: [{routing_key: k, http_config: {}}]
",
    );
    assert_eq!(config.resolve_timeout, Duration::from_secs(60));
    let integrations = &config.receivers[0].integrations;
    let resolved: Vec<bool> = integrations.iter().map(|way| way.send_resolved).collect();
    // E-mail, PagerDuty, Slack: Alertmanager's order and its defaults.
    assert_eq!(resolved, [false, true, false]);
    let [
        Settings::Email(email),
        Settings::Pagerduty(pagerduty),
        Settings::Slack(slack),
    ] = settings(&config, "a")[..]
    else {
        panic!()
    };
    assert_eq!(
        slack.api_url.as_ref().unwrap().expose(),
        "https://hooks.example/T0/B0/from-env"
    );
    assert!(!slack.http.follow_redirects);
    assert_eq!(
        (&*email.from, &*email.smarthost),
        ("a@example.com", "mail.example:587")
    );
    assert_eq!(email.auth_password.as_ref().unwrap().expose(), "hunter2");
    assert!(email.require_tls);
    assert_eq!(pagerduty.url.as_deref(), Some("http://127.0.0.1:1/enqueue"));
    assert!(pagerduty.http.follow_redirects);
}

#[test]
fn no_error_and_no_debug_shows_a_secret() {
    for text in [
        // The line is shown for another field.
        "route: {receiver: b}\nreceivers: [{name: a, slack_configs: [{api_url: https://x/hunter2, chanel: y}]}]",
        "route: {receiver: b}\nreceivers: [{name: a, pagerduty_configs: [{routing_key: hunter2, sevrity: y}]}]",
        // The name is mistyped.
        "global: {smtp_auth_pasword: hunter2}\nroute: {receiver: a}\nreceivers: [{name: a}]",
        "global: {slack_url: 'https://x/hunter2'}\nroute: {receiver: a}\nreceivers: [{name: a}]",
        // It is no address.
        "notify: {slack: hooks.slack.com/hunter2}",
        "notify: {webhook: 'http://h:hunter2/'}",
        "notify: {slack: xoxb-hunter2}",
        // It is where a name belongs.
        "notify: {https://x/hunter2}",
        "notify: {slack: {xoxb-hunter2}}",
        "notify:\n  slack https://x/hunter2: y",
        // It is no YAML.
        "global:\n  smtp_auth_password: \"hunter2\nroute: {receiver: a}",
        "notify: {slack: https://x/hunter2, ]",
        "global:\n  smtp_auth_password: hunter2\n bad: x",
        // In a block, with an escape.
        "notify:\n  quiet: x\n  email:\n    to: a@b\n    username: u\n    password: |\n      hunter2\n    fom: x",
        "notify: {email: {to: a@b, username: u, password: \"\\thunter2\", fom: x}}",
        "notify: {pagerduty: &k hunter2, critical: {pagerduty: *k, x: y}}",
    ] {
        let error = error(text);
        let shown = format!("{error}\n{}\n{error:?}", error.render());
        assert!(!shown.contains("hunter2"), "{text}\n{shown}");
    }
    let config = parse(
        "notify: {slack: https://x/hunter2, email: {to: a@b, username: u, password: hunter2}}",
    );
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn a_covered_line_keeps_its_places() {
    let error = error(
        "global: {slack_api_url: https://x/hunter2, smtp_fom: y}\nroute: {receiver: a}\nreceivers: [{name: a}]",
    );
    assert_eq!(
        error.render(),
        "a.yml:1:44: \"global\" has no field \"smtp_fom\" did you mean \"smtp_from\"?
  |
1 | global: {slack_api_url: *****************, smtp_fom: *}
  |                                            ^^^^^^^^ did you mean \"smtp_from\"?
"
        .replace(
            "smtp_fom\" did you mean \"smtp_from\"?\n  |",
            "smtp_fom\"\n  |"
        )
    );
}

#[test]
fn three_lines_are_enough() {
    let config = parse("notify: {slack: https://hooks.example/x}");
    assert_eq!(config.warnings(), []);
    let [Settings::Slack(slack)] = settings(&config, "default")[..] else {
        panic!()
    };
    assert_eq!(
        slack.api_url.as_ref().unwrap().expose(),
        "https://hooks.example/x"
    );
    let route = &config.route;
    assert_eq!(
        (route.receiver(), route.group_by()),
        ("default", Some(&["alertname".to_owned()][..]))
    );
    assert_eq!(route.repeat_interval(), Duration::from_secs(86_400));
    let critical = &route.routes()[0];
    assert_eq!(critical.key(), r#"{}/{severity=~"critical|page"}"#);
    assert_eq!(critical.group_by().unwrap(), ["alertname", "provider"]);
    assert_eq!(critical.repeat_interval(), Duration::from_secs(14_400));
    assert!(
        config
            .receivers
            .iter()
            .all(|receiver| receiver.integrations.len() == 1)
    );
    assert!(
        config
            .receivers
            .iter()
            .all(|receiver| receiver.integrations[0].send_resolved)
    );
}

#[test]
fn severities_have_their_own_ways_besides_those_of_all() {
    let config = parse(
        "
notify:
  slack: {token: xoxb-1, channel: '#alerts'}
  critical: {pagerduty: key, repeat: 1h}
  warning: {email: ops@example.com}
  repeat: 8h
  quiet: {from: '22:00', to: '07:00', location: Europe/Berlin}
  alertmanager: [http://a:9093, http://b:9093]
  heartbeat: https://h.example/ping
",
    );
    let names = |receiver| -> Vec<&str> {
        settings(&config, receiver)
            .iter()
            .map(|settings| settings.integration())
            .collect()
    };
    assert_eq!(names("default"), ["slack"]);
    assert_eq!(names("critical"), ["slack", "pagerduty"]);
    assert_eq!(names("warning"), ["slack", "email"]);
    assert_eq!(names("alertmanager"), ["alertmanager"]);
    assert_eq!(names("heartbeat"), ["heartbeat"]);
    let routes = config.route.routes();
    let shown: Vec<(&str, u64, usize)> = routes
        .iter()
        .map(|route| {
            let muted = route.mute_time_intervals.len();
            (route.receiver(), route.repeat_interval().as_secs(), muted)
        })
        .collect();
    let expected = [
        ("alertmanager", 86_400, 0),
        ("critical", 3_600, 0),
        ("warning", 28_800, 1),
        ("default", 28_800, 1),
    ];
    assert_eq!(shown, expected);
    assert!(routes[0].is_continued);
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    // 21:30 UTC is 22:30 in Berlin in winter.
    assert!(config.is_muted(&routes[2], at("2026-11-24T21:30:00Z")));
    assert!(config.is_muted(&routes[2], at("2026-11-24T05:59:00Z")));
    assert!(!config.is_muted(&routes[2], at("2026-11-24T06:00:00Z")));
    assert!(!config.is_muted(&routes[1], at("2026-11-24T21:30:00Z")));
}

#[test]
fn an_address_alone_is_sent_by_the_mail_server_of_this_machine() {
    let config = parse("notify: {email: ops@example.com}");
    let [Settings::Email(email)] = settings(&config, "default")[..] else {
        panic!()
    };
    assert_eq!(
        (
            &*email.to,
            &*email.from,
            &*email.smarthost,
            email.require_tls
        ),
        ("ops@example.com", "ops@example.com", "localhost:25", false)
    );
    let config = parse("notify: {email: {to: a@b, smarthost: 'mail.example:587', from: c@d}}");
    let [Settings::Email(email)] = settings(&config, "default")[..] else {
        panic!()
    };
    assert_eq!((&*email.from, email.require_tls), ("c@d", true));
}

#[test]
fn without_ways_for_all_the_rest_goes_where_warnings_go() {
    let config = parse("notify: {critical: {pagerduty: k}, warning: {email: a@b}}");
    assert_eq!(settings(&config, "default")[0].integration(), "email");
    assert_eq!(config.warnings(), []);
    let config = parse("notify: {critical: {pagerduty: k}}");
    assert!(settings(&config, "default").is_empty());
    assert_eq!(
        config.warnings()[0].message(),
        "alerts that are not critical are told to nobody"
    );
}

#[test]
fn the_short_form_says_what_is_wrong() {
    let messages = |text: &str| -> Vec<String> {
        let error = error(text);
        error.problems().iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        messages("notify: {}"),
        [
            "a.yml:1:9: \"notify\" says nobody to tell: it needs one of slack, pagerduty, email, webhook, msteams, alertmanager"
        ]
    );
    assert_eq!(
        messages("notify: {slak: x, email: nobody, repeat: 4}"),
        [
            "a.yml:1:10: \"notify\" has no field \"slak\"; did you mean \"slack\"?",
            "a.yml:1:26: an address such as ops@example.com is expected here",
            "a.yml:1:42: \"4\" for \"repeat\": not a duration: write a number and a unit, such as 5m or 1h30m",
        ]
    );
    assert_eq!(
        messages("notify: {slack: xoxb-1}"),
        [
            "a.yml:1:17: a token of Slack needs a channel beside it; write slack: {token: ..., channel: \"#alerts\"}"
        ]
    );
    assert_eq!(
        messages("notify: {webhook: 'http://h/'}\nroute: {receiver: a}"),
        ["a.yml:2:1: \"route\" cannot stand beside the short form \"notify\""]
    );
}

#[test]
fn warnings_say_what_is_most_likely_not_meant() {
    let config = parse(
        "
route:
  receiver: a
  routes:
    - {match: {x: y}}
    - {receiver: a}
    - {matchers: ['x=~a{2}b']}
receivers: [{name: a}, {name: b}, {name: c, opsgenie_configs: [{api_key: k}]}]
",
    );
    let warnings: Vec<String> = config.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "a.yml:5:8: \"match\" is deprecated; use \"matchers\"",
            "a.yml:7:7: no alert comes here: the route before has no conditions; write \"continue: true\" there",
            "a.yml:7:19: Alertmanager reads this as versions before 0.27 did; write x=~\"a{2}b\"",
            "a.yml:8:31: no route leads to the receiver \"b\"",
            "a.yml:8:42: no route leads to the receiver \"c\"",
            "a.yml:8:64: opsgenie can be routed to and not be sent to: this crate does not have it",
        ]
    );
}
