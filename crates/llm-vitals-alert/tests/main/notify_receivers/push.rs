//! Push to Alertmanagers, as far as no real one is needed.

use std::time::Duration;

use llm_vitals_alert::notify::{AlertmanagerPush, NotifiedAlert, Notifier, PushSettings, Secret};
use serde_json::{Value, json};

use super::schema;
use super::server::{Answer, Server};
use super::support::{NOW, firing, first, resolved};

fn settings(urls: Vec<Secret>) -> PushSettings {
    let mut settings = PushSettings::default();
    settings.urls = urls;
    settings
}

fn alerts(values: &[Value]) -> Vec<NotifiedAlert> {
    serde_json::from_value(values.into()).unwrap()
}

#[tokio::test]
async fn what_fires_is_said_to_end_after_four_times_the_time_between_two_pushes() {
    let server = Server::start().await;
    let push = AlertmanagerPush::new(&settings(vec![server.secret("/am/")])).unwrap();
    let mut odd = resolved();
    odd["labels"]["empty"] = "".into();
    odd["generator_url"] = "no address".into();
    let pushed = push.push(&alerts(&[firing(), odd]), NOW).await.unwrap();
    assert_eq!((pushed.alerts, pushed.failures.len()), (2, 0));
    let request = server.only();
    assert_eq!(
        (&*request.method, &*request.path),
        ("POST", "/am/api/v2/alerts")
    );
    let annotations = json!({
        "runbook_url": "https://runbooks.example/HighErrorRate.md",
        "summary": "openai fails 10% of the calls",
    });
    let labels =
        json!({"alertname": "HighErrorRate", "provider": "openai", "severity": "critical"});
    schema::postable_alerts(&request.json()).unwrap();
    assert_eq!(
        request.json(),
        json!([
            {
                "labels": labels, "annotations": annotations,
                "startsAt": "2026-11-24T08:48:00Z", "endsAt": "2026-11-24T09:04:00Z",
                "generatorURL": "https://gw.example/graph?g0.expr=x",
            },
            {
                "labels": labels, "annotations": annotations,
                "startsAt": "2026-11-24T08:48:00Z", "endsAt": "2026-11-24T09:00:00Z",
            },
        ])
    );
    let push = push.with_resend(Duration::from_secs(10));
    assert_eq!(push.resend_every(), Some(Duration::from_secs(10)));
    push.push(&alerts(&[firing()]), NOW).await.unwrap();
    assert_eq!(server.only().json()[0]["endsAt"], "2026-11-24T09:00:40Z");
}

#[tokio::test]
async fn every_one_gets_every_batch_and_one_that_takes_it_is_enough() {
    let (good, bad) = (Server::start().await, Server::start().await);
    bad.answer([
        Answer::new(500, "full"),
        Answer::new(200, ""),
        Answer::new(503, ""),
    ]);
    let urls = vec![
        Secret::new("http://127.0.0.1:1"),
        good.secret(""),
        bad.secret(""),
    ];
    let push = AlertmanagerPush::new(&settings(urls)).unwrap();
    let many: Vec<Value> = (0..130)
        .map(|number| {
            let mut alert = firing();
            alert["labels"]["number"] = number.to_string().into();
            alert
        })
        .collect();
    let pushed = push.push(&alerts(&many), NOW).await.unwrap();
    assert_eq!(pushed.alerts, 130);
    let failures: Vec<(usize, &str)> = pushed
        .failures
        .iter()
        .map(|(index, error)| (*index, error.reason()))
        .collect();
    assert_eq!(failures, [(0, "connect"), (2, "server_error")]);
    for server in [&good, &bad] {
        let sizes: Vec<usize> = server
            .take()
            .iter()
            .map(|request| request.json().as_array().unwrap().len())
            .collect();
        assert_eq!(sizes, [64, 64, 2]);
    }
}

#[tokio::test]
async fn a_batch_that_nobody_takes_is_an_error_and_the_others_are_sent() {
    let (one, two) = (Server::start().await, Server::start().await);
    one.answer([Answer::new(400, "bad"), Answer::new(200, "")]);
    two.answer([Answer::new(503, ""), Answer::new(200, "")]);
    let push = AlertmanagerPush::new(&settings(vec![one.secret(""), two.secret("")])).unwrap();
    let many = vec![firing(); 65];
    let error = push.push(&alerts(&many), NOW).await.unwrap_err();
    // What may work later counts for more than what will not.
    assert_eq!(
        (error.is_temporary(), error.reason()),
        (true, "server_error")
    );
    assert_eq!((one.take().len(), two.take().len()), (2, 2));

    one.answer([Answer::new(400, "bad")]);
    two.answer([Answer::new(400, "bad")]);
    let error = push.push(&alerts(&[firing()]), NOW).await.unwrap_err();
    assert_eq!(
        (error.is_temporary(), error.reason()),
        (false, "client_error")
    );
    one.take();
    assert_eq!(push.push(&[], NOW).await.unwrap().alerts, 0);
    assert!(one.take().is_empty());
}

#[tokio::test]
async fn one_that_hangs_holds_nobody_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let good = Server::start().await;
    let mut settings = settings(vec![
        Secret::new(format!("http://{}", silent.local_addr().unwrap())),
        good.secret(""),
    ]);
    settings.http.timeout = Some(Duration::from_millis(300));
    let push = AlertmanagerPush::new(&settings).unwrap();
    let pushed = push.push(&alerts(&[firing()]), NOW).await.unwrap();
    assert_eq!(pushed.failures[0].0, 0);
    assert_eq!(pushed.failures[0].1.reason(), "timeout");
    assert_eq!(good.take().len(), 1);
}

#[tokio::test]
async fn a_notification_is_pushed_with_an_end_that_lies_ahead_however_long_it_waited() {
    let server = Server::start().await;
    let push = AlertmanagerPush::new(&settings(vec![server.secret("")])).unwrap();
    push.notify(&first(), None).await.unwrap();
    let ends: jiff::Timestamp = server.only().json()[0]["endsAt"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let ahead = ends.as_millisecond() - llm_vitals_alert::now_ms();
    assert!((230_000..=240_000).contains(&ahead), "{ahead}");
}

#[tokio::test]
async fn the_check_asks_for_the_status_of_each() {
    let server = Server::start().await;
    let push =
        AlertmanagerPush::new(&settings(vec![server.secret("/a"), server.secret("/b")])).unwrap();
    let status = json!({"cluster": {"status": "ready"}, "versionInfo": {"version": "0.25.0"}});
    server.answer([Answer::json(200, &status), Answer::json(200, &status)]);
    push.check().await.unwrap();
    let paths: Vec<String> = server
        .take()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(paths, ["/a/api/v2/status", "/b/api/v2/status"]);
    server.answer([Answer::new(200, "<html>")]);
    let error = push.check().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "what answers there is no Alertmanager with the API v2"
    );
    let error = AlertmanagerPush::new(&PushSettings::default()).unwrap_err();
    assert_eq!(error.to_string(), "there is no address of an Alertmanager");
}
