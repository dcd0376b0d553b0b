//! The same requests to a real Alertmanager and to ours.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::CONFIG;
use super::server::{request, start};
use crate::alertmanager::Alertmanager;

type Request = (&'static str, String, Option<&'static str>, String);

/// In this order. `ID` is the last silence that was made.
fn requests() -> Vec<Request> {
    let json = Some("application/json");
    let get = |path: &str| ("GET", format!("/api/v2{path}"), None, String::new());
    let post =
        |path: &str, body: &Value| ("POST", format!("/api/v2{path}"), json, body.to_string());
    let raw = |path: &str, body: &str| ("POST", format!("/api/v2{path}"), json, body.to_owned());
    let (start, end) = ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    let silence = |matchers: Value| json!({"matchers": matchers, "startsAt": start, "endsAt": end, "createdBy": "me", "comment": "why"});
    let with = |change: fn(&mut Value)| {
        let mut silence = silence(json!([{"name": "a", "value": "b", "isRegex": false}]));
        change(&mut silence);
        silence
    };
    let a_is_b = json!([{"name": "a", "value": "b", "isRegex": false}]);
    vec![
        get("/receivers"),
        get("/alerts"),
        get("/alerts/groups"),
        get("/silences"),
        ("GET", "/-/ready".to_owned(), None, String::new()),
        ("GET", "/-/healthy".to_owned(), None, String::new()),
        raw("/alerts", "[]"),
        raw("/alerts", "null"),
        raw("/alerts", ""),
        raw("/alerts", "{}"),
        raw("/alerts", "[{}]"),
        raw("/alerts", "[{\"labels\":{\"a\":\"b\"}"),
        post("/alerts", &json!([{"labels": {}}])),
        post("/alerts", &json!([{"labels": {"a": ""}}])),
        post("/alerts", &json!([{"labels": {"": "x"}}])),
        post("/alerts", &json!([{"labels": {"a": 1}}])),
        post(
            "/alerts",
            &json!([{"labels": {"a": "b"}, "startsAt": "yesterday"}]),
        ),
        post(
            "/alerts",
            &json!([{"labels": {"a": "b"}, "startsAt": end, "endsAt": start}]),
        ),
        post(
            "/alerts",
            &json!([{"labels": {"a": "b"}, "generatorURL": "no address"}]),
        ),
        (
            "POST",
            "/api/v2/alerts".to_owned(),
            Some("text/plain"),
            "[]".to_owned(),
        ),
        ("POST", "/api/v2/alerts".to_owned(), None, "[]".to_owned()),
        (
            "POST",
            "/api/v2/alerts".to_owned(),
            Some("application/json; charset=utf-8"),
            "[]".to_owned(),
        ),
        post(
            "/alerts",
            &json!([
                {"labels": {"alertname": "X", "severity": "page"}, "annotations": {"s": "t"},
                 "startsAt": "2026-11-24T10:00:00+01:00", "generatorURL": "http://x/y?a=b"},
                {"labels": {"alertname": "X", "severity": "warning", "empty": ""}, "unknown": 1},
                {"labels": {"a": "b"}, "endsAt": end},
                {"labels": {"over": "yes"}, "endsAt": start},
                {"labels": {"alertname": "ü\"\\\n"}, "startsAt": "0001-01-01T00:00:00.000Z"},
            ]),
        ),
        get("/alerts"),
        get("/alerts/"),
        get("/alerts?filter=severity%3Dpage"),
        get("/alerts?filter=severity%3D~%22page%7Cwarning%22&filter=alertname!=Y"),
        get("/alerts?filter=severity%3D%22%22"),
        get("/alerts?filter=severity"),
        get("/alerts?filter=a=b,c=d"),
        get("/alerts?filter=%7Ba=b%7D"),
        get("/alerts?receiver=b"),
        get("/alerts?receiver=("),
        get("/alerts?receiver=b%7Cnone"),
        get("/alerts?active=false"),
        get("/alerts?active=no&active=1"),
        get("/alerts?inhibited=false"),
        get("/alerts?silenced=false&unprocessed=false"),
        get("/alerts/groups"),
        get("/alerts/groups?receiver=b"),
        get("/alerts/groups?inhibited=false&filter=alertname%3DX"),
        raw("/silences", ""),
        raw("/silences", "{}"),
        raw("/silences", "[]"),
        post("/silences", &silence(json!([]))),
        post("/silences", &silence(json!([{"name": "a", "value": "b"}]))),
        post(
            "/silences",
            &silence(json!([{"name": "a", "isRegex": false}])),
        ),
        post(
            "/silences",
            &silence(json!([{"name": "a", "value": "", "isRegex": false}])),
        ),
        post(
            "/silences",
            &silence(json!([{"name": "a", "value": "(", "isRegex": true}])),
        ),
        post(
            "/silences",
            &with(|silence| silence["endsAt"] = json!("2019-01-01T00:00:00Z")),
        ),
        post(
            "/silences",
            &with(|silence| silence["startsAt"] = json!("2100-01-01T00:00:00Z")),
        ),
        post(
            "/silences",
            &with(|silence| {
                silence["startsAt"] = json!("2019-01-01T00:00:00Z");
                silence["endsAt"] = json!("2019-02-01T00:00:00Z");
            }),
        ),
        post(
            "/silences",
            &with(|silence| silence["id"] = json!("5947eba9-c472-42c4-88fe-ad9b8cd781b0")),
        ),
        post(
            "/silences",
            &with(|silence| silence["createdBy"] = Value::Null),
        ),
        post("/silences", &silence(a_is_b)),
        get("/silences"),
        get("/silence/ID"),
        get("/alerts?filter=a%3Db"),
        get("/alerts?silenced=false"),
        get("/alerts/groups?silenced=false"),
        get("/silences?filter=a%3Db"),
        get("/silences?filter=a%3Dc"),
        get("/silences?filter=a"),
        get("/silence/no-id"),
        get("/silence/5947eba9-c472-42c4-88fe-ad9b8cd781b0"),
        (
            "DELETE",
            "/api/v2/silence/ID".to_owned(),
            None,
            String::new(),
        ),
        (
            "DELETE",
            "/api/v2/silence/ID".to_owned(),
            None,
            String::new(),
        ),
        get("/silences"),
        get("/alerts?filter=a%3Db"),
        post(
            "/silences",
            &silence(json!([
                {"name": "c", "value": "d|", "isRegex": true, "isEqual": false},
                {"name": "x", "value": "y", "isRegex": false, "isEqual": true},
            ])),
        ),
        get("/silences"),
        get("/nothing"),
        ("PUT", "/api/v2/alerts".to_owned(), None, String::new()),
        ("DELETE", "/api/v2/silences".to_owned(), None, String::new()),
        ("POST", "/api/v2/silence/ID".to_owned(), None, String::new()),
        post(
            "/alerts",
            &json!([{"labels": {"a": "b"}, "endsAt": "2026-11-24T10:00:00Z", "startsAt": "2026-11-24T09:00:00Z"}]),
        ),
        get("/alerts?filter=a%3Db"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_those_of_alertmanager() {
    let Some(alertmanager) = Alertmanager::start(CONFIG, &[]).await else {
        return;
    };
    let theirs = alertmanager.port;
    let (ours, _) = start(CONFIG).await;
    let mut ids = [String::new(), String::new()];
    let mut different = Vec::new();
    let requests = requests();
    for (method, path, content_type, body) in &requests {
        let mut answers = ask_both(
            [theirs, ours],
            &mut ids,
            (method, path, *content_type, body),
        )
        .await;
        // Theirs makes its groups in another thread, which may be late.
        for _ in 0..100 {
            if *method != "GET" || answers[0] == answers[1] {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            answers = ask_both(
                [theirs, ours],
                &mut ids,
                (method, path, *content_type, body),
            )
            .await;
        }
        if answers[0] != answers[1] {
            different.push(format!(
                "{method} {path} {body}\n  {:?}\n  {:?}",
                answers[0], answers[1]
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(requests.len() > 70, "{}", requests.len());
}

/// One request to each of two ports, with the id of the silence that each has made. Gives status, content type and what is comparable.
async fn ask_both(
    ports: [u16; 2],
    ids: &mut [String; 2],
    (method, path, content_type, body): (&str, &str, Option<&str>, &str),
) -> Vec<(u16, String, Value)> {
    let mut answers = Vec::new();
    for (port, id) in ports.into_iter().zip(ids) {
        let path = path.replace("ID", id);
        let (status, kind, text) =
            request(port, method, &path, content_type, body.as_bytes()).await;
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        if let Some(made) = value["silenceID"].as_str() {
            made.clone_into(id);
        }
        answers.push((status, kind, plain(value, id)));
    }
    answers
}

/// An answer without what differs from run to run, and without the sentences of errors.
fn plain(value: Value, id: &str) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| plain(item, id)).collect(),
        Value::Object(fields) => {
            if let Some(code) = fields.get("code") {
                return json!({"code": code, "message": fields["message"].is_string()});
            }
            let fields = fields.into_iter().filter(|(name, _)| name != "mutedBy");
            let fields = fields.map(|(name, value)| {
                let value = if name.ends_with("At") {
                    moment(&value)
                } else {
                    plain(value, id)
                };
                (name, value)
            });
            Value::Object(fields.collect())
        }
        Value::String(text) if !id.is_empty() && text == id => json!("ID"),
        Value::String(text) if text.len() == 36 && text.matches('-').count() == 4 => {
            json!("other id")
        }
        Value::String(text) if text.contains("must not match the empty string") => {
            json!("matches all")
        }
        Value::String(text) if text.starts_with("bad matcher format") => {
            json!("bad matcher format")
        }
        Value::String(text) if text.starts_with("failed to parse receiver") => json!("receiver"),
        Value::String(text) if text.starts_with("silence invalid: invalid label matcher 0") => {
            json!("matcher")
        }
        Value::String(text)
            if text.starts_with("invalid label set") || text.contains("empty name") =>
        {
            json!("name")
        }
        Value::String(text) if text.contains("start time must be before end time") => {
            json!("end before start")
        }
        other => other,
    }
}

/// Both did this at some time; a moment far from now is one that was said.
fn moment(value: &Value) -> Value {
    let moment: Timestamp = value.as_str().unwrap().parse().unwrap();
    let distance = moment.as_second() - Timestamp::now().as_second();
    match distance {
        -60..=60 => json!("now"),
        240..=360 => json!("in five minutes"),
        _ => json!(moment.as_millisecond()),
    }
}
