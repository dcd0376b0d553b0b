//! The mail server that the tests talk to, and what they say to it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use llm_vitals_alert::notify::{Email, EmailSettings, Notification, Texts};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde::Deserialize;
use serde_json::{Value, json};

/// A mail as Python's parser reads it.
#[derive(Debug, Deserialize)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) headers: Vec<(String, String)>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) defects: Vec<String>,
    pub(crate) longest_line: usize,
    pub(crate) bare_line_ends: usize,
    pub(crate) raw: String,
    pub(crate) tls: bool,
    pub(crate) login: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) charset: Option<String>,
    pub(crate) text: String,
}

impl Mail {
    /// The only header of a name.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut found = self
            .headers
            .iter()
            .filter(|(have, _)| have.eq_ignore_ascii_case(name));
        let (_, value) = found.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(found.next().is_none(), "{name} is there twice");
        value
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.headers.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn part(&self, kind: &str) -> &str {
        let found = self.parts.iter().find(|part| part.kind == kind);
        &found.unwrap_or_else(|| panic!("no {kind}")).text
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    StartTls,
    Tls,
}

pub(crate) struct MailServer {
    process: Child,
    pub(crate) port: u16,
    folder: tempfile::TempDir,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl MailServer {
    /// Starts it; `None`, aloud, where Python or aiosmtpd is missing, but not in CI.
    pub(crate) fn start(mode: Mode, login: &str, excluded: &str) -> Option<Self> {
        let Some(python) = python() else {
            let missing = "python3 with aiosmtpd (Debian: python3-aiosmtpd) cannot be run";
            assert!(std::env::var_os("CI").is_none(), "{missing}");
            eprintln!("LEFT OUT: {missing}");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let (certificate, key) = authority.sign("127.0.0.1");
        for (name, text) in [
            ("ca.pem", &authority.1),
            ("cert.pem", &certificate),
            ("key.pem", &key),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let mails = folder.path().join("mails");
        fs::create_dir(&mails).unwrap();
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/main/notify_email/server.py");
        let mut process = Command::new(python)
            .args(["-W", "ignore"])
            .arg(script)
            .arg(mails)
            .arg(match mode {
                Mode::Plain => "plain",
                Mode::StartTls => "starttls",
                Mode::Tls => "tls",
            })
            .args([
                folder.path().join("cert.pem"),
                folder.path().join("key.pem"),
            ])
            .args([login, excluded])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        Some(Self {
            process,
            port: line.trim().parse().unwrap(),
            folder,
        })
    }

    pub(crate) fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Settings that reach it: with STARTTLS required, and its certificate trusted.
    pub(crate) fn settings(&self) -> EmailSettings {
        let mut settings = settings(self.port);
        settings.http.ca_file = Some(self.ca());
        settings
    }

    /// The mails that it has taken, in order.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let path = |number: usize| self.folder.path().join(format!("mails/{number}.json"));
        let numbers = (0..).take_while(|number| path(*number).exists());
        numbers
            .map(|number| serde_json::from_str(&fs::read_to_string(path(number)).unwrap()).unwrap())
            .collect()
    }

    pub(crate) fn only(&self) -> Mail {
        let mut mails = self.mails();
        assert_eq!(mails.len(), 1);
        mails.remove(0)
    }
}

struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        // With the name of those it signs it would seem to have signed itself.
        parameters
            .distinguished_name
            .push(DnType::CommonName, "authority");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = parameters.self_signed(&key).unwrap().pem();
        Self(Issuer::new(parameters, key), pem)
    }

    /// A certificate and its key.
    fn sign(&self, name: &str) -> (String, String) {
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// Debian's package belongs to Debian's Python.
fn python() -> Option<&'static str> {
    ["/usr/bin/python3", "python3"].into_iter().find(|python| {
        let imported = Command::new(python)
            .args(["-c", "import aiosmtpd"])
            .stderr(Stdio::null())
            .status();
        imported.is_ok_and(|status| status.success())
    })
}

pub(crate) fn settings(port: u16) -> EmailSettings {
    let mut settings = EmailSettings::default();
    settings.to = "on-call@example.org".to_owned();
    settings.from = "Alerts <alerts@gateway.example>".to_owned();
    settings.smarthost = format!("127.0.0.1:{port}");
    settings.hello = Some("gateway.example".to_owned());
    settings.require_tls = true;
    settings.http.timeout = Some(Duration::from_secs(30));
    settings
}

pub(crate) fn email(settings: &EmailSettings) -> Email {
    Email::new(settings, Arc::new(Texts::default())).unwrap()
}

/// 2026-11-24 09:12:00 UTC.
pub(crate) const NOW: i64 = 1_795_511_520_000;

pub(crate) fn alert(labels: &Value, ends_at: Option<i64>) -> Value {
    json!({
        "labels": labels,
        "annotations": {
            "summary": "openai fails 10% of the calls",
            "runbook_url": "https://runbooks.example/HighErrorRate",
        },
        "starts_at": NOW - 720_000,
        "ends_at": ends_at,
        "generator_url": "https://gateway.example/graph?g0.expr=up&g0.tab=1",
        "evidence": {
            "value": 0.1,
            "threshold": [">", 0.05],
            "contributors": [
                {"labels": {"model": "gpt-4o", "error_type": "timeout"}, "share": 0.7},
                {"labels": {"model": "gpt-4o-mini", "error_type": "server"}, "share": 0.3},
            ],
            "history": [0.0, null, 0.05, 0.1],
            "history_seconds": 1800,
            "unit": "ratio",
            "ended": ends_at.map(|_| "no_data"),
        },
    })
}

pub(crate) fn notification(at: i64, reason: &str, alerts: &[Value]) -> Notification {
    serde_json::from_value(json!({
        "receiver": "team", "integration": 0, "group_key": "{}:{alertname=\"HighErrorRate\"}",
        "group_labels": {"alertname": "HighErrorRate"},
        "alerts": alerts, "reason": reason, "at": at, "external_url": "https://gateway.example",
    }))
    .unwrap()
}

pub(crate) fn firing() -> Notification {
    let labels =
        json!({"alertname": "HighErrorRate", "provider": "openai", "severity": "critical"});
    notification(NOW, "first", &[alert(&labels, None)])
}

pub(crate) fn resolved(at: i64) -> Notification {
    let labels =
        json!({"alertname": "HighErrorRate", "provider": "openai", "severity": "critical"});
    notification(at, "all_resolved", &[alert(&labels, Some(at))])
}
