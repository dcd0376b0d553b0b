//! Cards for Microsoft Teams.

use llm_vitals_alert::notify::{Msteams, MsteamsSettings, Notifier, Receipt};
use serde_json::{Value, json};

use super::schema;
use super::server::{Answer, Server};
use super::support::{expect_failures, firing, first, notification, resolved, texts};

const SILENCE: &str = "https://gw.example/?view=alerts&silence=%7Balertname%3D%22HighErrorRate%22%2Cprovider%3D%22openai%22%2Cseverity%3D%22critical%22%7D";

fn settings(server: &Server) -> MsteamsSettings {
    let mut settings = MsteamsSettings::default();
    settings.webhook_url = Some(server.secret("/workflows/0123456789?sig=abcdefghij"));
    settings
}

fn teams(settings: &MsteamsSettings) -> Msteams {
    Msteams::new(settings, texts()).unwrap()
}

#[tokio::test]
async fn a_workflow_gets_an_adaptive_card() {
    let server = Server::start().await;
    server.answer([Answer::new(202, "")]);
    let receipt = teams(&settings(&server))
        .notify(&first(), None)
        .await
        .unwrap();
    assert_eq!(receipt, Receipt::default());
    let request = server.only();
    assert_eq!(request.path, "/workflows/0123456789?sig=abcdefghij");
    let body = request.json();
    schema::adaptive_card(&body).unwrap();
    let page = SILENCE.replace("silence", "alert");
    assert_eq!(
        body,
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.2",
                    "body": [
                        {
                            "type": "TextBlock", "text": r"\[FIRING:1\] HighErrorRate \(openai\)", "weight": "Bolder",
                            "size": "Medium", "wrap": true, "style": "heading", "color": "Attention",
                        },
                        {"type": "TextBlock", "text": "openai fails 10% of the calls", "wrap": true},
                        {"type": "TextBlock", "text": "**HighErrorRate** firing, critical", "wrap": true, "separator": true},
                        {"type": "FactSet", "facts": [
                            {"title": "Value", "value": r"10% \(alerts above 5%\)"},
                            {"title": "History", "value": r"▁▅█ \(30m\)"},
                            {"title": "Time", "value": r"since 2026-11-24 08:48:00 UTC \(12m\)"},
                            {"title": "Most of it", "value": "gpt-4o 71%"},
                            {"title": "Labels", "value": "provider=openai"},
                        ]},
                    ],
                    "msteams": {"width": "full"},
                    "actions": [
                        {"type": "Action.OpenUrl", "title": "Alerts", "url": page},
                        {"type": "Action.OpenUrl", "title": "Silence", "url": SILENCE},
                        {"type": "Action.OpenUrl", "title": "Runbook: HighErrorRate", "url": "https://runbooks.example/HighErrorRate.md"},
                    ],
                },
            }],
        })
    );
}

#[tokio::test]
async fn a_connector_gets_its_own_card() {
    let server = Server::start().await;
    server.answer([Answer::new(200, "1")]);
    let mut settings = settings(&server);
    settings.is_connector = true;
    let over = notification("all_resolved", &[resolved()]);
    teams(&settings).notify(&over, None).await.unwrap();
    let body = server.only().json();
    schema::message_card(&body).unwrap();
    let page = SILENCE.replace("silence", "alert");
    let action = |name: &str, uri: &str| json!({"@type": "OpenUri", "name": name, "targets": [{"os": "default", "uri": uri}]});
    assert_eq!(
        body,
        json!({
            "@context": "http://schema.org/extensions",
            "@type": "MessageCard",
            "title": "[RESOLVED] HighErrorRate (openai)",
            "summary": "[RESOLVED] HighErrorRate (openai)",
            "text": "Resolved: openai fails 10% of the calls",
            "themeColor": "2DC72D",
            "sections": [{
                "activityTitle": "**HighErrorRate** resolved, critical",
                "activitySubtitle": "openai fails 10% of the calls",
                "facts": [
                    {"name": "Time", "value": r"from 2026-11-24 08:48:00 UTC to 2026-11-24 09:00:00 UTC \(12m\)"},
                    {"name": "Labels", "value": "provider=openai"},
                ],
                "markdown": true,
            }],
            "potentialAction": [action("Alerts", &page), action("Silence", SILENCE)],
        })
    );
}

