//! What stands in a mail, and what it belongs to.

use llm_vitals_alert::notify::{Notifier, Receipt};
use serde_json::{Value, json};

use super::support::{MailServer, Mode, NOW, email, firing, notification, resolved, settings};

#[tokio::test]
async fn a_mail_has_a_text_and_a_page_and_the_headers_of_a_machine() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let email = email(&server.settings());
    assert_eq!(email.integration(), "email");
    email.notify(&firing(), None).await.unwrap();
    let mail = server.only();
    assert!(mail.tls);
    assert_eq!(mail.defects, Vec::<String>::new());
    assert_eq!(mail.bare_line_ends, 0);
    assert_eq!(mail.from, "alerts@gateway.example");
    assert_eq!(mail.to, ["on-call@example.org"]);
    assert_eq!(mail.header("From"), "Alerts <alerts@gateway.example>");
    assert_eq!(mail.header("To"), "on-call@example.org");
    assert_eq!(mail.header("Subject"), "[FIRING:1] HighErrorRate (openai)");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(mail.header("Date").ends_with(" +0000"));
    assert_eq!(mail.kind, "multipart/alternative");
    let kinds: Vec<&str> = mail.parts.iter().map(|part| &*part.kind).collect();
    assert_eq!(kinds, ["text/plain", "text/html"]);
    assert!(
        mail.parts
            .iter()
            .all(|part| part.charset.as_deref() == Some("utf-8"))
    );
    let matchers = "%7Balertname%3D%22HighErrorRate%22%2Cprovider%3D%22openai%22%2Cseverity%3D%22critical%22%7D";
    assert_eq!(
        mail.part("text/plain").replace("\r\n", "\n"),
        format!(
            "openai fails 10% of the calls

FIRING HighErrorRate (openai), critical
  openai fails 10% of the calls
  Value: 10% (alerts above 5%)
  Time: since 2026-11-24 09:00:00 UTC (12m)
  Most of it: gpt-4o timeout 70%, gpt-4o-mini server 30%
  History: ▁·▅█ (30m)
  Labels: provider=openai
  Runbook: https://runbooks.example/HighErrorRate
  Alert: https://gateway.example/?view=alerts&alert={matchers}
  Silence: https://gateway.example/?view=alerts&silence={matchers}
  Source: https://gateway.example/graph?g0.expr=up&g0.tab=1
"
        )
    );
    let html = mail.part("text/html");
    for part in [
        "<meta name=\"color-scheme\" content=\"light dark\">",
        "<td style=\"padding:1px 0;word-break:break-word\">10% (alerts above 5%)</td>",
        "href=\"https://gateway.example/graph?g0.expr=up&amp;g0.tab=1\">Source</a>",
        "href=\"https://runbooks.example/HighErrorRate\">Runbook</a>",
        "▁·▅█ (30m)",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert!(!html.contains("<img") && !html.contains("src=") && !html.contains("url("));
}

#[tokio::test]
async fn a_resolve_says_so_and_why() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let receipt = email(&server.settings())
        .notify(&resolved(NOW + 60_000), None)
        .await;
    receipt.unwrap();
    let mail = server.only();
    assert_eq!(mail.header("Subject"), "[RESOLVED] HighErrorRate (openai)");
    let text = mail.part("text/plain");
    assert!(
        text.contains("Resolved: openai fails 10% of the calls"),
        "{text}"
    );
    assert!(
        text.contains(
            "Why it is over: there is no data any more, which does not mean that all is well"
        ),
        "{text}"
    );
    assert!(!text.contains("Silence"), "{text}");
}

#[tokio::test]
async fn mails_of_a_group_are_one_thread() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let email = email(&server.settings());
    let first = email.notify(&firing(), None).await.unwrap();
    let mut repeated = firing();
    repeated.at = NOW + 14_400_000;
    let second = email.notify(&repeated, Some(&first)).await.unwrap();
    // The day after.
    let over = resolved(NOW + 86_400_000);
    let third = email.notify(&over, Some(&second)).await.unwrap();
    assert_eq!((&second, &third), (&first, &first));
    let mails = server.mails();
    let root = mails[0].header("Message-ID");
    assert_eq!(first.thread.as_deref(), Some(root));
    let ids: Vec<&str> = mails.iter().map(|mail| mail.header("Message-ID")).collect();
    assert!(
        ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2],
        "{ids:?}"
    );
    for mail in &mails[1..] {
        assert_eq!(mail.header("In-Reply-To"), root);
        assert!(mail.header("References").ends_with(root));
    }
    assert!(
        mails[0]
            .header("References")
            .contains(".2026-11-24@gateway.example>")
    );
}

#[tokio::test]
async fn mails_without_a_receipt_share_the_name_of_the_day_and_a_second_attempt_is_the_same_mail() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let email = email(&server.settings());
    email.notify(&firing(), None).await.unwrap();
    email.notify(&firing(), None).await.unwrap();
    email.notify(&resolved(NOW + 60_000), None).await.unwrap();
    let other_group = {
        let mut other = firing();
        other.group_key = "{}:{}".to_owned();
        other
    };
    email.notify(&other_group, None).await.unwrap();
    // What is no name of a message is not taken from a receipt.
    let forged: Receipt =
        serde_json::from_value(json!({"thread": "<a@b>\r\nBcc: all@example.org"})).unwrap();
    email.notify(&firing(), Some(&forged)).await.unwrap();
    let mails = server.mails();
    assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
    assert_ne!(mails[0].header("Message-ID"), mails[2].header("Message-ID"));
    assert_eq!(mails[0].header("References"), mails[2].header("References"));
    assert_eq!(
        mails[0].header("In-Reply-To"),
        mails[2].header("In-Reply-To")
    );
    assert_ne!(mails[0].header("References"), mails[3].header("References"));
    assert_eq!(mails[4].header("References"), mails[0].header("References"));
    assert_eq!(mails[4].to, ["on-call@example.org"]);
}

