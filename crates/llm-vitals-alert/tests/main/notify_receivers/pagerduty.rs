//! Events for PagerDuty.

use llm_vitals_alert::notify::{Notifier, Pagerduty, PagerdutyLink, PagerdutySettings, Secret};
use serde_json::json;

use super::schema;
use super::server::{Answer, Server};
use super::support::{expect_failures, firing, first, notification, resolved, texts};

const KEY: &str = "e93facc04764012d7bfb002500d5d1a6";
/// `printf '{}:{alertname="HighErrorRate"}' | sha256sum`
const DEDUP_KEY: &str = "cbc7a356b874c7d0332c73753d5082204bea3c18a5cb2a9a50e75f6687ffb86b";

fn settings(server: &Server) -> PagerdutySettings {
    let mut settings = PagerdutySettings::default();
    settings.routing_key = Some(Secret::new(KEY));
    settings.url = Some(server.url("/v2/enqueue"));
    settings
}

fn pagerduty(settings: &PagerdutySettings) -> Pagerduty {
    Pagerduty::new(settings, texts()).unwrap()
}

fn accepted() -> Answer {
    let body = json!({"status": "success", "message": "Event processed", "dedup_key": "x"});
    Answer::json(202, &body)
}

fn link(href: &str, text: &str, src: &str) -> PagerdutyLink {
    let mut link = PagerdutyLink::default();
    link.href = href.to_owned();
    link.text = text.to_owned();
    link.src = src.to_owned();
    link
}

