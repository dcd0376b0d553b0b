//! Faults of networks and servers, with real sockets, for each receiver that speaks HTTP.

mod beside_alertmanager;
mod heartbeat;
mod restart;
mod secrets;
mod server;
mod table;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{
    Config, Notifications, NotificationsBuilder, PostedAlert, ReceiverStatus,
};
use llm_vitals_promql::Labels;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The receivers that speak HTTP, each with what stands in a file for it; `URL` is the server's address.
const KINDS: [(&str, &str); 6] = [
    (
        "webhook",
        "webhook_configs: [{url: 'URL/hook', timeout: 300ms}]",
    ),
    (
        "slack",
        "slack_configs: [{api_url: 'URL/services/T0/B0/x', channel: '#a', send_resolved: true, timeout: 300ms}]",
    ),
    (
        "pagerduty",
        "pagerduty_configs: [{routing_key: 0123456789abcdef0123456789abcdef, url: 'URL/v2/enqueue', timeout: 300ms}]",
    ),
    (
        "msteams",
        "msteamsv2_configs: [{webhook_url: 'URL/workflows/x', timeout: 300ms}]",
    ),
    (
        "msteams",
        "msteams_configs: [{webhook_url: 'URL/connector/x', timeout: 300ms}]",
    ),
    (
        "alertmanager",
        "alertmanager_configs: [{urls: ['URL'], timeout: 300ms}]",
    ),
];

fn config(integration: &str, url: &str) -> Arc<Config> {
    let text = format!(
        "
route: {{receiver: team, group_by: [alertname], group_wait: 10ms, group_interval: 1s, repeat_interval: 4h}}
receivers:
- name: team
  {}
",
        integration.replace("URL", url)
    );
    Arc::new(Config::parse("notify.yml", &text).unwrap())
}

fn alert(name: &str) -> PostedAlert {
    let labels = Labels::new([("alertname", name), ("severity", "critical")]);
    PostedAlert::new(labels).without_timeout()
}

fn over(name: &str) -> PostedAlert {
    let mut alert = alert(name);
    alert.ends_at = Some(llm_vitals_alert::now_ms());
    alert
}

struct Running {
    notifications: Notifications,
    stop: oneshot::Sender<()>,
    runner: JoinHandle<()>,
}

impl Running {
    fn start(builder: NotificationsBuilder) -> Self {
        let (notifications, runner) = builder
            .with_drain_time(Duration::from_millis(200))
            .build()
            .unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let runner = tokio::spawn(runner.run(async {
            let _ = stopped.await;
        }));
        Self {
            notifications,
            stop,
            runner,
        }
    }

    fn status(&self) -> ReceiverStatus {
        self.notifications.receivers().swap_remove(0)
    }

    /// Waits until so many are delivered; gives up after 10 seconds.
    async fn delivered(&self, count: u64) {
        for _ in 0..1000 {
            if self.status().sent >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{count} are not delivered: {:?}", self.status());
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.runner.await.unwrap();
    }
}
