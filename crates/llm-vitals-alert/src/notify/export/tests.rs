//! Exact texts.

use super::*;

fn export(text: &str, secrets: ExportSecrets) -> Result<String, Vec<String>> {
    let config = Config::parse("a.yml", text).unwrap();
    config.to_alertmanager(secrets).map_err(|error| {
        error
            .problems()
            .iter()
            .map(|problem| problem.message().to_owned())
            .collect()
    })
}

#[test]
fn all_that_is_in_force_is_written_out() {
    let text = "notify: {slack: 'https://hooks.example/x', quiet: {from: '22:00', to: '07:00'}, critical: {pagerduty: k}}";
    let expected = r##"# Secrets are left out: this file can be read, and it cannot be used.
global:
  resolve_timeout: 5m
route:
  receiver: "default"
  group_by: ["alertname"]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 1d
  routes:
    - receiver: "critical"
      group_by: ["alertname", "provider"]
      matchers: ["severity=~\"critical|page\""]
      group_wait: 30s
      group_interval: 5m
      repeat_interval: 4h
    - receiver: "warning"
      group_by: ["alertname"]
      matchers: ["severity=~\"warning|ticket\""]
      group_wait: 30s
      group_interval: 5m
      repeat_interval: 1d
      mute_time_intervals: ["quiet"]
    - receiver: "default"
      group_by: ["alertname"]
      group_wait: 30s
      group_interval: 5m
      repeat_interval: 1d
      mute_time_intervals: ["quiet"]
inhibit_rules:
  - source_matchers: ["severity=~\"critical|page\""]
    target_matchers: ["severity=~\"warning|ticket|info\""]
    equal: ["alertname", "provider", "cache", "node", "slo"]
time_intervals:
  - name: "quiet"
    time_intervals:
      - times:
          - start_time: "22:00"
            end_time: "24:00"
          - start_time: "00:00"
            end_time: "07:00"
receivers:
  - name: "default"
    slack_configs:
      - send_resolved: true
        api_url: "https://secret.invalid/"
  - name: "critical"
    slack_configs:
      - send_resolved: true
        api_url: "https://secret.invalid/"
    pagerduty_configs:
      - send_resolved: true
        routing_key: "<secret>"
  - name: "warning"
    slack_configs:
      - send_resolved: true
        api_url: "https://secret.invalid/"
"##;
    assert_eq!(
        export(text, ExportSecrets::Placeholders).as_deref(),
        Ok(expected)
    );
    let shown = export(text, ExportSecrets::Shown).unwrap();
    assert!(
        shown.contains("api_url: \"https://hooks.example/x\"\n"),
        "{shown}"
    );
    assert!(
        shown.contains("routing_key: \"k\"\n") && !shown.contains('#'),
        "{shown}"
    );
}

#[test]
fn what_alertmanager_has_not_is_an_error_that_says_why() {
    let text = "notify: {slack: {token: xoxb-1, channel: '#x'}, alertmanager: 'http://a:9093', heartbeat: 'https://h/'}";
    let errors = export(text, ExportSecrets::Shown).unwrap_err();
    assert_eq!(
        errors,
        [
            "the receiver \"default\" writes to Slack with a token: use the address of a webhook",
            "the receiver \"critical\" writes to Slack with a token: use the address of a webhook",
            "the receiver \"warning\" writes to Slack with a token: use the address of a webhook",
            "the receiver \"alertmanager\" pushes to Alertmanagers, which an Alertmanager cannot",
            "the receiver \"heartbeat\" sends a heartbeat: let a rule that always fires go to a webhook there",
        ]
    );
    let text = "
route: {receiver: a}
receivers: [{name: a, opsgenie_configs: [{api_key: k}], slack_configs: [{api_url: 'http://h/', timeout: 3s}]}]
";
    assert_eq!(
        export(text, ExportSecrets::Shown).unwrap_err(),
        [
            "the receiver \"a\" has opsgenie, whose fields this crate does not read",
            "the receiver \"a\" has a \"timeout\", which Alertmanager has for webhooks only",
        ]
    );
}

#[test]
fn a_secret_of_a_file_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "s3cret\n").unwrap();
    let text = format!(
        "route: {{receiver: a}}\nreceivers: [{{name: a, pagerduty_configs: [{{routing_key_file: '{}'}}]}}]",
        path.display()
    );
    for secrets in [ExportSecrets::Placeholders, ExportSecrets::Shown] {
        let exported = export(&text, secrets).unwrap();
        assert!(
            exported.contains(&format!("routing_key_file: \"{}\"", path.display())),
            "{exported}"
        );
        assert!(!exported.contains("s3cret"));
    }
}
