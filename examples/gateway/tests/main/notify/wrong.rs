//! What is wrong with who is told, before anything starts.

use crate::support::{Gateway, run_to_its_end};

fn error(file: &str) -> String {
    let output = run_to_its_end(&["--listen", "127.0.0.1:0"], Some(file), &[]);
    assert_eq!(output.status.code(), Some(1), "{file}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_block_is_told_with_its_place_in_the_gateways_own_file() {
    let text = error(
        "# who is told\nlimits: {body: 1MB}\nnotify:\n\n  # the team\n  webhook: http://h.example/s3cret\n  repeet: 4h\n\
         providers: {one: {kind: simulated}}\n",
    );
    assert_eq!(
        text,
        "llm-vitals-gateway: gateway.yaml:7:3: \"notify\" has no field \"repeet\"\n  |\n7 |   repeet: **\n  |   ^^^^^^ did you mean \
         \"repeat\"?\n"
    );
    let text = error("listen: 127.0.0.1:0\nnotify: {email: nobody}\n");
    assert_eq!(
        text,
        "llm-vitals-gateway: gateway.yaml:2:17: an address such as ops@example.com is expected here\n  |\n2 | notify: \
         {email: ******}\n  |                 ^^^^^^\n"
    );
}

#[test]
fn several_things_that_are_wrong_are_told_together() {
    let text = error("notify:\n  slack: xoxb-s3cret\n  critical: {repeat: 0s}\n");
    for expected in [
        "gateway.yaml:2:10: a token of Slack needs a channel beside it",
        "gateway.yaml:3:14: \"repeat\" cannot be zero",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    assert!(!text.contains("s3cret"), "{text}");
}

#[test]
fn a_block_that_is_no_yaml_is_told_without_what_stands_in_it() {
    for (file, expected) in [
        (
            "notify:\n  pagerduty: \"s3cret\n  slack: xoxb-s3cret\n",
            "gateway.yaml:2:14: unclosed quote\n  |\n2 |   pagerduty: ***\n  |              ^\n",
        ),
        (
            "notify:\n  webhook: https://h/s3cret\n  webhook: https://h/s3cret\n",
            "gateway.yaml:3:3: duplicate mapping key: webhook\n  |\n3 |   webhook: ***\n  |   ^\n",
        ),
        (
            "notify:\n  pagerduty: s3cret: x\n",
            "gateway.yaml:2:20: mapping values are not allowed in this context\n  |\n2 |   pagerduty: ***\n  |                    ^\n",
        ),
    ] {
        assert_eq!(error(file), format!("llm-vitals-gateway: {expected}"));
    }
}

#[test]
fn it_is_said_in_one_place() {
    assert_eq!(
        error("notifications: {file: routes.yml}\nnotify: {webhook: https://h.example/s3cret}\n"),
        "llm-vitals-gateway: gateway.yaml:2:9: there is `notifications.file` too: say who is told in one of them\n  |\n2 | notify: \
         ***\n  |         ^\n"
    );
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let text = error("notifications: {file: missing.yml}\n");
    assert!(
        text.starts_with("llm-vitals-gateway: ") && text.contains("missing.yml"),
        "{text}"
    );
    assert_eq!(
        error("notifications: {state: no/such/folder/notify.json}\n"),
        "llm-vitals-gateway: notifications: there is no folder no/such/folder for the state: make it, or choose another file under \
         `state`\n"
    );
    let folder = tempfile::tempdir().unwrap();
    // A folder in the place of a state is none.
    let text = error(&format!(
        "notifications: {{state: {}}}\n",
        folder.path().display()
    ));
    let expected = format!(
        "llm-vitals-gateway: {}: cannot read the state: ",
        folder.path().display()
    );
    assert!(text.starts_with(&expected), "{text}");
}

#[tokio::test]
async fn requests_are_answered_whatever_the_state_files_hold() {
    let folder = tempfile::tempdir().unwrap();
    let [alerts, notifications] =
        ["alerts.json", "notify.json"].map(|name| folder.path().join(name));
    std::fs::write(&alerts, "").unwrap();
    std::fs::write(&notifications, "{\"version\": 99}").unwrap();
    let gateway = Gateway::start(&format!(
        "alerts: {{state: {}}}\nnotifications: {{state: {}}}\n",
        alerts.display(),
        notifications.display()
    ));
    assert_eq!(
        gateway.get("/v1/models").send().await.unwrap().status(),
        200
    );
    let log = gateway.log();
    assert!(
        log.contains("alerts begin anew without their state, which is kept beside it as .damaged"),
        "{log}"
    );
    assert!(
        log.contains("notifying starts without its state, which is kept beside it as .damaged"),
        "{log}"
    );
    let kept = std::fs::read_to_string(folder.path().join("notify.json.damaged")).unwrap();
    assert_eq!(kept, "{\"version\": 99}");
    assert!(folder.path().join("alerts.json.damaged").exists());
}

#[test]
fn an_address_for_links_must_be_one() {
    for (url, column) in [
        ("gateway.example.com", 31),
        ("ftp://gateway.example.com", 31),
        ("\"https://user:s3cret@gateway.example.com\"", 31),
        ("\"https://gateway.example.com/?token=s3cret\"", 31),
    ] {
        let text = error(&format!("notifications: {{external_url: {url}}}\n"));
        let expected = format!(
            "llm-vitals-gateway: gateway.yaml:1:{column}: is no address that people can open: it must look like \
             https://gateway.example.com\n"
        );
        assert!(text.starts_with(&expected), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}
