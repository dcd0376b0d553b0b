//! The services' formats as schemas, written from their documentation, whose own examples they must accept.

use boon::{Compiler, Schemas};
use serde_json::{Value, json};

const SLACK: &str = include_str!("schemas/slack.json");
const PAGERDUTY: &str = include_str!("schemas/pagerduty.json");
const ADAPTIVE_CARD: &str = include_str!("schemas/adaptive_card.json");
const MESSAGE_CARD: &str = include_str!("schemas/message_card.json");
const WEBHOOK: &str = include_str!("schemas/webhook.json");
const POSTABLE_ALERTS: &str = include_str!("schemas/postable_alerts.json");

pub(crate) fn slack(value: &Value) -> Result<(), String> {
    validate(SLACK, value)
}

pub(crate) fn pagerduty(value: &Value) -> Result<(), String> {
    validate(PAGERDUTY, value)
}

pub(crate) fn adaptive_card(value: &Value) -> Result<(), String> {
    validate(ADAPTIVE_CARD, value)
}

pub(crate) fn message_card(value: &Value) -> Result<(), String> {
    validate(MESSAGE_CARD, value)
}

pub(crate) fn webhook(value: &Value) -> Result<(), String> {
    validate(WEBHOOK, value)
}

pub(crate) fn postable_alerts(value: &Value) -> Result<(), String> {
    validate(POSTABLE_ALERTS, value)
}

fn validate(schema: &str, value: &Value) -> Result<(), String> {
    let mut compiler = Compiler::new();
    compiler.enable_format_assertions();
    let schema = serde_json::from_str(schema).unwrap();
    compiler.add_resource("schema.json", schema).unwrap();
    let mut schemas = Schemas::new();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    schemas
        .validate(value, index)
        .map_err(|error| format!("{error:#}"))
}

/// The example with one thing changed.
fn with(example: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = example.clone();
    *changed.pointer_mut(pointer).unwrap() = value;
    changed
}

#[test]
fn pagerdutys_own_examples_are_valid_and_what_it_refuses_is_not() {
    // developer.pagerduty.com, "Send an Alert Event" and the reference of `/v2/enqueue`; keys are 32 characters there in words.
    let trigger = json!({
        "payload": {
            "summary": "DISK at 99% on machine prod-datapipe03.example.com",
            "timestamp": "2015-07-17T08:42:58.315+0000",
            "severity": "critical", "source": "prod-datapipe03.example.com",
            "component": "mysql", "group": "prod-datapipe", "class": "disk",
            "custom_details": {"free space": "1%", "ping time": "1500ms", "load avg": 0.75},
        },
        "routing_key": "e93facc04764012d7bfb002500d5d1a6",
        "dedup_key": "srv01/mysql",
        "event_action": "trigger",
        "client": "Sample Monitoring Service",
        "client_url": "https://monitoring.service.com",
        "links": [{"href": "http://pagerduty.example.com", "text": "An example link."}],
        "images": [{
            "src": "https://chart.googleapis.com/chart?chs=600x400", "href": "https://google.com",
            "alt": "An example link with an image",
        }],
    });
    let resolve = json!({
        "routing_key": "e93facc04764012d7bfb002500d5d1a6", "dedup_key": "dedupkeyhere", "event_action": "resolve",
    });
    pagerduty(&trigger).unwrap();
    pagerduty(&resolve).unwrap();
    let wrong = [
        with(&trigger, "/payload/severity", "page".into()),
        with(&trigger, "/payload/summary", "x".repeat(1025).into()),
        with(&trigger, "/payload/source", Value::Null),
        with(&trigger, "/payload/timestamp", "yesterday".into()),
        with(&trigger, "/routing_key", "short".into()),
        with(&trigger, "/event_action", "fire".into()),
        with(&trigger, "/links/0/href", 1.into()),
        with(&trigger, "/images/0/src", "http://chart.example/".into()),
        with(&trigger, "/dedup_key", "x".repeat(256).into()),
        json!({"routing_key": "e93facc04764012d7bfb002500d5d1a6", "event_action": "resolve"}),
        json!({"routing_key": "e93facc04764012d7bfb002500d5d1a6", "event_action": "trigger"}),
    ];
    for value in wrong {
        assert!(pagerduty(&value).is_err(), "{value}");
    }
}

