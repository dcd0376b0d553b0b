//! The mail server, and one conversation with it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, Identity, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};

use crate::notify::config::{EmailSettings, HttpConfig};
use crate::notify::notifier::NotifyError;

use super::fault;

/// The port on which TLS is from the start.
const IMPLICIT_TLS: u16 = 465;

/// Where mails are handed in, and as whom.
pub(super) struct Server {
    host: String,
    port: u16,
    hello: ClientId,
    tls: TlsParameters,
    requires_tls: bool,
    /// TLS before the first word.
    pub(super) is_tls_first: bool,
    login: Option<Login>,
}

struct Login {
    identity: String,
    credentials: Credentials,
    name: String,
    password: String,
}

/// A message that is ready, and for whom.
pub(super) struct Letter<'a> {
    pub(super) from: &'a Address,
    pub(super) to: &'a [Address],
    pub(super) text: &'a [u8],
}

impl Server {
    pub(super) fn new(settings: &EmailSettings) -> Result<Self, NotifyError> {
        let invalid = |message: String| NotifyError::permanent("invalid", message);
        let (host, port) = host_and_port(&settings.smarthost).ok_or_else(|| {
            invalid(format!(
                "smarthost \"{}\" is no host:port",
                settings.smarthost.escape_default()
            ))
        })?;
        let hello = settings.hello.as_deref().filter(|hello| !hello.is_empty());
        if let Some(hello) = hello.filter(|hello| !is_host(hello)) {
            return Err(invalid(format!(
                "hello \"{}\" is no name of a host",
                hello.escape_default()
            )));
        }
        Ok(Self {
            tls: tls(&host, &settings.http)?,
            host,
            port,
            hello: hello.map_or_else(ClientId::default, |hello| {
                ClientId::Domain(hello.to_owned())
            }),
            requires_tls: settings.require_tls,
            is_tls_first: port == IMPLICIT_TLS,
            login: login(settings)?,
        })
    }

    /// Connects, greets, turns to TLS where that is wanted, and gives name and password.
    pub(super) async fn connect(
        &self,
        timeout: Duration,
    ) -> Result<AsyncSmtpConnection, NotifyError> {
        let implicit = self.is_tls_first.then(|| self.tls.clone());
        let address = (self.host.as_str(), self.port);
        let connected = AsyncSmtpConnection::connect_tokio1(
            address,
            Some(timeout),
            &self.hello,
            implicit,
            None,
        )
        .await;
        let mut connection = connected.map_err(|error| fault::of("the connection", &error))?;
        if self.requires_tls && !connection.is_encrypted() {
            if !connection.can_starttls() {
                let message = "the mail server does not offer STARTTLS: set require_tls to false to do without";
                return Err(NotifyError::permanent("invalid", message));
            }
            let started = connection.starttls(self.tls.clone(), &self.hello).await;
            started.map_err(|error| fault::of("STARTTLS", &error))?;
        }
        if let Some(login) = &self.login {
            self.log_in(&mut connection, login).await?;
        }
        Ok(connection)
    }

    async fn log_in(
        &self,
        connection: &mut AsyncSmtpConnection,
        login: &Login,
    ) -> Result<(), NotifyError> {
        if !connection.is_encrypted() && !is_local(&self.host) {
            let message = "a password is not sent without TLS: leave require_tls as it is";
            return Err(NotifyError::permanent("auth", message));
        }
        let mechanism = connection
            .server_info()
            .get_auth_mechanism(&[Mechanism::Plain, Mechanism::Login])
            .ok_or_else(|| {
                NotifyError::permanent("auth", "the mail server takes neither PLAIN nor LOGIN")
            })?;
        let done: Result<_, Error> = if mechanism == Mechanism::Plain && !login.identity.is_empty()
        {
            let response = format!("{}\0{}\0{}", login.identity, login.name, login.password);
            let command = format!("AUTH PLAIN {}\r\n", STANDARD.encode(response));
            connection.command(command).await
        } else {
            connection.auth(&[mechanism], &login.credentials).await
        };
        done.map(|_| ()).map_err(|error| fault::of("AUTH", &error))
    }
}

