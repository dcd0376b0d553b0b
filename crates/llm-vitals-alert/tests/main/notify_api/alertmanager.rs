//! The same requests to a real Alertmanager and to ours.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::CONFIG;
use super::server::{request, start};

/// Killed when dropped.
struct Alertmanager(Child);

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

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
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("alertmanager.yml");
    std::fs::write(&config, CONFIG).unwrap();
    // Between this and the start somebody may take the port; then the test fails and says so.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = listener.local_addr().unwrap().port();
    drop(listener);
    let spawned = Command::new("prometheus-alertmanager")
        .arg(format!("--config.file={}", config.display()))
        .arg(format!(
            "--storage.path={}",
            folder.path().join("data").display()
        ))
        .arg(format!("--web.listen-address=127.0.0.1:{theirs}"))
        .arg("--cluster.listen-address=")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(child) = spawned else {
        assert!(
            std::env::var_os("CI").is_none(),
            "prometheus-alertmanager is needed for this test"
        );
        eprintln!("SKIPPED: prometheus-alertmanager is not installed");
        return;
    };
    let mut alertmanager = Alertmanager(child);
    let mut tries = 0;
    while tokio::net::TcpStream::connect(("127.0.0.1", theirs))
        .await
        .is_err()
    {
        assert!(
            alertmanager.0.try_wait().unwrap().is_none(),
            "it did not start"
        );
        tries += 1;
        assert!(tries < 200, "it does not answer");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (ours, _) = start(CONFIG).await;
    let mut ids = [String::new(), String::new()];
    let mut different = Vec::new();
    let requests = requests();
    for (method, path, content_type, body) in &requests {
        let mut answers = Vec::new();
        for (port, id) in [theirs, ours].into_iter().zip(&mut ids) {
            let path = path.replace("ID", id);
            let (status, kind, text) =
                request(port, method, &path, *content_type, body.as_bytes()).await;
            let value: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
            if let Some(made) = value["silenceID"].as_str() {
                made.clone_into(id);
            }
            answers.push((status, kind, plain(value, id)));
        }
        if answers[0] != answers[1] {
            different.push(format!(
                "{method} {path} {body}\n  {:?}\n  {:?}",
                answers[0], answers[1]
            ));
        }
        if *method == "POST" {
            // Its groups are made in another thread.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(requests.len() > 70, "{}", requests.len());
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
