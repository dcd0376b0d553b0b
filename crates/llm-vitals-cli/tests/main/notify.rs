//! `llm-vitals notify test`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::support::{run_in, write};

/// A server that answers paths with `no` in them 403 with what it was sent, and others 202. Gives its address and the bodies it got.
fn server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&bodies);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut text = String::new();
            let mut buffer = [0; 8192];
            let body = loop {
                let count = stream.read(&mut buffer).unwrap();
                text.push_str(&String::from_utf8_lossy(&buffer[..count]));
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    break body.to_owned();
                }
            };
            let refuses = text.lines().next().unwrap().contains("/no/");
            let status = if refuses { 403 } else { 202 };
            let answer = if refuses { text.as_str() } else { "{}" };
            seen.lock().unwrap().push(body);
            let length = answer.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
            );
            let _ = stream.write_all(format!("{head}{answer}").as_bytes());
        }
    });
    (address, bodies)
}

fn config(url: &str) -> String {
    format!(
        "
route: {{receiver: team}}
receivers:
- name: team
  webhook_configs:
  - {{url: '{url}/yes'}}
  - {{url: '{url}/no/s3cret-t0ken'}}
  pagerduty_configs:
  - {{routing_key: 0123456789abcdef0123456789abcdef, url: '{url}/v2/enqueue'}}
  slack_configs:
  - {{api_url: '{url}/services/x', channel: '#a'}}
  heartbeat_configs:
  - {{url: '{url}/ping'}}
- name: nobody
- name: fine
  webhook_configs: [{{url: '{url}/yes', send_resolved: false}}]
- name: other
  opsgenie_configs: [{{api_key: k}}]
"
    )
}

#[test]
fn a_sample_goes_to_every_integration_and_each_says_what_came_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let (url, bodies) = server();
    write(folder.path(), "notify.yml", &config(&url));
    let told = run_in(
        folder.path(),
        &["notify", "test", "team", "--resolve", "--format", "json"],
    );
    assert_eq!((told.code, told.err.as_str()), (1, ""));
    assert!(
        !told.out.contains("s3cret") && !told.out.contains("0123456789abcdef"),
        "{}",
        told.out
    );
    let value: Value = serde_json::from_str(&told.out).unwrap();
    let results: Vec<String> = value["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap_or("-").to_owned();
            format!(
                "{} {} {} {} {}",
                text("integration"),
                one["index"],
                text("message"),
                text("result"),
                text("reason")
            )
        })
        .collect();
    let mut sorted = results.clone();
    sorted.sort_by_key(|line| line.split(' ').next().map(str::to_owned));
    let expected = [
        "heartbeat - firing skipped -",
        "pagerduty - firing delivered -",
        "pagerduty - resolved delivered -",
        "slack - firing failed invalid",
        "webhook - firing delivered -",
        "webhook - resolved delivered -",
        "webhook - firing failed auth",
    ];
    let without_index = |line: &String| {
        let mut words: Vec<&str> = line.split(' ').collect();
        words[1] = "-";
        words.join(" ")
    };
    let shown: Vec<String> = sorted.iter().map(without_index).collect();
    assert_eq!(shown, expected);
    let bodies = bodies.lock().unwrap();
    assert_eq!(bodies.len(), 6, "{bodies:?}");
    assert!(
        // The end of an event of PagerDuty says no more than its key.
        bodies.iter().all(|body| {
            body.contains("NotificationTest") || body.contains("\"event_action\":\"resolve\"")
        }),
        "{bodies:?}"
    );
    assert!(
        bodies
            .iter()
            .any(|body| body.contains("This is a test of notifications: nothing is wrong"))
    );
}

#[test]
fn one_that_arrives_is_a_success() {
    let folder = tempfile::tempdir().unwrap();
    let (url, bodies) = server();
    let path = write(folder.path(), "a.yml", &config(&url));
    let words = [
        "notify",
        "test",
        "fine",
        "--config",
        path.to_str().unwrap(),
        "--resolve",
    ];
    let told = run_in(folder.path(), &words);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    let (first, second) = told.out.split_once('\n').unwrap();
    assert!(
        first.starts_with("webhook[0] firing: delivered in 0."),
        "{first}"
    );
    assert_eq!(
        second,
        "webhook[0] resolved: skipped: it does not want to know (send_resolved)\n"
    );
    assert_eq!(bodies.lock().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_tried_is_said() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "notify.yml", &config("http://127.0.0.1:1"));
    let error = |words: &[&str]| {
        let told = run_in(folder.path(), words);
        (
            told.code,
            format!(
                "{}{}",
                told.out,
                told.err.lines().next().unwrap_or_default()
            ),
        )
    };
    let meant = "llm-vitals notify: there is no receiver \"taem\"; did you mean team?";
    assert_eq!(error(&["notify", "test", "taem"]), (2, meant.to_owned()));
    let nobody = "llm-vitals notify: the receiver \"nobody\" has nobody to tell";
    assert_eq!(error(&["notify", "test", "nobody"]), (1, nobody.to_owned()));
    assert_eq!(error(&["notify", "test"]).0, 2);
    assert_eq!(error(&["notify", "tell", "team"]).0, 2);
    let (code, text) = error(&["notify", "test", "other"]);
    assert!(
        code == 1 && text.contains("opsgenie[0] firing: cannot be sent: "),
        "{text}"
    );
    let (code, text) = error(&["notify", "test", "fine"]);
    assert!(
        code == 1
            && text.starts_with("webhook[0] firing: failed (may work later): cannot connect: "),
        "{text}"
    );
}

#[test]
fn a_template_that_fails_is_named_though_a_message_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let (url, bodies) = server();
    let config = format!(
        "
route: {{receiver: team}}
receivers:
- name: team
  msteamsv2_configs:
  - {{webhook_url: '{url}/yes', title: '{{{{ .Status }}}}', text: '{{{{ index .Alerts 99 }}}}'}}
"
    );
    write(folder.path(), "notify.yml", &config);
    let told = run_in(folder.path(), &["notify", "test", "team"]);
    assert_eq!((told.code, told.err.as_str()), (1, ""));
    let (first, second) = told.out.split_once('\n').unwrap();
    assert!(
        first.starts_with("msteams[0] firing: delivered in 0."),
        "{first}"
    );
    assert!(
        second.starts_with(
            "msteams[0] firing: warning: the template of text fails, and messages are sent without it: "
        ),
        "{second}"
    );
    assert_eq!(bodies.lock().unwrap().len(), 1);
    let told = run_in(
        folder.path(),
        &["notify", "test", "team", "--format", "json"],
    );
    let value: Value = serde_json::from_str(&told.out).unwrap();
    let failed = &value["results"][0]["failed_templates"];
    assert_eq!(
        (told.code, failed[0]["field"].as_str()),
        (1, Some("text")),
        "{value}"
    );
    assert_eq!(failed.as_array().unwrap().len(), 1);
}