/// Hands the letter in. Recipients that the server refuses are left out, unless it refuses all; how many it refused.
pub(super) async fn hand_in(
    connection: &mut AsyncSmtpConnection,
    letter: &Letter<'_>,
) -> Result<usize, NotifyError> {
    let mut options = Vec::new();
    let addresses = || letter.to.iter().chain([letter.from]);
    let has = |extension| connection.server_info().supports_feature(extension);
    if addresses().any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !has(Extension::SmtpUtfEight) {
            let message = "the mail server takes no addresses beyond ASCII";
            return Err(NotifyError::permanent("invalid", message));
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !letter.text.is_ascii() && has(Extension::EightBitMime) {
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let mail = Mail::new(Some(letter.from.clone()), options);
    let answer = connection.command(mail).await;
    answer.map_err(|error| fault::of("MAIL", &error))?;
    let mut refused = Vec::new();
    for address in letter.to {
        let answer = connection
            .command(Rcpt::new(address.clone(), Vec::new()))
            .await;
        match answer {
            Ok(_) => {}
            Err(error) if error.status().is_some() => refused.push(fault::of("RCPT", &error)),
            Err(error) => return Err(fault::of("RCPT", &error)),
        }
    }
    if refused.len() == letter.to.len() {
        // One that may be taken later is worth another attempt for all.
        let temporary = refused.iter().position(NotifyError::is_temporary);
        let worst = refused.into_iter().nth(temporary.unwrap_or(0));
        return Err(worst.unwrap_or_else(|| NotifyError::permanent("invalid", "no recipients")));
    }
    let answer = connection.command(Data).await;
    answer.map_err(|error| fault::of("DATA", &error))?;
    let answer = connection.message(letter.text).await;
    answer.map_err(|error| fault::of("the message", &error))?;
    Ok(refused.len())
}

fn login(settings: &EmailSettings) -> Result<Option<Login>, NotifyError> {
    let name = settings.auth_username.clone().unwrap_or_default();
    if name.is_empty() {
        return Ok(None);
    }
    let Some(password) = &settings.auth_password else {
        let message = if settings.auth_secret.is_some() {
            "auth_secret is for CRAM-MD5, which is not supported: use auth_password"
        } else {
            "auth_username without auth_password"
        };
        return Err(NotifyError::permanent("invalid", message));
    };
    let password = password.expose().to_owned();
    Ok(Some(Login {
        identity: settings.auth_identity.clone().unwrap_or_default(),
        credentials: Credentials::new(name.clone(), password.clone()),
        name,
        password,
    }))
}

fn tls(host: &str, http: &HttpConfig) -> Result<TlsParameters, NotifyError> {
    let invalid = |message: String| NotifyError::permanent("invalid", message);
    let read = |path: &Path| {
        fs::read(path)
            .map_err(|error| invalid(format!("{} cannot be read: {error}", path.display())))
    };
    let wrong = |error: Error| invalid(format!("TLS: {error}"));
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = &http.ca_file {
        builder = builder.add_root_certificate(Certificate::from_pem(&read(path)?).map_err(wrong)?);
    }
    if let Some((certificate, key)) = &http.cert_and_key {
        let identity = Identity::from_pem(&read(certificate)?, &read(key)?);
        builder = builder.identify_with(identity.map_err(wrong)?);
    }
    if http.insecure_skip_verify {
        builder = builder
            .dangerous_accept_invalid_certs(true)
            .dangerous_accept_invalid_hostnames(true);
    }
    builder.build().map_err(wrong)
}

fn host_and_port(smarthost: &str) -> Option<(String, u16)> {
    let (host, port) = smarthost.rsplit_once(':')?;
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let port = port.parse().ok().filter(|port| *port > 0)?;
    is_host(host).then(|| (host.to_owned(), port))
}

fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

fn is_local(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_host_and_a_port() {
        let read = |text: &str| host_and_port(text);
        assert_eq!(read("mx.example:587"), Some(("mx.example".to_owned(), 587)));
        assert_eq!(read("[::1]:25"), Some(("::1".to_owned(), 25)));
        for no in [
            "mx.example",
            "mx.example:",
            ":25",
            "mx.example:0",
            "a b:25",
            "a\r\n:25",
        ] {
            assert_eq!(read(no), None, "{no}");
        }
        assert!(is_local("127.0.0.1") && is_local("::1") && !is_local("mx.example"));
    }
}
