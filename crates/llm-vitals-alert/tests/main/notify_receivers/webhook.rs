//! The generic webhook. That its body is Alertmanager's own is compared in `alertmanager.rs`.

use llm_vitals_alert::notify::{Notifier, Receipt, Secret, Webhook, WebhookSettings};
use serde_json::json;

use super::schema;
use super::server::{Answer, Server};
use super::support::{expect_failures, firing, first, notification, resolved};

fn settings(server: &Server) -> WebhookSettings {
    let mut settings = WebhookSettings::default();
    settings.url = Some(server.secret("/hook/0123456789secret"));
    settings
}

#[tokio::test]
async fn the_body_is_alertmanagers_field_by_field() {
    let server = Server::start().await;
    let webhook = Webhook::new(&settings(&server)).unwrap();
    let receipt = webhook.notify(&first(), None).await.unwrap();
    assert_eq!(receipt, Receipt::default());
    let request = server.only();
    assert_eq!(
        (&*request.method, &*request.path),
        ("POST", "/hook/0123456789secret")
    );
    assert_eq!(request.header("content-type"), "application/json");
    assert!(request.header("user-agent").starts_with("llm-vitals/"));
    schema::webhook(&request.json()).unwrap();
    assert_eq!(
        request.body,
        concat!(
            r#"{"receiver":"team","status":"firing","alerts":[{"status":"firing","#,
            r#""labels":{"alertname":"HighErrorRate","provider":"openai","severity":"critical"},"#,
            r#""annotations":{"runbook_url":"https://runbooks.example/HighErrorRate.md","summary":"openai fails 10% of the calls"},"#,
            r#""startsAt":"2026-11-24T08:48:00Z","endsAt":"0001-01-01T00:00:00Z","#,
            r#""generatorURL":"https://gw.example/graph?g0.expr=x","fingerprint":"a9f879dd292ae3e9"}],"#,
            r#""groupLabels":{"alertname":"HighErrorRate"},"#,
            r#""commonLabels":{"alertname":"HighErrorRate","provider":"openai","severity":"critical"},"#,
            r#""commonAnnotations":{"runbook_url":"https://runbooks.example/HighErrorRate.md","summary":"openai fails 10% of the calls"},"#,
            r#""externalURL":"https://gw.example","version":"4","groupKey":"{}:{alertname=\"HighErrorRate\"}","truncatedAlerts":0}"#,
        )
    );
}

#[tokio::test]
async fn what_is_common_and_the_status_are_those_of_the_alerts_that_are_sent() {
    let server = Server::start().await;
    let mut settings = settings(&server);
    settings.max_alerts = 2;
    let webhook = Webhook::new(&settings).unwrap();
    let mut other = resolved();
    other["labels"]["provider"] = "anthropic".into();
    let alerts = [resolved(), other, firing()];
    webhook
        .notify(&notification("new_resolved", &alerts), None)
        .await
        .unwrap();
    let body = server.only().json();
    assert_eq!(body["truncatedAlerts"], 1);
    assert_eq!(body["alerts"].as_array().unwrap().len(), 2);
    assert_eq!(body["status"], "resolved");
    assert_eq!(body["alerts"][0]["endsAt"], "2026-11-24T09:00:00Z");
    assert_eq!(
        body["commonLabels"],
        json!({"alertname": "HighErrorRate", "severity": "critical"})
    );
}

#[tokio::test]
async fn each_status_means_what_it_says() {
    let server = Server::start().await;
    let webhook = Webhook::new(&settings(&server)).unwrap();
    let cases = vec![
        (
            Answer::new(400, "bad"),
            (false, "client_error", None, "400: bad"),
        ),
        (Answer::new(401, ""), (false, "auth", None, "401")),
        (Answer::new(404, ""), (false, "client_error", None, "404")),
        (Answer::new(408, ""), (true, "timeout", None, "408")),
        (
            Answer::new(429, "").with("retry-after", "17"),
            (true, "rate_limited", Some(17), "429"),
        ),
        (
            Answer::new(500, "oops"),
            (true, "server_error", None, "500: oops"),
        ),
        (
            Answer::new(503, "").with("retry-after", "3"),
            (true, "server_error", Some(3), "503"),
        ),
        (
            Answer::new(500, "no /hook/0123456789secret here"),
            (true, "server_error", None, "500: no *** here"),
        ),
    ];
    expect_failures(&server, &webhook, cases).await;
}

#[tokio::test]
async fn the_check_calls_the_host_and_not_the_hook() {
    let server = Server::start().await;
    let webhook = Webhook::new(&settings(&server)).unwrap();
    server.answer([Answer::new(404, "")]);
    webhook.check().await.unwrap();
    let request = server.only();
    assert_eq!((&*request.method, &*request.path), ("HEAD", "/"));

    let mut settings = WebhookSettings::default();
    assert_eq!(
        Webhook::new(&settings).unwrap_err().to_string(),
        "the webhook has no url"
    );
    settings.url = Some(Secret::new("http://127.0.0.1:1/secret-path-0"));
    let error = Webhook::new(&settings).unwrap().check().await.unwrap_err();
    assert_eq!((error.is_temporary(), error.reason()), (true, "connect"));
    assert!(!error.to_string().contains("secret"), "{error}");
    settings.url = Some(Secret::new("ftp://h/x"));
    let error = Webhook::new(&settings).unwrap().check().await.unwrap_err();
    assert_eq!((error.is_temporary(), error.reason()), (false, "invalid"));
}
