//! The API: amtool works with it, and it answers as Alertmanager does.

mod alertmanager;
mod hostile;
mod server;
mod with_amtool;

/// A configuration for both.
const CONFIG: &str = "
route:
  receiver: a
  group_by: [alertname]
  group_wait: 1h
  routes:
    - {matchers: [severity=page], receiver: b, continue: true}
    - {matchers: [severity=page], receiver: a}
receivers:
  - {name: a, webhook_configs: [{url: 'http://127.0.0.1:9/hunter2'}]}
  - {name: b}
inhibit_rules:
  - {source_matchers: [severity=page], target_matchers: [severity=warning], equal: [alertname]}
";