#[tokio::test]
async fn the_files_texts_stand_for_ours_and_their_values_are_escaped() {
    let server = Server::start().await;
    let mut settings = settings(&server);
    settings.title = Some("**{{ .CommonLabels.odd }}**".into());
    settings.text = Some(
        "[{{ .CommonLabels.odd }}]({{ .ExternalURL }}/a_(b)) [x]({{ .CommonLabels.odd }})".into(),
    );
    let mut alert = firing();
    alert["labels"]["odd"] = "*](javascript:x)".into();
    let notification = notification("first", &[alert]);
    teams(&settings).notify(&notification, None).await.unwrap();
    let body = server.only().json();
    schema::adaptive_card(&body).unwrap();
    let blocks = body["attachments"][0]["content"]["body"]
        .as_array()
        .unwrap();
    assert_eq!(blocks.len(), 2);
    assert_eq!(blocks[0]["text"], r"**\*\]\(javascript:x\)**");
    assert_eq!(
        blocks[1]["text"],
        r"[\*\]\(javascript:x\)](https://gw.example//a_(b)) [x]()"
    );

    settings.is_connector = true;
    settings.summary = Some("{{ .Status }}".into());
    teams(&settings).notify(&notification, None).await.unwrap();
    let body = server.only().json();
    schema::message_card(&body).unwrap();
    // There is no markup in a connector's title.
    assert_eq!(body["title"], "***](javascript:x)**");
    assert_eq!(body["summary"], "firing");
}

#[tokio::test]
async fn a_card_has_28_kilobytes_and_as_many_alerts_as_there_is_room_for() {
    let server = Server::start().await;
    let alerts: Vec<Value> = (0..100)
        .map(|number| {
            let mut alert = firing();
            alert["labels"]["provider"] = format!("{number:03}{}", "ä".repeat(190)).into();
            alert["annotations"]["summary"] = format!("{number:03}{}", "\"".repeat(2_000)).into();
            alert["annotations"]["description"] = "😀".repeat(2_000).into();
            alert
        })
        .collect();
    let notification = notification("first", &alerts);
    for is_connector in [false, true] {
        let mut settings = settings(&server);
        settings.is_connector = is_connector;
        teams(&settings).notify(&notification, None).await.unwrap();
        let request = server.only();
        assert!(request.body.len() <= 25_000, "{}", request.body.len());
        let body = request.json();
        let alerts = request.body.matches("**HighErrorRate** firing").count();
        assert!(alerts > 0 && alerts < 10, "{alerts}");
        let more = format!("and {} more", 100 - alerts);
        assert!(request.body.contains(&more), "{more}: {body}");
        if is_connector {
            schema::message_card(&body).unwrap();
        } else {
            schema::adaptive_card(&body).unwrap();
        }

        settings.text = Some("\u{1}😀\"".repeat(20_000));
        settings.title = Some("\u{1}".repeat(50_000));
        teams(&settings).notify(&first(), None).await.unwrap();
        let length = server.only().body.len();
        assert!((5_000..=25_000).contains(&length), "{length}");
    }
}

#[tokio::test]
async fn each_answer_means_what_teams_says_of_it() {
    let server = Server::start().await;
    let said = |status: u16| {
        Answer::new(
            200,
            format!(
                "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {status} with ContextId x"
            ),
        )
    };
    let cases = vec![
        (said(429), (true, "rate_limited", None, "HTTP error 429")),
        (said(503), (true, "server_error", None, "HTTP error 503")),
        (said(403), (false, "auth", None, "HTTP error 403")),
        (said(413), (false, "invalid", None, "HTTP error 413")),
        (said(400), (false, "client_error", None, "HTTP error 400")),
        (
            Answer::new(429, "").with("retry-after", "5"),
            (true, "rate_limited", Some(5), "429"),
        ),
        (
            Answer::new(400, "bad card"),
            (false, "client_error", None, "bad card"),
        ),
        (
            Answer::new(401, "DirectApiAuthorizationRequired"),
            (false, "auth", None, "401"),
        ),
        (Answer::new(404, ""), (false, "client_error", None, "404")),
        (Answer::new(410, ""), (false, "client_error", None, "410")),
        (Answer::new(502, ""), (true, "server_error", None, "502")),
    ];
    expect_failures(&server, &teams(&settings(&server)), cases).await;
}

#[tokio::test]
async fn the_check_calls_the_host_and_not_the_workflow() {
    let server = Server::start().await;
    teams(&settings(&server)).check().await.unwrap();
    let request = server.only();
    assert_eq!((&*request.method, &*request.path), ("HEAD", "/"));
    let error = Msteams::new(&MsteamsSettings::default(), texts()).unwrap_err();
    assert_eq!(error.to_string(), "there is no webhook_url");
}
