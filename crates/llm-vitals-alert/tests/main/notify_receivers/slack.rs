//! Messages to Slack's webhooks.

use llm_vitals_alert::notify::{FieldSettings, Notifier, Receipt, Secret, Slack, SlackSettings};
use serde_json::{Value, json};

use super::schema;
use super::server::{Answer, Server};
use super::support::{expect_failures, firing, first, hostile, notification, resolved, texts};

const HOOK: &str = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";
const SILENCE: &str = "https://gw.example/?view=alerts&amp;silence=%7Balertname%3D%22HighErrorRate%22%2Cprovider%3D%22openai%22%2Cseverity%3D%22critical%22%7D";

fn settings(server: &Server) -> SlackSettings {
    let mut settings = SlackSettings::default();
    settings.api_url = Some(server.secret(HOOK));
    settings
}

fn slack(settings: &SlackSettings) -> Slack {
    Slack::new(settings, texts()).unwrap()
}

fn page() -> String {
    SILENCE.replace("silence", "alert")
}

#[tokio::test]
async fn a_message_says_what_is_wrong_and_what_stands_behind_it() {
    let server = Server::start().await;
    let receipt = slack(&settings(&server))
        .notify(&first(), None)
        .await
        .unwrap();
    assert_eq!(receipt, Receipt::default());
    let request = server.only();
    assert_eq!((&*request.method, &*request.path), ("POST", HOOK));
    let body = request.json();
    schema::slack(&body).unwrap();
    let section = |text: &str| json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}});
    let page = page();
    assert_eq!(
        body,
        json!({
            "text": format!("*<{page}|[FIRING:1] HighErrorRate (openai)>*"),
            "attachments": [{
                "color": "danger",
                "fallback": "[FIRING:1] HighErrorRate (openai)",
                "blocks": [
                    section("openai fails 10% of the calls"),
                    section(&format!("*HighErrorRate* firing, critical
Value: 10% (alerts above 5%)
History: ▁▅█ (30m)
Time: since 2026-11-24 08:48:00 UTC (12m)
<https://runbooks.example/HighErrorRate.md|Runbook> · <{page}|Alert> · <{SILENCE}|Silence> · <https://gw.example/graph?g0.expr=x|Source>
Most of it: gpt-4o 71%
`provider=openai`")),
                ],
            }],
            "unfurl_links": false,
            "unfurl_media": false,
        })
    );
}

#[tokio::test]
async fn colour_reason_and_severity_follow_the_state() {
    let server = Server::start().await;
    let slack = slack(&settings(&server));
    let mut warning = firing();
    warning["labels"]["severity"] = "warning".into();
    let cases = [
        ("first", firing(), "danger"),
        ("repeat", warning, "warning"),
        ("all_resolved", resolved(), "good"),
    ];
    for (reason, alert, color) in cases {
        slack
            .notify(&notification(reason, &[alert]), None)
            .await
            .unwrap();
        let body = server.only().json();
        schema::slack(&body).unwrap();
        let attachment = &body["attachments"][0];
        assert_eq!(attachment["color"], color);
        let head = attachment["blocks"][0]["text"]["text"].as_str().unwrap();
        assert_eq!(
            head.contains("_A reminder: nothing has changed"),
            reason == "repeat"
        );
    }
}

#[tokio::test]
async fn many_alerts_have_room_together() {
    let server = Server::start().await;
    let alerts: Vec<Value> = (0..100)
        .map(|number| {
            let mut alert = firing();
            alert["labels"]["provider"] = format!("{number:03}{}", "ä".repeat(150)).into();
            alert["annotations"]["description"] = "ö".repeat(5_000).into();
            alert
        })
        .collect();
    slack(&settings(&server))
        .notify(&notification("first", &alerts), None)
        .await
        .unwrap();
    let body = server.only().json();
    schema::slack(&body).unwrap();
    let blocks = body["attachments"][0]["blocks"].as_array().unwrap();
    assert_eq!(blocks.len(), 12);
    let sizes = blocks
        .iter()
        .map(|block| block["text"]["text"].as_str().unwrap().chars().count());
    assert!(sizes.sum::<usize>() <= 12_000);
    assert_eq!(blocks[11]["text"]["text"], "_and 90 more firing_");
    for block in &blocks[1..11] {
        let text = block["text"]["text"].as_str().unwrap();
        assert!(text.contains("Value: 10% (alerts above 5%)"), "{text}");
        assert!(text.contains("|Runbook>"), "{text}");
        assert_eq!(
            text.matches('<').count(),
            text.matches('>').count(),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_file_that_says_how_it_looks_gets_alertmanagers_attachment() {
    let server = Server::start().await;
    let mut settings = settings(&server);
    settings.channel = Some("#{{ .CommonLabels.provider }}".into());
    settings.username = Some("watch".into());
    settings.icon_emoji = Some(":fire:".into());
    settings.color = Some("{{ if eq .Status \"firing\" }}#ff0000{{ else }}good{{ end }}".into());
    settings.title = Some("{{ .CommonLabels.alertname }} & <{{ .ExternalURL }}|all>".into());
    settings.title_link = Some("{{ .ExternalURL }}/?a=1&b={{ .CommonLabels.provider }}".into());
    settings.text = Some("*{{ .CommonAnnotations.summary }}* {{ .CommonLabels.odd }}".into());
    settings.footer = Some("{{ .Receiver }}".into());
    settings.image_url = Some("javascript:x".into());
    let mut field = FieldSettings::default();
    field.title = "Provider".into();
    field.value = "{{ .CommonLabels.provider }}".into();
    field.short = Some(true);
    settings.fields = vec![field.clone()];
    field.short = None;
    settings.fields.push(field);
    let mut alert = firing();
    alert["labels"]["odd"] = "<!channel> & <https://evil|x>".into();
    slack(&settings)
        .notify(&notification("first", &[alert]), None)
        .await
        .unwrap();
    let body = server.only().json();
    schema::slack(&body).unwrap();
    assert_eq!(
        body,
        json!({
            "channel": "#openai", "username": "watch", "icon_emoji": ":fire:",
            "attachments": [{
                "title": "HighErrorRate & <https://gw.example|all>",
                "title_link": "https://gw.example/?a=1&b=openai",
                "text": "*openai fails 10% of the calls* &lt;!channel&gt; &amp; &lt;https://evil|x&gt;",
                "fallback": "[FIRING:1] HighErrorRate (&lt;!channel&gt; &amp; &lt;https://evil|x&gt; openai) | openai fails 10% of the calls",
                "footer": "team",
                "color": "#ff0000",
                "fields": [
                    {"title": "Provider", "value": "openai", "short": true},
                    {"title": "Provider", "value": "openai", "short": false},
                ],
                "mrkdwn_in": ["fallback", "pretext", "text"],
            }],
            "unfurl_links": false, "unfurl_media": false,
        })
    );
}

#[tokio::test]
async fn a_title_alone_leaves_the_evidence_in_the_text_and_a_template_that_fails_the_default() {
    let server = Server::start().await;
    let mut settings = settings(&server);
    settings.title = Some("{{ .Nothing.More }}".into());
    slack(&settings).notify(&first(), None).await.unwrap();
    let attachment = server.only().json()["attachments"][0].clone();
    assert_eq!(attachment["title"], "[FIRING:1] HighErrorRate (openai)");
    assert_eq!(attachment["title_link"], page().replace("&amp;", "&"));
    let text = attachment["text"].as_str().unwrap();
    assert!(
        text.starts_with(
            "openai fails 10% of the calls\n\n*HighErrorRate* firing, critical\nValue: 10%"
        ),
        "{text}"
    );

    settings.title = Some("{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}".into());
    settings.text = Some("{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}".into());
    slack(&settings)
        .notify(&notification("first", &hostile()), None)
        .await
        .unwrap();
    let body = server.only().json();
    schema::slack(&body).unwrap();
    let title = body["attachments"][0]["title"].as_str().unwrap();
    assert_eq!(title.chars().next_back(), Some('…'));
    assert!(title.chars().map(char::len_utf16).sum::<usize>() <= 1_024);
}

#[tokio::test]
async fn link_names_makes_no_mention_of_what_comes_from_outside() {
    let server = Server::start().await;
    let mut settings = settings(&server);
    settings.link_names = true;
    settings.text = Some("@oncall {{ .CommonLabels.odd }}".into());
    let mut alert = firing();
    alert["labels"]["odd"] = "@here".into();
    slack(&settings)
        .notify(&notification("first", &[alert]), None)
        .await
        .unwrap();
    let body = server.only().json();
    assert_eq!(body["link_names"], true);
    assert_eq!(body["attachments"][0]["text"], "@oncall @\u{2060}here");
}

#[tokio::test]
async fn each_answer_means_what_slack_says_of_it() {
    let server = Server::start().await;
    let limited = json!({"retry_after": 1, "ok": false, "error": "rate_limited"});
    let cases = vec![
        (
            Answer::new(403, "invalid_token"),
            (false, "auth", None, "invalid_token: the token or"),
        ),
        (
            Answer::new(403, "action_prohibited"),
            (false, "auth", None, "action_prohibited"),
        ),
        (
            Answer::new(404, "channel_not_found"),
            (false, "client_error", None, "no such channel"),
        ),
        (
            Answer::new(404, "no_service"),
            (false, "client_error", None, "make a new one"),
        ),
        (
            Answer::new(404, "no_team"),
            (false, "client_error", None, "no_team"),
        ),
        (
            Answer::new(410, "channel_is_archived"),
            (false, "client_error", None, "is archived"),
        ),
        (
            Answer::new(400, "no_text"),
            (false, "invalid", None, "no_text"),
        ),
        (
            Answer::new(500, "rollup_error"),
            (true, "server_error", None, "rollup_error"),
        ),
        (
            Answer::new(500, "some_new_word"),
            (true, "server_error", None, "500"),
        ),
        (
            Answer::new(503, "<html>down</html>"),
            (true, "server_error", None, "503"),
        ),
        (
            Answer::json(429, &limited).with("retry-after", "30"),
            (true, "rate_limited", Some(30), "rate_limited"),
        ),
        (
            Answer::json(429, &limited),
            (true, "rate_limited", Some(1), "rate_limited"),
        ),
        (Answer::new(429, ""), (true, "rate_limited", None, "429")),
        (
            Answer::json(200, &json!({"ok": false, "error": "channel_not_found"})),
            (false, "client_error", None, "channel_not_found"),
        ),
        (
            Answer::json(
                200,
                &json!({"ok": false, "error": "ratelimited", "retry_after": 4}),
            ),
            (true, "rate_limited", Some(4), "ratelimited"),
        ),
        (
            Answer::json(200, &json!({"ok": false, "error": "<b>\u{7} strange"})),
            (false, "client_error", None, "Slack says an unknown error"),
        ),
        (
            Answer::new(200, "<html>Log in</html>"),
            (false, "invalid", None, "not as a webhook of Slack does"),
        ),
    ];
    expect_failures(&server, &slack(&settings(&server)), cases).await;
}

#[tokio::test]
async fn a_message_that_is_not_taken_as_it_looks_is_sent_plain() {
    let server = Server::start().await;
    let slack = slack(&settings(&server));
    server.answer([Answer::new(400, "invalid_blocks")]);
    slack.notify(&first(), None).await.unwrap();
    let requests = server.take();
    assert_eq!(requests.len(), 2);
    let body = requests[1].json();
    schema::slack(&body).unwrap();
    assert_eq!(body.get("attachments"), None);
    let text = body["text"].as_str().unwrap();
    assert!(
        text.starts_with("*[FIRING:1] HighErrorRate (openai)*\nopenai fails 10% of the calls"),
        "{text}"
    );

    server.answer([
        Answer::new(400, "invalid_payload"),
        Answer::new(400, "invalid_payload"),
    ]);
    let error = slack.notify(&first(), None).await.unwrap_err();
    assert_eq!((error.is_temporary(), error.reason()), (false, "invalid"));
    assert_eq!(server.take().len(), 2);
}

#[tokio::test]
async fn the_check_of_a_webhook_looks_at_its_form_and_calls_the_host() {
    let server = Server::start().await;
    slack(&settings(&server)).check().await.unwrap();
    let request = server.only();
    assert_eq!((&*request.method, &*request.path), ("HEAD", "/"));
    let wrong = [
        "https://hooks.slack.com/services/T0000/secret",
        "http://hooks.slack.com/services/T0000/B0000/secret",
        "https://hooks.slack.com/services/X0000/B0000/secret",
        "https://hooks.slack.com/",
        "hooks.slack.com/services/T0000/B0000/secret",
    ];
    for url in wrong {
        let mut settings = SlackSettings::default();
        settings.api_url = Some(Secret::new(url));
        let error = slack(&settings).check().await.unwrap_err();
        assert_eq!(
            (error.is_temporary(), error.reason()),
            (false, "invalid"),
            "{url}"
        );
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let error = Slack::new(&SlackSettings::default(), texts()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is neither an api_url nor a bot_token"
    );
}
