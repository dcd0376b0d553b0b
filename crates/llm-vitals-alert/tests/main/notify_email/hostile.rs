//! Labels and annotations that try to be something else.

use llm_vitals_alert::notify::Notifier;
use serde_json::json;

use super::support::{MailServer, Mode, NOW, alert, email, firing, notification};

#[tokio::test]
async fn labels_add_neither_headers_nor_recipients_nor_html() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let mut settings = server.settings();
    settings.headers.insert(
        "X-Provider".to_owned(),
        "{{ .CommonLabels.provider }}".to_owned(),
    );
    let email = email(&settings);
    email.notify(&firing(), None).await.unwrap();
    let long = "x".repeat(100_000);
    let values = [
        "a\r\nBcc: all@example.org",
        "a\nBcc: all@example.org\n\n<script>alert(1)</script>",
        "a\rBcc: all@example.org",
        "a\u{2028}Bcc: x\u{85}y\u{0}z\u{b}w",
        "=?utf-8?q?a=0d=0aBcc:_all@example.org?=",
        "\"><img src=x onerror=alert(1)><a href=\"javascript:alert(1)",
        "</title></head><body><script>alert(1)</script>",
        "日本語 ▁▂▃ \u{202e}txt.exe 🚨",
        &long,
        ".",
        "\r\n.\r\nMAIL FROM:<evil@example.org>\r\n",
    ];
    for value in values {
        let mut alert = alert(
            &json!({"alertname": value, "provider": value, "severity": value}),
            None,
        );
        alert["annotations"] =
            json!({"summary": value, "description": value, "runbook_url": value});
        alert["generator_url"] = json!(value);
        alert["evidence"]["contributors"] = json!([{"labels": {"model": value}, "share": 1.0}]);
        let mut hostile = notification(NOW, "first", &[alert]);
        hostile.group_labels = [("alertname".to_owned(), value.to_owned())].into();
        hostile.group_key = format!("{{}}:{{alertname={value:?}}}");
        email.notify(&hostile, None).await.unwrap();
    }
    let mails = server.mails();
    assert_eq!(mails.len(), values.len() + 1);
    let names = mails[0].names();
    for (mail, value) in mails[1..].iter().zip(values) {
        assert_eq!(mail.names(), names, "{value:?}");
        assert_eq!(mail.defects, Vec::<String>::new(), "{value:?}");
        assert_eq!(mail.to, ["on-call@example.org"], "{value:?}");
        assert_eq!(mail.from, "alerts@gateway.example");
        assert!(mail.longest_line <= 998, "{value:?}: {}", mail.longest_line);
        assert_eq!(mail.bare_line_ends, 0, "{value:?}");
        for (name, text) in &mail.headers {
            assert!(
                !text.contains(|char: char| char.is_control()),
                "{name}: {text:?}"
            );
        }
        assert!(mail.header("Subject").chars().count() <= 250, "{value:?}");
        let html = mail.part("text/html");
        assert_eq!(mail.parts.len(), 2);
        for part in ["<script", "<img", "javascript:alert(1)\"", "</body><script"] {
            assert!(!html.contains(part), "{part} is in {html}");
        }
        // Our own tags only: the text between them has none.
        assert_eq!(html.matches("<title>").count(), 1);
        assert_eq!(html.matches("<body").count(), 1);
        for href in html.split("href=\"").skip(1) {
            assert!(href.starts_with("https://gateway.example/"), "{href}");
        }
    }
    assert_eq!(
        mails[5].header("X-Provider"),
        "= ?utf-8?q?a=0d=0aBcc:_all@example.org?="
    );
    assert!(!mails[5].raw.contains("=?utf-8?q?a=0d=0aBcc"));
    assert_eq!(mails[8].header("X-Provider"), "日本語 ▁▂▃ txt.exe 🚨");
}

#[tokio::test]
async fn addresses_out_of_labels_are_addresses_or_nothing() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let mut settings = server.settings();
    settings.to = "{{ .CommonLabels.owner }}".to_owned();
    let email = email(&settings);
    for value in [
        "",
        "nobody",
        "a@b\r\nRCPT TO:<all@example.org>",
        "<a@b> SIZE=1",
    ] {
        let labels = json!({"alertname": "A", "owner": value});
        let hostile = notification(NOW, "first", &[alert(&labels, None)]);
        let error = email.notify(&hostile, None).await.unwrap_err();
        assert!(!error.is_temporary(), "{value:?}");
        assert!(
            error
                .to_string()
                .starts_with("to has no addresses that could be used"),
            "{error}"
        );
    }
    assert!(server.mails().is_empty());
}
