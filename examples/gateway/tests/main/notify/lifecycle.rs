//! From a provider that fails to a message, a reminder and an end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::{config, messages, milliseconds, names, post, routes, shown, team, told};
use crate::support::{Gateway, Reply, Upstream, answer, ask, eventually};

const RULES: &str = "
alerts:
  - name: HighErrorRate
    condition: error_rate > 0.4
    duration: 1s
    severity: critical
    summary: '{{ $labels.provider }} fails'
";

/// A provider that fails as long as it is told to.
async fn provider() -> (Upstream, Arc<AtomicBool>) {
    let failing = Arc::new(AtomicBool::new(true));
    let fails = Arc::clone(&failing);
    let upstream = Upstream::start(move |_, _| {
        if fails.load(Ordering::Relaxed) {
            Reply::error(500, "server_error")
        } else {
            Reply::json(200, answer("m"))
        }
    })
    .await;
    (upstream, failing)
}

async fn send(gateway: &Gateway, requests: usize) {
    for _ in 0..requests {
        let _ = gateway.chat(ask("m")).await.text().await.unwrap();
    }
}

/// The only alert of a message.
fn alert(message: &Value) -> &Value {
    assert_eq!(names(message).1, ["HighErrorRate"], "{message}");
    &message["alerts"][0]
}

#[tokio::test]
async fn a_provider_that_fails_is_one_message_one_reminder_and_one_end() {
    let (upstream, failing) = provider().await;
    let team = team().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.yml"), RULES).unwrap();
    // A reminder comes late enough that everything else happens between two.
    let times = "group_wait: 300ms, group_interval: 300ms, repeat_interval: 6s";
    std::fs::write(folder.path().join("routes.yml"), routes(&team, times)).unwrap();
    let rest = format!("providers:\n{}", upstream.provider("a", "m"));
    let config = config(folder.path(), &rest).replace(
        "alerts:\n",
        &format!(
            "alerts:\n  files: [{}/rules.yml]\n",
            folder.path().display()
        ),
    );
    let gateway = Gateway::start(&config);
    send(&gateway, 4).await;

    let first = told(&team, 1).await.remove(0);
    assert_eq!(names(&first).0, "firing");
    let firing = alert(&first);
    assert_eq!(
        firing["labels"],
        json!({ "alertname": "HighErrorRate", "provider": "a", "severity": "critical" })
    );
    assert_eq!(firing["annotations"], json!({ "summary": "a fails" }));
    assert_eq!(firing["endsAt"], "0001-01-01T00:00:00Z");
    // The port is one that was free.
    assert_eq!(first["externalURL"], gateway.base);
    assert_eq!(
        (&first["receiver"], &first["groupLabels"]),
        (&json!("team"), &json!({ "alertname": "HighErrorRate" }))
    );

    let reminder = told(&team, 2).await.remove(1);
    assert_eq!(names(&reminder).0, "firing");
    assert_eq!(alert(&reminder)["startsAt"], firing["startsAt"]);
    assert_eq!(alert(&reminder)["fingerprint"], firing["fingerprint"]);

    failing.store(false, Ordering::Relaxed);
    let end = eventually("the end is told", async || {
        send(&gateway, 10).await;
        messages(&team).into_iter().nth(2)
    })
    .await;
    assert_eq!(names(&end).0, "resolved");
    assert_eq!(alert(&end)["startsAt"], firing["startsAt"]);
    assert_ne!(alert(&end)["endsAt"], firing["endsAt"]);
    milliseconds(1_500).await;
    assert_eq!(messages(&team).len(), 3);

    let metrics = gateway.metrics().await;
    let counted = |name: &str| metrics.sum(name, &["integration=\"webhook\""]);
    assert_eq!(counted("alert_notifications_total"), 3.0);
    assert_eq!(counted("alert_notifications_failed_total"), 0.0);
    let dashboard = shown(&gateway, "/api/dashboard").await;
    let receiver = &dashboard["receivers"][0];
    assert_eq!(
        (
            &receiver["receiver"],
            &receiver["integration"],
            &receiver["state"],
            &receiver["sent"]
        ),
        (&json!("team"), &json!("webhook"), &json!("ok"), &json!(3))
    );
}