#[test]
fn slacks_own_examples_are_valid_and_what_it_refuses_is_not() {
    // docs.slack.dev: secondary attachments, the header block, `chat.postMessage` in a thread.
    let attachment = json!({
        "channel": "ABCDEBF1",
        "attachments": [{
            "mrkdwn_in": ["text"], "color": "#36a64f", "pretext": "Optional pre-text that appears above the attachment block",
            "author_name": "author_name", "author_link": "http://flickr.com/bobby/", "author_icon": "https://placeimg.com/16/16/people",
            "title": "title", "title_link": "https://api.slack.com/",
            "text": "Optional `text` that appears within the attachment",
            "fields": [
                {"title": "A field's title", "value": "This field's value", "short": false},
                {"title": "A short field's title", "value": "A short field's value", "short": true},
            ],
            "thumb_url": "http://placekitten.com/g/200/200", "footer": "footer",
            "footer_icon": "https://platform.slack-edge.com/img/default_application_icon.png", "ts": 123_456_789,
        }],
    });
    let blocks = json!({"blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "A Heartfelt Header"}},
        {"type": "section", "text": {"type": "plain_text", "text": "Hello world"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Hi*", "verbatim": true}},
    ]});
    let answer = json!({"channel": "C1234567890", "text": "Hello world", "thread_ts": "1234567890.123456", "reply_broadcast": true});
    let hello = json!({"text": "Hello, world."});
    for value in [&attachment, &blocks, &answer, &hello] {
        slack(value).unwrap();
    }
    let section = |text: Value| json!({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]});
    let many = |count: usize| json!({"blocks": vec![blocks["blocks"][0].clone(); count]});
    slack(&section("x".repeat(3000).into())).unwrap();
    slack(&many(50)).unwrap();
    let wrong = [
        section("x".repeat(3001).into()),
        section("".into()),
        many(51),
        with(&blocks, "/blocks/0/text/text", "x".repeat(151).into()),
        with(&blocks, "/blocks/0/text/type", "mrkdwn".into()),
        with(&blocks, "/blocks/0/type", "headline".into()),
        with(&attachment, "/attachments/0/color", "rot".into()),
        with(&attachment, "/attachments/0/title", "x".repeat(1025).into()),
        with(&attachment, "/attachments/0/fields/0/short", "yes".into()),
        with(&answer, "/thread_ts", "yesterday".into()),
        with(&hello, "/text", "x".repeat(40_001).into()),
        json!({"channel": "C1"}),
        json!({"text": "x", "unknown": 1}),
    ];
    for value in wrong {
        assert!(slack(&value).is_err(), "{value}");
    }
}

