//! Silences, by amtool and as the dashboard's page makes them.

use serde_json::{Value, json};
use tokio::process::Command;

use super::{config, messages, milliseconds, names, post, routes, shown, team, told};
use crate::support::{Gateway, eventually, is_there};

const TIMES: &str = "group_wait: 100ms, group_interval: 300ms, repeat_interval: 1h";

async fn amtool(gateway: &Gateway, words: &[&str]) -> String {
    let output = Command::new("amtool")
        .arg(format!("--alertmanager.url={}", gateway.base))
        .args(words)
        .output()
        .await
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {error}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn what_amtool_silences_is_not_told_until_the_silence_ends() {
    if !is_there("amtool") {
        return;
    }
    let team = team().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("routes.yml"), routes(&team, TIMES)).unwrap();
    let gateway = Gateway::start(&config(folder.path(), "hosts: []\n"));
    let add = [
        "silence",
        "add",
        "alertname=Quiet",
        "-d",
        "1h",
        "-a",
        "me",
        "-c",
        "known",
    ];
    let id = amtool(&gateway, &add).await;
    assert_eq!(id.len(), 36, "{id}");
    post(&gateway, &["Quiet", "Loud"]).await;
    let first = told(&team, 1).await.remove(0);
    assert_eq!(names(&first), ("firing", vec!["Loud"]));
    assert_eq!(amtool(&gateway, &["silence", "query", "-q"]).await, id);
    let active = amtool(&gateway, &["alert", "query", "-o", "simple"]).await;
    assert!(
        active.contains("Loud") && !active.contains("Quiet"),
        "{active}"
    );
    let silenced = amtool(&gateway, &["alert", "query", "-s", "-o", "simple"]).await;
    assert!(silenced.contains("Quiet"), "{silenced}");
    // Several intervals of the group.
    milliseconds(1_500).await;
    assert_eq!(messages(&team).len(), 1);

    amtool(&gateway, &["silence", "expire", &id]).await;
    let second = told(&team, 2).await.remove(1);
    assert_eq!(names(&second), ("firing", vec!["Quiet"]));
    milliseconds(1_000).await;
    assert_eq!(messages(&team).len(), 2);
}

#[tokio::test]
async fn what_the_page_silences_is_not_told_until_it_is_lifted() {
    let team = team().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("routes.yml"), routes(&team, TIMES)).unwrap();
    let gateway = Gateway::start(&config(folder.path(), "hosts: []\n"));
    let id = silence(&gateway, "Quiet").await;
    let silences = shown(&gateway, "/api/v2/silences").await;
    assert_eq!(
        (
            &silences[0]["id"],
            &silences[0]["createdBy"],
            &silences[0]["status"]
        ),
        (
            &json!(id),
            &json!("dashboard"),
            &json!({ "state": "active" })
        )
    );
    post(&gateway, &["Quiet", "Loud"]).await;
    let first = told(&team, 1).await.remove(0);
    assert_eq!(names(&first), ("firing", vec!["Loud"]));
    let alerts = shown(&gateway, "/api/v2/alerts?silenced=true&active=false").await;
    assert_eq!(alerts[0]["labels"]["alertname"], "Quiet");
    assert_eq!(alerts[0]["status"]["silencedBy"], json!([id]));
    milliseconds(1_500).await;
    assert_eq!(messages(&team).len(), 1);

    // A page sends no content type with it.
    let lift = gateway
        .http
        .delete(format!("{}/api/v2/silence/{id}", gateway.base))
        .header("origin", &gateway.base);
    assert_eq!(lift.send().await.unwrap().status(), 200);
    let second = told(&team, 2).await.remove(1);
    assert_eq!(names(&second), ("firing", vec!["Quiet"]));
    eventually("the silence has ended", async || {
        let silences = shown(&gateway, "/api/v2/silences").await;
        (silences[0]["status"]["state"] == "expired").then_some(())
    })
    .await;
}

/// Silences an alert for an hour as the dashboard does; gives the silence's name.
pub(super) async fn silence(gateway: &Gateway, alertname: &str) -> String {
    let now = jiff::Timestamp::now();
    let body = json!({
        "matchers": [{ "name": "alertname", "value": alertname, "isRegex": false, "isEqual": true }],
        "startsAt": now.to_string(),
        "endsAt": (now + jiff::SignedDuration::from_hours(1)).to_string(),
        "createdBy": "dashboard",
        "comment": "known",
    });
    let request = gateway.post("/api/v2/silences", body.to_string());
    let response = request
        .header("origin", &gateway.base)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let made: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    made["silenceID"].as_str().unwrap().to_owned()
}