#[tokio::test]
async fn texts_and_headers_are_templates() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let mut settings = server.settings();
    settings.to = "{{ .GroupLabels.alertname }}@example.org, Zoë <zoe@example.org>".to_owned();
    settings.headers.insert(
        "subject".to_owned(),
        "{{ .Status | toUpper }}: {{ .CommonLabels.provider }} ▁█".to_owned(),
    );
    settings
        .headers
        .insert("X-Team".to_owned(), "{{ .Receiver }}".to_owned());
    settings
        .headers
        .insert("Reply-To".to_owned(), "ops@example.org".to_owned());
    settings.text = Some("{{ range .Alerts }}{{ .Labels.provider }} <b>{{ end }}".to_owned());
    settings.html = Some("<p>{{ .CommonAnnotations.summary }} &amp; {{ \"<i>\" }}</p>".to_owned());
    email(&settings).notify(&firing(), None).await.unwrap();
    let mail = server.only();
    assert_eq!(mail.header("Subject"), "FIRING: openai ▁█");
    assert_eq!(mail.header("X-Team"), "team");
    assert_eq!(mail.header("Reply-To"), "ops@example.org");
    assert_eq!(
        mail.header("To"),
        "HighErrorRate@example.org, Zoë <zoe@example.org>"
    );
    assert_eq!(mail.to, ["HighErrorRate@example.org", "zoe@example.org"]);
    assert_eq!(mail.part("text/plain").trim_end(), "openai <b>");
    assert_eq!(
        mail.part("text/html").trim_end(),
        "<p>openai fails 10% of the calls &amp; &lt;i&gt;</p>"
    );
}

#[tokio::test]
async fn an_empty_text_leaves_the_part_out_and_a_template_that_fails_is_told_in_the_mail() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let mut only_text = server.settings();
    only_text.html = Some(String::new());
    email(&only_text).notify(&firing(), None).await.unwrap();
    let mut failing = server.settings();
    failing.html = Some("{{ index .Alerts 5 }}".to_owned());
    failing
        .headers
        .insert("Subject".to_owned(), "{{ .Nothing }}".to_owned());
    email(&failing).notify(&firing(), None).await.unwrap();
    let mails = server.mails();
    assert_eq!(mails[0].kind, "text/plain");
    assert_eq!(mails[1].kind, "text/plain");
    assert_eq!(
        mails[1].header("Subject"),
        "[FIRING:1] HighErrorRate (openai)"
    );
    let text = mails[1].part("text/plain");
    assert!(text.starts_with("openai fails 10% of the calls"), "{text}");
    assert!(
        text.contains("The template of this mail failed: index: there is no element 5"),
        "{text}"
    );
}

#[test]
fn settings_that_cannot_work_are_refused_at_once() {
    let wrong = |change: &dyn Fn(&mut llm_vitals_alert::notify::EmailSettings)| {
        let mut settings = settings(25);
        change(&mut settings);
        let texts = std::sync::Arc::new(llm_vitals_alert::notify::Texts::default());
        let error = llm_vitals_alert::notify::Email::new(&settings, texts).unwrap_err();
        assert!(!error.is_temporary());
        assert_eq!(error.reason(), "invalid");
        error.to_string()
    };
    assert_eq!(
        wrong(&|settings| settings.smarthost = "mx.example".to_owned()),
        "smarthost \"mx.example\" is no host:port"
    );
    assert_eq!(
        wrong(&|settings| settings.hello = Some("a\r\nRCPT".to_owned())),
        "hello \"a\\r\\nRCPT\" is no name of a host"
    );
    assert_eq!(
        wrong(&|settings| settings.html = Some("{{ template \"email.defaul.html\" . }}".to_owned())),
        "the template of html: 1:1: template \"email.defaul.html\" is not defined; did you mean \"email.default.html\"?"
    );
    for (name, message) in [
        ("X-A\r\nBcc", "\"X-A\\r\\nBcc\" is no name of a header"),
        ("X A", "\"X A\" is no name of a header"),
        ("bcc", "the header bcc cannot be set"),
        ("Content-Type", "the header Content-Type cannot be set"),
    ] {
        let change = |settings: &mut llm_vitals_alert::notify::EmailSettings| {
            settings.headers.insert(name.to_owned(), "x".to_owned());
        };
        assert_eq!(wrong(&change), message);
    }
    assert_eq!(
        wrong(&|settings| settings.auth_username = Some("me".to_owned())),
        "auth_username without auth_password"
    );
    assert_eq!(
        wrong(&|settings| settings.http.ca_file = Some("/nothing/ca.pem".into())),
        "/nothing/ca.pem cannot be read: No such file or directory (os error 2)"
    );
}

#[tokio::test]
async fn many_alerts_are_one_mail_with_the_rest_counted() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let alerts: Vec<Value> = (0..300)
        .map(|number| {
            let labels = json!({"alertname": "HighErrorRate", "model": format!("m{number:03}")});
            super::support::alert(&labels, (number >= 290).then_some(NOW))
        })
        .collect();
    let email = email(&server.settings());
    email
        .notify(&notification(NOW, "new_alerts", &alerts), None)
        .await
        .unwrap();
    let mail = server.only();
    assert_eq!(mail.header("Subject"), "[FIRING:290] HighErrorRate");
    let text = mail.part("text/plain");
    assert!(
        text.contains("More alerts fire than were told before."),
        "{text}"
    );
    assert!(
        text.contains("and 290 more (280 firing, 10 resolved)"),
        "{text}"
    );
    assert!(mail.longest_line <= 998);
}
