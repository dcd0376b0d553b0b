//! TLS, names and passwords.

use llm_vitals_alert::notify::{Notifier, Secret};

use super::support::{MailServer, Mode, email, firing};

#[tokio::test]
async fn logs_in_with_plain_with_login_and_with_an_identity() {
    for (excluded, identity, expected) in [
        ("", None, "PLAIN me"),
        ("PLAIN", None, "LOGIN me"),
        ("", Some("me"), "PLAIN me"),
    ] {
        let Some(server) = MailServer::start(Mode::StartTls, "me:s3cret pässword", excluded)
        else {
            return;
        };
        let mut settings = server.settings();
        settings.auth_username = Some("me".to_owned());
        settings.auth_password = Some(Secret::new("s3cret pässword"));
        settings.auth_identity = identity.map(str::to_owned);
        let email = email(&settings);
        email.check().await.unwrap();
        assert!(server.mails().is_empty());
        email.notify(&firing(), None).await.unwrap();
        let mail = server.only();
        assert_eq!(mail.login.as_deref(), Some(expected));
        assert!(mail.tls);
    }
}

#[tokio::test]
async fn begins_with_tls_where_that_is_wanted() {
    let Some(server) = MailServer::start(Mode::Tls, "me:s3cret", "") else {
        return;
    };
    let mut settings = server.settings();
    settings.auth_username = Some("me".to_owned());
    settings.auth_password = Some(Secret::new("s3cret"));
    let email = email(&settings).with_implicit_tls();
    email.check().await.unwrap();
    email.notify(&firing(), None).await.unwrap();
    assert!(server.only().tls);
}

#[tokio::test]
async fn a_wrong_password_is_permanent_and_not_told() {
    for excluded in ["", "PLAIN"] {
        let Some(server) = MailServer::start(Mode::StartTls, "me:s3cret", excluded) else {
            return;
        };
        let mut settings = server.settings();
        settings.auth_username = Some("me".to_owned());
        settings.auth_password = Some(Secret::new("hunter2"));
        let email = email(&settings);
        for error in [
            email.check().await.unwrap_err(),
            email.notify(&firing(), None).await.unwrap_err(),
        ] {
            assert!(!error.is_temporary());
            assert_eq!(error.reason(), "auth");
            assert_eq!(error.to_string(), "the mail server answers 535 to AUTH");
        }
        assert!(!format!("{email:?}").contains("hunter2"));
        assert!(server.mails().is_empty());
    }
}

#[tokio::test]
async fn without_tls_only_where_that_is_allowed_and_with_a_password_only_to_this_machine() {
    let Some(server) = MailServer::start(Mode::Plain, "", "") else {
        return;
    };
    let mut settings = server.settings();
    let error = email(&settings).notify(&firing(), None).await.unwrap_err();
    assert!(!error.is_temporary());
    assert_eq!(
        error.to_string(),
        "the mail server does not offer STARTTLS: set require_tls to false to do without"
    );
    settings.require_tls = false;
    email(&settings).notify(&firing(), None).await.unwrap();
    assert!(!server.only().tls);

    let Some(server) = MailServer::start(Mode::Plain, "me:s3cret", "") else {
        return;
    };
    let mut settings = server.settings();
    settings.require_tls = false;
    settings.auth_username = Some("me".to_owned());
    settings.auth_password = Some(Secret::new("s3cret"));
    email(&settings).notify(&firing(), None).await.unwrap();
    assert_eq!(server.only().login.as_deref(), Some("PLAIN me"));
    // The same address in a notation that does not say so.
    settings.smarthost = format!("127.1:{}", server.port);
    let error = email(&settings).notify(&firing(), None).await.unwrap_err();
    assert_eq!(error.reason(), "auth");
    assert_eq!(
        error.to_string(),
        "a password is not sent without TLS: leave require_tls as it is"
    );
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_refused() {
    for mode in [Mode::StartTls, Mode::Tls] {
        let Some(server) = MailServer::start(mode, "", "") else {
            return;
        };
        let email = |settings: &_| {
            let email = email(settings);
            if mode == Mode::Tls {
                email.with_implicit_tls()
            } else {
                email
            }
        };
        let mut settings = server.settings();
        settings.http.ca_file = None;
        let error = email(&settings).notify(&firing(), None).await.unwrap_err();
        assert!(!error.is_temporary(), "{error}");
        assert_eq!(error.reason(), "connect");
        assert!(
            error
                .to_string()
                .starts_with("the mail server's certificate is refused"),
            "{error}"
        );
        // Trusted, and for another name.
        let mut settings = server.settings();
        settings.smarthost = format!("localhost:{}", server.port);
        let error = email(&settings).check().await.unwrap_err();
        assert!(!error.is_temporary(), "{error}");
        assert!(server.mails().is_empty());
        settings.http.ca_file = None;
        settings.http.insecure_skip_verify = true;
        email(&settings).notify(&firing(), None).await.unwrap();
        assert!(server.only().tls);
    }
}
