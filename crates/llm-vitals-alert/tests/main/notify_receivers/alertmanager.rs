//! A real Alertmanager: it takes what is pushed, and its webhook is the same as ours.

use std::time::Duration;

use llm_vitals_alert::notify::{
    AlertmanagerPush, Notification, NotifiedAlert, Notifier, PushSettings, Secret, Webhook,
    WebhookSettings,
};
use serde_json::{Value, json};

use super::server::{Request, Server};
use crate::alertmanager::Alertmanager;
use crate::amtool;

fn push_to(alertmanager: &Alertmanager) -> AlertmanagerPush {
    let mut settings = PushSettings::default();
    settings.urls = vec![Secret::new(alertmanager.url())];
    AlertmanagerPush::new(&settings).unwrap()
}

/// What `amtool` shows.
fn alerts_of(alertmanager: &Alertmanager) -> Vec<Value> {
    let url = format!("--alertmanager.url={}", alertmanager.url());
    let output = amtool::run(&["alert", "query", "-o", "json", &url]);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn alert(provider: &str, starts_at: i64, ends_at: Option<i64>) -> Value {
    json!({
        "labels": {
            "alertname": "HighErrorRate", "provider": provider, "severity": "critical",
            "odd": "ü \"x\" \\ <b>&\n😀",
        },
        "annotations": {"summary": format!("{provider} fails"), "runbook_url": "https://r.example/a"},
        "starts_at": starts_at, "ends_at": ends_at,
        "generator_url": "https://gw.example/graph?g0.expr=x%3E1&g0.tab=1", "evidence": null,
    })
}

async fn webhook_of(server: &Server, which: &str) -> Request {
    for _ in 0..150 {
        if let Some(request) = server.take().into_iter().next() {
            return request;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the Alertmanager does not send {which}");
}

/// Our body for the notification that the real body tells of. Only the order of the alerts, the receiver and the group's key are taken from it.
async fn ours(real: &Value, alerts: &[Value], max_alerts: usize) -> String {
    let mut left = alerts.to_vec();
    let mut ordered = Vec::new();
    for told in real["alerts"].as_array().unwrap() {
        let at = left
            .iter()
            .position(|alert| alert["labels"] == told["labels"]);
        ordered.push(left.remove(at.unwrap()));
    }
    ordered.extend(left);
    let notification: Notification = serde_json::from_value(json!({
        "receiver": "team", "integration": 0, "group_key": "{}/{severity=\"critical\"}:{alertname=\"HighErrorRate\"}",
        "group_labels": {"alertname": "HighErrorRate"}, "alerts": ordered, "reason": "first", "at": 0,
        "external_url": "http://am.example/x",
    }))
    .unwrap();
    let server = Server::start().await;
    let mut settings = WebhookSettings::default();
    settings.url = Some(server.secret("/"));
    settings.max_alerts = max_alerts;
    Webhook::new(&settings)
        .unwrap()
        .notify(&notification, None)
        .await
        .unwrap();
    server.only().body
}

/// The text without Go's habit of writing `<`, `>` and `&` as escapes, and without its line end.
fn as_written(real: &str) -> String {
    real.trim_end()
        .replace("\\u003c", "<")
        .replace("\\u003e", ">")
        .replace("\\u0026", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_alertmanager_takes_what_is_pushed_and_sends_the_same_webhook() {
    let server = Server::start().await;
    let config = format!(
        "
route:
  receiver: nobody
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - matchers: [severity=\"critical\"]
      receiver: team
receivers:
  - name: nobody
  - name: team
    webhook_configs:
      - {{url: '{}', max_alerts: 3}}
",
        server.url("/hook")
    );
    let arguments = [
        "--web.external-url=http://am.example/x",
        "--web.route-prefix=/",
    ];
    let Some(alertmanager) = Alertmanager::start(&config, &arguments).await else {
        return;
    };
    let push = push_to(&alertmanager);
    push.check().await.unwrap();
    let now = llm_vitals_alert::now_ms();
    // Milliseconds that end with zeros are written with fewer digits.
    let began = now / 1_000 * 1_000 - 600_000;
    let providers = [
        ("openai", began),
        ("anthropic", began + 120),
        ("mistral", began + 7),
    ];
    let mut alerts: Vec<Value> = providers
        .iter()
        .map(|(provider, began)| alert(provider, *began, None))
        .collect();
    let posted =
        |alerts: &[Value]| -> Vec<NotifiedAlert> { serde_json::from_value(alerts.into()).unwrap() };
    let pushed = push.push(&posted(&alerts), now).await.unwrap();
    assert_eq!((pushed.alerts, pushed.failures.len()), (3, 0));

    let seen = alerts_of(&alertmanager);
    let mut names: Vec<&str> = seen
        .iter()
        .filter_map(|alert| alert["labels"]["provider"].as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["anthropic", "mistral", "openai"]);
    let ends: Vec<jiff::Timestamp> = seen
        .iter()
        .map(|alert| alert["endsAt"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(
        ends.iter().all(|end| end.as_millisecond() == now + 240_000),
        "{ends:?}"
    );

    let request = webhook_of(&server, "what fires").await;
    assert_eq!(
        as_written(&request.body),
        ours(&request.json(), &alerts, 3).await
    );

    // One is over, another begins: four alerts, of which three are told.
    alerts[0]["ends_at"] = (now + 5).into();
    alerts.push(alert("groq", began + 30, None));
    push.push(&posted(&alerts), llm_vitals_alert::now_ms())
        .await
        .unwrap();
    let request = webhook_of(&server, "what is over").await;
    let body = request.json();
    assert_eq!(body["truncatedAlerts"], 1, "{body}");
    assert_eq!(as_written(&request.body), ours(&body, &alerts, 3).await);

    // All are over.
    let rest = &mut alerts[1..];
    for alert in &mut *rest {
        alert["ends_at"] = llm_vitals_alert::now_ms().into();
    }
    push.push(&posted(rest), llm_vitals_alert::now_ms())
        .await
        .unwrap();
    let request = webhook_of(&server, "that all is over").await;
    let body = request.json();
    assert_eq!(body["status"], "resolved", "{body}");
    assert_eq!(as_written(&request.body), ours(&body, rest, 3).await);
    assert!(alerts_of(&alertmanager).is_empty());
}
