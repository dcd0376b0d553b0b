//! Servers that refuse, hang, close and talk nonsense.

use std::time::Duration;

use llm_vitals_alert::notify::{EmailSettings, Notifier, NotifyError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::support::{MailServer, Mode, email, firing, settings};

async fn failed(settings: &EmailSettings) -> NotifyError {
    email(settings).notify(&firing(), None).await.unwrap_err()
}

#[tokio::test]
async fn answers_of_4xx_are_temporary_and_of_5xx_permanent() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    for (to, is_temporary, reason, message) in [
        (
            "rcpt-450",
            true,
            "server_error",
            "the mail server answers 450 to RCPT: this mailbox says no",
        ),
        (
            "rcpt-550",
            false,
            "client_error",
            "the mail server answers 550 to RCPT: this mailbox says no",
        ),
        (
            "rcpt-552",
            true,
            "server_error",
            "the mail server answers 552 to RCPT: this mailbox says no",
        ),
        (
            "data-451",
            true,
            "rate_limited",
            "the mail server answers 451 to the message: too many messages, the rate is limited",
        ),
        (
            "data-554",
            false,
            "client_error",
            "the mail server answers 554 to the message: too many messages, the rate is limited",
        ),
    ] {
        let mut settings = server.settings();
        settings.to = format!("{to}@example.org");
        let error = failed(&settings).await;
        assert_eq!(
            (error.is_temporary(), error.reason(), &*error.to_string()),
            (is_temporary, reason, message)
        );
    }
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_refused_recipient_does_not_keep_the_mail_from_the_others() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let mut settings = server.settings();
    settings.to = "rcpt-550@example.org, on-call@example.org, rcpt-450@example.org".to_owned();
    email(&settings).notify(&firing(), None).await.unwrap();
    assert_eq!(server.only().to, ["on-call@example.org"]);
    // None is left, and one may be taken later.
    settings.to = "rcpt-550@example.org, rcpt-450@example.org".to_owned();
    assert!(failed(&settings).await.is_temporary());
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let Some(server) = MailServer::start(Mode::StartTls, "", "") else {
        return;
    };
    let mut settings = server.settings();
    settings.to = "hang@example.org".to_owned();
    settings.http.timeout = Some(Duration::from_secs(1));
    let error = failed(&settings).await;
    assert!(error.is_temporary());
    assert_eq!(error.reason(), "timeout");
    assert_eq!(
        error.to_string(),
        "the mail server has not answered in time within 1 s"
    );
}

/// A server that says the lines and then closes, or not.
async fn saying(lines: &'static [&'static str], closes: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 1024];
        for (index, line) in lines.iter().enumerate() {
            if index > 0 && !matches!(stream.read(&mut buffer).await, Ok(read) if read > 0) {
                return;
            }
            if stream.write_all(line.as_bytes()).await.is_err() {
                return;
            }
        }
        if !closes {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    });
    port
}

#[tokio::test]
async fn servers_that_close_or_talk_nonsense_are_temporary_faults() {
    const LONG: &str = match str::from_utf8(&[b'2'; 20_000]) {
        Ok(text) => text,
        Err(_) => "",
    };
    let cases: &[(&'static [&'static str], bool, &str)] = &[
        (&[], true, "connect"),
        (&["220 mx\r\n"], true, "connect"),
        (&["SSH-2.0-OpenSSH_9.9\r\n"], true, "connect"),
        (&["220 mx\r\n", "250-mx\r\n"], true, "connect"),
        (&[LONG], true, "connect"),
        (&["421 mx is busy\r\n"], true, "server_error"),
        (
            &[
                "220 mx\r\n",
                "250-mx\r\n250 STARTTLS\r\n",
                "220 go\r\n",
                "this is no TLS",
            ],
            true,
            "connect",
        ),
        (&["220 mx\r\n"], false, "timeout"),
        (&[], false, "timeout"),
    ];
    for (index, (lines, closes, reason)) in cases.iter().enumerate() {
        let mut settings = settings(saying(lines, *closes).await);
        settings.http.timeout = Some(Duration::from_secs(1));
        let error = failed(&settings).await;
        assert!(error.is_temporary(), "{index}: {error}");
        assert_eq!(error.reason(), *reason, "{index}: {error}");
        assert!(error.to_string().chars().count() < 300, "{error}");
        assert!(
            !error.to_string().contains(|char: char| char.is_control()),
            "{error}"
        );
    }
}

#[tokio::test]
async fn nobody_there_is_temporary_and_a_refusal_at_the_door_permanent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = failed(&settings(port)).await;
    assert!(error.is_temporary());
    assert_eq!(error.reason(), "connect");
    let port = saying(&["554 no mails from you\r\n"], true).await;
    let error = email(&settings(port)).check().await.unwrap_err();
    assert!(!error.is_temporary());
    assert_eq!(
        error.to_string(),
        "the mail server answers 554 to the connection: no mails from you"
    );
}