#[tokio::test]
async fn a_group_that_fires_is_an_incident_with_what_stands_behind_it() {
    let server = Server::start().await;
    server.answer([accepted()]);
    pagerduty(&settings(&server))
        .notify(&first(), None)
        .await
        .unwrap();
    let request = server.only();
    assert_eq!((&*request.method, &*request.path), ("POST", "/v2/enqueue"));
    schema::pagerduty(&request.json()).unwrap();
    let silence = "https://gw.example/?view=alerts&silence=%7Balertname%3D%22HighErrorRate%22%2Cprovider%3D%22openai%22%2Cseverity%3D%22critical%22%7D";
    let page = silence.replace("silence", "alert");
    assert_eq!(
        request.json(),
        json!({
            "routing_key": KEY,
            "event_action": "trigger",
            "dedup_key": DEDUP_KEY,
            "client": "llm-vitals",
            "client_url": "https://gw.example/",
            "payload": {
                "summary": "[FIRING:1] HighErrorRate (openai): openai fails 10% of the calls",
                "source": "gw.example",
                "severity": "critical",
                "timestamp": "2026-11-24T08:48:00Z",
                "custom_details": {
                    "num_firing": "1",
                    "num_resolved": "0",
                    "firing": format!("FIRING HighErrorRate (openai), critical
  openai fails 10% of the calls
  Value: 10% (alerts above 5%)
  Time: since 2026-11-24 08:48:00 UTC (12m)
  Most of it: gpt-4o 71%
  History: ▁▅█ (30m)
  Labels: provider=openai
  Runbook: https://runbooks.example/HighErrorRate.md
  Alert: {page}
  Silence: {silence}
  Source: https://gw.example/graph?g0.expr=x"),
                    "alerts": [{
                        "alert": "HighErrorRate", "status": "firing", "severity": "critical",
                        "summary": "openai fails 10% of the calls", "value": "10%", "threshold": "above 5%",
                        "time": "since 2026-11-24 08:48:00 UTC (12m)", "contributors": ["gpt-4o 71%"],
                        "history": "▁▅█ (30m)", "labels": {"provider": "openai"},
                        "runbook": "https://runbooks.example/HighErrorRate.md",
                    }],
                },
            },
            "links": [
                {"href": "https://runbooks.example/HighErrorRate.md", "text": "Runbook of HighErrorRate"},
                {"href": page, "text": "Alerts"},
                {"href": silence, "text": "Silence"},
            ],
        })
    );
}

#[tokio::test]
async fn a_group_that_is_over_resolves_the_same_incident_and_says_no_more() {
    let server = Server::start().await;
    server.answer([accepted()]);
    let over = notification("all_resolved", &[resolved()]);
    pagerduty(&settings(&server))
        .notify(&over, None)
        .await
        .unwrap();
    let body = server.only().json();
    schema::pagerduty(&body).unwrap();
    assert_eq!(
        body,
        json!({"routing_key": KEY, "event_action": "resolve", "dedup_key": DEDUP_KEY})
    );
}

#[tokio::test]
async fn the_files_texts_go_over_the_shipped_ones() {
    let server = Server::start().await;
    server.answer([accepted()]);
    let mut settings = settings(&server);
    settings.client = Some("{{ template \"pagerduty.default.client\" . }}-eu".into());
    settings.client_url = Some("javascript:alert(1)".into());
    settings.description = Some("{{ .CommonAnnotations.summary }} <&>\nnow".into());
    settings.severity = Some("{{ if .CommonLabels.severity }}ticket{{ end }}".into());
    settings.class = Some("{{ .GroupLabels.alertname }}".into());
    settings.component = Some("{{ .CommonLabels.provider }}".into());
    settings.group = Some(String::new());
    settings
        .details
        .insert("num_resolved".into(), String::new());
    settings
        .details
        .insert("team".into(), "{{ .Receiver }}".into());
    settings
        .details
        .insert("broken".into(), "{{ .Nothing.More }}".into());
    settings.links = vec![
        link(
            "https://d.example/{{ .CommonLabels.provider }}",
            "{{ .Status }}",
            "",
        ),
        link("javascript:x", "no", ""),
        link("", "", ""),
    ];
    settings.images = vec![
        link("https://d.example/", "a chart", "https://d.example/c.png"),
        link("", "", "http://d.example/plain.png"),
    ];
    pagerduty(&settings).notify(&first(), None).await.unwrap();
    let body = server.only().json();
    schema::pagerduty(&body).unwrap();
    assert_eq!(body["client"], "llm-vitals-eu");
    assert_eq!(body.get("client_url"), None);
    let payload = &body["payload"];
    assert_eq!(payload["summary"], "openai fails 10% of the calls <&> now");
    assert_eq!(payload["source"], "llm-vitals-eu");
    assert_eq!(payload["severity"], "warning");
    assert_eq!(payload["class"], "HighErrorRate");
    assert_eq!(payload["component"], "openai");
    assert_eq!(payload.get("group"), None);
    let details = payload["custom_details"].as_object().unwrap();
    let names: Vec<&String> = details.keys().collect();
    assert_eq!(names, ["num_firing", "firing", "alerts", "team"]);
    assert_eq!(details["team"], "team");
    assert_eq!(
        body["links"][0],
        json!({"href": "https://d.example/openai", "text": "firing"})
    );
    assert_eq!(body["links"].as_array().unwrap().len(), 4);
    assert_eq!(
        body["images"],
        json!([{"src": "https://d.example/c.png", "href": "https://d.example/", "alt": "a chart"}])
    );
}

#[tokio::test]
async fn a_summary_has_1024_characters_and_an_event_512_000_bytes() {
    let server = Server::start().await;
    server.answer([accepted(), accepted()]);
    let mut settings = settings(&server);
    settings.description = Some("ä".repeat(2_000));
    settings.details.insert("big".into(), "ö".repeat(120_000));
    settings.details.insert("more".into(), "ö".repeat(130_000));
    pagerduty(&settings).notify(&first(), None).await.unwrap();
    let body = server.only().body;
    assert!(
        body.len() > 500_000 && body.len() <= 512_000,
        "{}",
        body.len()
    );

    settings.details.insert("last".into(), "ö".repeat(20_000));
    pagerduty(&settings).notify(&first(), None).await.unwrap();
    let request = server.only();
    assert!(request.body.len() < 5_000);
    let body = request.json();
    schema::pagerduty(&body).unwrap();
    let summary = body["payload"]["summary"].as_str().unwrap();
    assert_eq!(summary, format!("{}…", "ä".repeat(1_023)));
    let details = body["payload"]["custom_details"].as_object().unwrap();
    assert_eq!(details.len(), 1);
    let note = details["error"].as_str().unwrap();
    assert!(
        note.starts_with("The details were left out: the event had 54"),
        "{note}"
    );
}

#[tokio::test]
async fn each_status_means_what_pagerduty_says_of_it() {
    let server = Server::start().await;
    let refused = |errors: &str| {
        let body = json!({"status": "invalid event", "message": "Event object is invalid", "errors": [errors]});
        Answer::json(400, &body)
    };
    let cases = vec![
        (
            refused("'payload.severity' is missing"),
            (false, "invalid", None, "'payload.severity' is missing"),
        ),
        (
            refused("Invalid routing key"),
            (false, "auth", None, "Invalid routing key"),
        ),
        (refused(KEY), (false, "invalid", None, "***")),
        (Answer::new(404, ""), (false, "client_error", None, "404")),
        (Answer::new(429, ""), (true, "rate_limited", None, "429")),
        (
            Answer::new(429, "").with("retry-after", "30"),
            (true, "rate_limited", Some(30), "429"),
        ),
        (Answer::new(500, ""), (true, "server_error", None, "500")),
        (Answer::new(503, ""), (true, "server_error", None, "503")),
        (
            Answer::new(200, "<html>Log in</html>"),
            (false, "invalid", None, "not as PagerDuty does"),
        ),
    ];
    expect_failures(&server, &pagerduty(&settings(&server)), cases).await;
}

#[tokio::test]
async fn the_check_looks_at_the_key_and_calls_the_host_without_an_event() {
    let server = Server::start().await;
    let mut settings = settings(&server);
    pagerduty(&settings).check().await.unwrap();
    let request = server.only();
    assert_eq!(
        (&*request.method, &*request.path, &*request.body),
        ("HEAD", "/", "")
    );

    settings.routing_key = Some(Secret::new("{{ .CommonLabels.key }}"));
    pagerduty(&settings).check().await.unwrap();
    server.take();
    let error = pagerduty(&settings)
        .notify(&first(), None)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the template of the routing_key gives none"
    );

    settings.routing_key = Some(Secret::new("0123456789"));
    let error = pagerduty(&settings).check().await.unwrap_err();
    assert_eq!((error.is_temporary(), error.reason()), (false, "invalid"));
    assert!(!error.to_string().contains("0123456789"), "{error}");
    assert!(server.take().is_empty());
    settings.routing_key = None;
    let error = Pagerduty::new(&settings, texts()).unwrap_err();
    assert_eq!(error.to_string(), "there is no routing_key");
}

#[tokio::test]
async fn a_key_may_be_chosen_by_a_label() {
    let server = Server::start().await;
    server.answer([accepted()]);
    let mut settings = settings(&server);
    settings.routing_key = Some(Secret::new("{{ .CommonLabels.key }}"));
    let mut alert = firing();
    alert["labels"]["key"] = KEY.into();
    pagerduty(&settings)
        .notify(&notification("first", &[alert]), None)
        .await
        .unwrap();
    assert_eq!(server.only().json()["routing_key"], KEY);
}
