//! Who is told of alerts by the gateway: one message, one reminder and one end, also over a kill; and nothing that was silenced.

mod access;
mod lifecycle;
mod restart;
mod secrets;
mod silences;
mod storm;
mod wrong;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Gateway, Reply, Upstream, eventually};

/// The path that messages are posted to. Checks ask for others.
const HOOK: &str = "POST /hook";

/// Somebody who takes all messages.
async fn team() -> Upstream {
    Upstream::start(|_, _| Reply::json(200, "{}")).await
}

/// The bodies of the messages so far.
fn messages(team: &Upstream) -> Vec<Value> {
    let seen = team.seen().into_iter();
    let told = seen.filter(|seen| seen.line == HOOK);
    told.map(|seen| seen.json()).collect()
}

/// Waits for so many messages.
async fn told(team: &Upstream, number: usize) -> Vec<Value> {
    eventually("the messages arrive", async || {
        let messages = messages(team);
        (messages.len() >= number).then_some(messages)
    })
    .await
}

/// Status of a message, and the names of its alerts in order.
fn names(message: &Value) -> (&str, Vec<&str>) {
    let alerts = message["alerts"].as_array().unwrap().iter();
    let names = alerts.map(|alert| alert["labels"]["alertname"].as_str().unwrap());
    (message["status"].as_str().unwrap(), names.collect())
}

/// A file of routes in which everything goes to `team`, with these times.
fn routes(team: &Upstream, times: &str) -> String {
    format!(
        "route: {{receiver: team, group_by: [alertname], {times}}}\nreceivers:\n- name: team\n  webhook_configs: \
         [{{url: 'http://{}/hook'}}]\n",
        team.address
    )
}

/// A gateway's file with routes and states in `folder`.
fn config(folder: &Path, rest: &str) -> String {
    let folder = folder.display();
    format!(
        "retry: {{attempts: 1}}\nnotifications:\n  file: {folder}/routes.yml\n  state: {folder}/notify.json\nalerts:\n  \
         state: {folder}/alerts.json\n  interval: 100ms\n  sample_interval: 100ms\n{rest}"
    )
}

/// Posts alerts of these names to Alertmanager's API.
async fn post(gateway: &Gateway, names: &[&str]) {
    let alerts = names
        .iter()
        .map(|name| json!({ "labels": { "alertname": name } }));
    let alerts = Value::Array(alerts.collect());
    let request = gateway.post("/api/v2/alerts", alerts.to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

async fn shown(gateway: &Gateway, path: &str) -> Value {
    let response = gateway.get(path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

async fn milliseconds(time: u64) {
    tokio::time::sleep(Duration::from_millis(time)).await;
}
