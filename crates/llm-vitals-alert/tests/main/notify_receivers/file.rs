//! Receivers as a file has them.

use llm_vitals_alert::notify::{Config, Receipt, build_notifier};

use super::server::{Answer, Server};
use super::support::{first, texts};

#[tokio::test]
async fn what_a_file_says_is_built_and_sends() {
    let server = Server::start().await;
    let text = "
route: {receiver: all}
receivers:
  - name: all
    webhook_configs: [{url: 'URL/webhook'}]
    pagerduty_configs: [{routing_key: e93facc04764012d7bfb002500d5d1a6, url: 'URL/pagerduty'}]
    slack_configs:
      - {api_url: 'URL/slack', channel: '#a'}
      - {bot_token: xoxb-0123456789, api_base: 'URL/api', channel: '#a'}
    msteams_configs: [{webhook_url: 'URL/connector'}]
    msteamsv2_configs: [{webhook_url: 'URL/workflow'}]
    alertmanager_configs: [{urls: ['URL/am']}]
";
    let config = Config::parse("notify.yml", &text.replace("URL", &server.url(""))).unwrap();
    let mut sent = Vec::new();
    for integration in config.receivers()[0].integrations() {
        let notifier = build_notifier("all", integration, &texts()).unwrap();
        let place =
            serde_json::json!({"ok": true, "channel": "C1", "ts": "1.2", "status": "success"});
        server.answer([Answer::json(200, &place)]);
        let receipt = notifier.notify(&first(), None).await.unwrap();
        let is_thread = receipt != Receipt::default();
        sent.push((notifier.integration(), server.only().path, is_thread));
        let shown = format!("{:?}", integration.settings());
        for secret in ["xoxb", "e93facc0", "/webhook", "/workflow"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    let expected = [
        ("webhook", "/webhook", false),
        ("pagerduty", "/pagerduty", false),
        ("slack", "/slack", false),
        ("slack", "/api/chat.postMessage", true),
        ("msteams", "/connector", false),
        ("msteams", "/workflow", false),
        ("alertmanager", "/am/api/v2/alerts", false),
    ];
    let expected = expected.map(|(name, path, is_thread)| (name, path.to_owned(), is_thread));
    assert_eq!(sent, expected);
}