/// The times of the short form are fixed: half a minute until the first message.
#[tokio::test]
async fn the_short_form_tells_once_what_fails_and_takes_a_changed_block_on_a_hangup() {
    let (upstream, _) = provider().await;
    let (before, after) = (team().await, team().await);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rules.yml"), RULES).unwrap();
    let file = |notify: &str| {
        format!(
            "retry: {{attempts: 1}}\nalerts: {{files: [{}/rules.yml], interval: 100ms, sample_interval: 100ms}}\n{notify}\
             providers:\n{}",
            folder.path().display(),
            upstream.provider("a", "m")
        )
    };
    let tells = |team: &Upstream| format!("notify:\n  webhook: http://{}/hook\n", team.address);
    let gateway = Gateway::start(&file(&tells(&before)));
    assert!(
        gateway
            .printed()
            .starts_with("listening on http://127.0.0.1:"),
        "{}",
        gateway.printed()
    );
    let receivers = async || shown(&gateway, "/api/v2/receivers").await;
    let three = json!([{ "name": "default" }, { "name": "critical" }, { "name": "warning" }]);
    assert_eq!(receivers().await, three);

    // What is wrong is told with its line in the gateway's own file, and changes nothing.
    let wrong = file(&format!("{}  repeet: 1h\n", tells(&after)));
    std::fs::write(gateway.file(), &wrong).unwrap();
    gateway.signal("HUP");
    let line = wrong
        .lines()
        .position(|line| line == "  repeet: 1h")
        .unwrap()
        + 1;
    let expected = format!(
        "the receivers of alerts stay as they are: {}:{line}:3: \"notify\" has no field \"repeet\"",
        gateway.file().display()
    );
    let logged = async |text: &str| {
        eventually(text, async || gateway.log().contains(text).then_some(())).await;
    };
    logged(&expected).await;
    assert_eq!(receivers().await, three);

    // A heartbeat begins at once.
    let more = format!(
        "{}  heartbeat: http://{}/alive\n  repeat: 2h\n",
        tells(&after),
        after.address
    );
    std::fs::write(gateway.file(), file(&more)).unwrap();
    gateway.signal("HUP");
    logged("read the receivers of alerts again").await;
    let mut four = three;
    four.as_array_mut()
        .unwrap()
        .push(json!({ "name": "heartbeat" }));
    assert_eq!(receivers().await, four);
    eventually("the heartbeat comes", async || {
        let mut seen = after.seen().into_iter();
        seen.find(|seen| seen.line == "GET /alive")
    })
    .await;

    send(&gateway, 4).await;
    let firing = eventually("the alert fires", async || {
        let metrics = gateway.metrics().await;
        (metrics.sum("alert_alerts", &["state=\"firing\""]) > 0.0).then_some(())
    });
    firing.await;
    // Nobody is told before half a minute is over, so that what belongs together is one message.
    tokio::time::sleep(Duration::from_secs(24)).await;
    assert_eq!(messages(&after), Vec::<Value>::new());
    let first = told(&after, 1).await.remove(0);
    assert_eq!(alert(&first)["labels"]["provider"], "a");
    assert_eq!(first["receiver"], "critical");
    milliseconds(2_000).await;
    assert_eq!((messages(&after).len(), messages(&before).len()), (1, 0));
}

#[tokio::test]
async fn a_hangup_takes_changed_routes_even_where_the_rules_are_wrong() {
    let (before, after) = (team().await, team().await);
    let folder = tempfile::tempdir().unwrap();
    let times = "group_wait: 100ms, group_interval: 300ms, repeat_interval: 1h";
    let (path, rules) = (
        folder.path().join("routes.yml"),
        folder.path().join("rules.yml"),
    );
    std::fs::write(&path, routes(&before, times)).unwrap();
    std::fs::write(&rules, RULES).unwrap();
    let config = config(folder.path(), "hosts: []\n").replace(
        "alerts:\n",
        &format!("alerts:\n  files: [{}]\n", rules.display()),
    );
    let gateway = Gateway::start(&config);
    post(&gateway, &["One"]).await;
    told(&before, 1).await;
    std::fs::write(&path, routes(&after, times)).unwrap();
    std::fs::write(&rules, "alerts: [{name: New, condition: error_rate >}]\n").unwrap();
    gateway.signal("HUP");
    for line in [
        "read the receivers of alerts again",
        "the alert rules stay as they are",
    ] {
        eventually(line, async || gateway.log().contains(line).then_some(())).await;
    }
    post(&gateway, &["Two"]).await;
    let message = told(&after, 1).await.remove(0);
    assert_eq!(names(&message), ("firing", vec!["Two"]));
    // What was told by the receiver of this name is told.
    milliseconds(1_000).await;
    assert_eq!((messages(&before).len(), messages(&after).len()), (1, 1));
}

#[tokio::test]
async fn who_is_told_may_be_named_later() {
    let team = team().await;
    let gateway = Gateway::start("alerts: {default_pack: false}\n");
    let receivers = async || shown(&gateway, "/api/v2/receivers").await;
    assert_eq!(receivers().await, json!([{ "name": "nobody" }]));
    eventually("what is printed", async || {
        let printed = gateway.printed();
        printed.ends_with("/stats\n\n").then_some(printed)
    })
    .await;
    let printed = gateway.printed();
    let expected = format!(
        "\ndashboard       {}/\ntold of alerts  nobody: name somebody under `notify`\n\ntry\n",
        gateway.base
    );
    assert!(printed.contains(&expected), "{printed}");
    let file = format!("notify: {{webhook: 'http://{}/hook'}}\n", team.address);
    std::fs::write(gateway.file(), file).unwrap();
    gateway.signal("HUP");
    eventually("somebody is told", async || {
        let receivers = receivers().await;
        (receivers.as_array().unwrap().len() == 3).then_some(())
    })
    .await;
}