#[test]
fn microsofts_own_examples_are_valid_and_what_it_refuses_is_not() {
    // learn.microsoft.com: an adaptive card through a webhook, text features, FactSet, Action.OpenUrl, the connector's card.
    let card = json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.2",
                "body": [
                    {"type": "TextBlock", "text": "For Samples and Templates, see [https://adaptivecards.io/samples](https://adaptivecards.io/samples)"},
                    {"type": "TextBlock", "text": "- Bullet \r- List \r", "wrap": true},
                    {"type": "FactSet", "facts": [{"title": "Fact 1", "value": "Value 1"}]},
                ],
                "actions": [{"type": "Action.OpenUrl", "title": "Learn More", "url": "http://adaptivecards.io"}],
            },
        }],
    });
    let connector = json!({
        "@type": "MessageCard", "@context": "http://schema.org/extensions", "themeColor": "0076D7",
        "summary": "Larry Bryant created a new task",
        "sections": [{
            "activityTitle": "Larry Bryant created a new task", "activitySubtitle": "On Project Tango",
            "activityImage": "https://teamsnodesample.azurewebsites.net/static/img/image5.png",
            "facts": [{"name": "Assigned to", "value": "Unassigned"}], "markdown": true,
        }],
        "potentialAction": [{"@type": "OpenUri", "name": "Learn More",
            "targets": [{"os": "default", "uri": "https://docs.microsoft.com/outlook/actionable-messages"}]}],
    });
    adaptive_card(&card).unwrap();
    message_card(&connector).unwrap();
    let content = "/attachments/0/content";
    let wrong = [
        with(&card, "/type", "card".into()),
        with(&card, "/attachments/0/contentType", "text/plain".into()),
        with(&card, &format!("{content}/type"), "Card".into()),
        with(&card, &format!("{content}/version"), 1.2.into()),
        with(&card, &format!("{content}/body/0/type"), "Text".into()),
        with(&card, &format!("{content}/body/2/facts/0/value"), 1.into()),
        with(
            &card,
            &format!("{content}/actions/0/type"),
            "Action.Http".into(),
        ),
        with(
            &card,
            &format!("{content}/actions/0/url"),
            "no address".into(),
        ),
    ];
    for value in wrong {
        assert!(adaptive_card(&value).is_err(), "{value}");
    }
    let wrong = [
        with(&connector, "/@type", "Card".into()),
        with(&connector, "/themeColor", "red".into()),
        with(&connector, "/sections/0/facts/0/value", Value::Null),
        with(&connector, "/potentialAction/0/@type", "HttpGET".into()),
        json!({"@type": "MessageCard", "@context": "http://schema.org/extensions", "title": "x"}),
    ];
    for value in wrong {
        assert!(message_card(&value).is_err(), "{value}");
    }
}

#[test]
fn alertmanagers_own_examples_are_valid_and_what_it_refuses_is_not() {
    let body = json!({
        "receiver": "sms", "status": "firing",
        "alerts": [{
            "status": "firing",
            "labels": {"alertname": "ProbeFailure", "job": "http_checks"},
            "annotations": {"summary": "BlackBox Probe Failure: https://server.example.org"},
            "startsAt": "2023-02-06T13:08:45.828Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example.org:9090/graph?g0.expr=probe_success+%3D%3D+0&g0.tab=1",
            "fingerprint": "1a30ba71cca2921f",
        }],
        "groupLabels": {"alertname": "ProbeFailure"}, "commonLabels": {"alertname": "ProbeFailure"}, "commonAnnotations": {},
        "externalURL": "http://prometheus.example.org:9093", "version": "4",
        "groupKey": "{}/{severity=\"critical\"}:{alertname=\"ProbeFailure\"}", "truncatedAlerts": 0,
    });
    webhook(&body).unwrap();
    let wrong = [
        with(&body, "/version", "3".into()),
        with(&body, "/status", "ok".into()),
        with(&body, "/alerts/0/fingerprint", "1a30".into()),
        with(&body, "/alerts/0/startsAt", "yesterday".into()),
        with(&body, "/alerts/0/labels/job", 1.into()),
        with(&body, "/truncatedAlerts", (-1).into()),
    ];
    for value in wrong {
        assert!(webhook(&value).is_err(), "{value}");
    }
    let alerts = json!([{
        "labels": {"alertname": "A"}, "annotations": {"summary": "s"}, "startsAt": "2023-02-06T13:08:45.828Z",
        "endsAt": "2023-02-06T13:12:45.828Z", "generatorURL": "http://prometheus.example.org:9090/graph",
    }]);
    postable_alerts(&alerts).unwrap();
    for (pointer, value) in [
        ("/0/labels", Value::Null),
        ("/0/endsAt", "".into()),
        ("/0/generatorURL", "a b".into()),
    ] {
        assert!(
            postable_alerts(&with(&alerts, pointer, value)).is_err(),
            "{pointer}"
        );
    }
}
