//! Configurations and conditions from outside: no panic, no secret.

use llm_vitals_alert::notify::{Config, parse_matchers};
use llm_vitals_promql::Labels;
use proptest::prelude::*;

const FULL: &str = "
global: {smtp_auth_password: hunter2, slack_api_url: 'https://hooks.example/hunter2'}
route:
  receiver: a
  group_by: [alertname]
  routes:
    - {matchers: ['severity=~\"page|x\"', b!=c], receiver: b, continue: true}
    - match: {a: b}
      mute_time_intervals: [nights]
receivers:
  - name: a
    slack_configs: [{channel: '#x'}]
    webhook_configs:
      - url: https://u:hunter2@h.example/hunter2?key=hunter2
        http_config: {authorization: {credentials: hunter2}}
  - name: b
    pagerduty_configs: [{routing_key: hunter2, details: {a: b}}]
    email_configs:
      - {to: a@example.com, from: b@example.com, smarthost: 'h:25', auth_password: \"hunter2\"}
inhibit_rules: [{source_matchers: [a=b], target_matchers: [c=d], equal: [e]}]
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}], location: Europe/Berlin}]
";

const SHORT: &str = "
notify:
  slack: https://hooks.example/hunter2
  email: {to: a@b, username: u, password: hunter2}
  critical: {pagerduty: hunter2, repeat: 1h}
  quiet: {from: '22:00', to: '07:00', weekdays: ['monday:friday']}
";

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_too_much(text in "\\PC{0,200}") {
        let _ = Config::parse("a.yml", &text);
        if let Ok(matchers) = parse_matchers(&text) {
            for matcher in matchers {
                let _ = matcher.matches("x");
            }
        }
    }

    #[test]
    fn conditions_that_are_read_are_read_again(text in "[a-c\"{}=!~,\\\\ nxü]{0,30}") {
        let _ = parse_matchers(&text);
    }

    #[test]
    fn a_file_that_was_changed_anywhere_shows_no_secret(
        is_short: bool,
        at: prop::sample::Index,
        removed in 0_usize..12,
        added in prop::sample::select(vec!["", "x", ":", "\n", " ", "\"", "'", "{", "}", "[", "]", "- ", "#", "&a ", "*a", "|\n", "\t", "%", "://", "\\"]),
    ) {
        let text = if is_short { SHORT } else { FULL };
        let start = at.index(text.len());
        let end = (start + removed).min(text.len());
        let changed = format!("{}{added}{}", &text[..start], &text[end..]);
        match Config::parse("a.yml", &changed) {
            Ok(config) => {
                prop_assert!(!format!("{config:?}").contains("hunter2"), "{changed}");
                let labels = Labels::new([("severity", "page")]);
                prop_assert!(!config.routes_for(&labels).is_empty());
            }
            Err(error) => {
                let shown = format!("{error} {error:?} {}", error.render());
                prop_assert!(!shown.contains("hunter2"), "{changed}\n{}", error.render());
            }
        }
    }
}

#[test]
fn depth_and_length_are_bounded() {
    let tree = |levels: usize| {
        let mut tree = "route:\n  receiver: a\n".to_owned();
        for level in 0..levels {
            let indent = "    ".repeat(level);
            tree.push_str(&format!("{indent}  routes:\n{indent}    - receiver: a\n"));
        }
        Config::parse("a.yml", &(tree + "receivers: [{name: a}]\n"))
    };
    assert!(tree(14).is_ok());
    let error = tree(16).unwrap_err();
    assert!(error.to_string().contains("more than 32 levels"), "{error}");
    assert!(tree(1_000).is_err());
    let flow = "[".repeat(100_000);
    assert!(Config::parse("a.yml", &flow).is_err());
    assert!(parse_matchers(&"a=b,".repeat(100_000)).is_err());
    assert!(parse_matchers("a=~\"((a{100}){100}){100}\"").is_err());
}
