//! What comes from outside mentions nobody, links to nothing and fits.

use llm_vitals_alert::notify::{
    AlertmanagerPush, Msteams, MsteamsSettings, Notifier, Pagerduty, PagerdutySettings,
    PushSettings, Secret, Slack, SlackSettings, Webhook, WebhookSettings,
};
use serde_json::Value;

use super::schema;
use super::server::{Answer, Server};
use super::support::{hostile, notification, texts};

/// All texts of a JSON value.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

fn assert_no_controls(body: &Value) {
    for text in strings(body) {
        let bad = |c: char| {
            (c.is_control() && c != '\n')
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!text.contains(bad), "{text:?}");
    }
}

/// What stands in `<...>` in Slack's markup.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    text.split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap())
}

/// Every alert alone, and all of them together.
fn groups() -> Vec<Vec<Value>> {
    let alerts = hostile();
    let mut groups: Vec<Vec<Value>> = alerts.iter().map(|alert| vec![alert.clone()]).collect();
    groups.push(alerts);
    groups
}

#[tokio::test]
async fn slack_is_told_of_no_mention_and_of_no_link_but_ours() {
    let server = Server::start().await;
    let mut settings = SlackSettings::default();
    settings.api_url = Some(server.secret("/hook"));
    let ours = Slack::new(&settings, texts()).unwrap();
    settings.text = Some(
        "{{ range .Alerts }}{{ .Labels.alertname }} {{ .Annotations.summary }}\n{{ end }}".into(),
    );
    settings.title = Some("{{ template \"slack.default.title\" . }}".into());
    settings.pretext = Some("{{ .Message.Text }}".into());
    let templates = Slack::new(&settings, texts()).unwrap();
    for alerts in groups() {
        let notification = notification("first", &alerts);
        for slack in [&ours, &templates] {
            slack.notify(&notification, None).await.unwrap();
            let body = server.only().json();
            schema::slack(&body).unwrap();
            assert_no_controls(&body);
            for text in strings(&body) {
                for command in commands(text) {
                    assert!(
                        command.starts_with("https://gw.example/?view="),
                        "{command}"
                    );
                    assert!(text.contains(&format!("{command}>")), "{text}");
                }
                // A reference is whole.
                for (at, _) in text.match_indices('&') {
                    let rest = &text[at..];
                    let is_address = text.starts_with("https://gw.example/");
                    let is_whole = ["&amp;", "&lt;", "&gt;"]
                        .iter()
                        .any(|name| rest.starts_with(name));
                    assert!(is_whole || is_address, "{rest:.20}");
                }
            }
            let line = body["text"].as_str().unwrap_or_default();
            assert!(!line.contains("https://evil"), "{line}");
            assert!(!line.contains("@here"), "{line}");
        }
    }
}

#[tokio::test]
async fn teams_shows_no_markup_and_no_link_but_ours() {
    let server = Server::start().await;
    for is_connector in [false, true] {
        let mut settings = MsteamsSettings::default();
        settings.webhook_url = Some(server.secret("/hook"));
        settings.is_connector = is_connector;
        let ours = Msteams::new(&settings, texts()).unwrap();
        settings.text = Some(
            "{{ range .Alerts }}{{ .Labels.alertname }} {{ .Annotations.summary }}\n{{ end }}"
                .into(),
        );
        let templates = Msteams::new(&settings, texts()).unwrap();
        for alerts in groups() {
            let notification = notification("first", &alerts);
            for teams in [&ours, &templates] {
                teams.notify(&notification, None).await.unwrap();
                let request = server.only();
                assert!(request.body.len() <= 25_000);
                let mut body = request.json();
                assert_no_controls(&body);
                if is_connector {
                    schema::message_card(&body).unwrap();
                    // These two have no markup.
                    body["title"] = Value::Null;
                    body["summary"] = Value::Null;
                    body["potentialAction"] = Value::Null;
                } else {
                    schema::adaptive_card(&body).unwrap();
                    body["attachments"][0]["content"]["actions"] = Value::Null;
                }
                for text in strings(&body) {
                    assert!(!text.contains("]("), "{text}");
                    assert!(!text.contains("DATE("), "{text}");
                    assert!(!text.contains('<'), "{text}");
                }
            }
        }
    }
}

#[tokio::test]
async fn pagerduty_gets_plain_texts_that_fit() {
    let server = Server::start().await;
    let mut settings = PagerdutySettings::default();
    settings.routing_key = Some(Secret::new("e93facc04764012d7bfb002500d5d1a6"));
    settings.url = Some(server.url("/v2/enqueue"));
    settings.source = Some("{{ .CommonLabels.provider }}".into());
    settings
        .details
        .insert("all".into(), "{{ .Message.Text }}".into());
    let pagerduty = Pagerduty::new(&settings, texts()).unwrap();
    for alerts in groups() {
        server.answer([Answer::new(202, "")]);
        pagerduty
            .notify(&notification("first", &alerts), None)
            .await
            .unwrap();
        let request = server.only();
        assert!(request.body.len() <= 512_000);
        schema::pagerduty(&request.json()).unwrap();
        assert_no_controls(&request.json());
        let body = request.json();
        for link in body["links"].as_array().into_iter().flatten() {
            let href = link["href"].as_str().unwrap();
            assert!(href.starts_with("https://gw.example/"), "{href}");
        }
    }
}

#[tokio::test]
async fn programs_get_every_character_as_it_is() {
    let server = Server::start().await;
    let mut settings = WebhookSettings::default();
    settings.url = Some(server.secret("/hook"));
    let webhook = Webhook::new(&settings).unwrap();
    let mut settings = PushSettings::default();
    settings.urls = vec![server.secret("")];
    let push = AlertmanagerPush::new(&settings).unwrap();
    let alerts = hostile();
    let notification = notification("first", &alerts);
    webhook.notify(&notification, None).await.unwrap();
    let body = server.only().json();
    schema::webhook(&body).unwrap();
    push.notify(&notification, None).await.unwrap();
    let posted = server.only().json();
    schema::postable_alerts(&posted).unwrap();
    for (at, alert) in alerts.iter().enumerate() {
        assert_eq!(body["alerts"][at]["labels"], alert["labels"]);
        assert_eq!(posted[at]["labels"], alert["labels"]);
        assert_eq!(posted[at]["annotations"], alert["annotations"]);
    }
}
