//! `global:` — what receivers have that say nothing else.

use std::time::Duration;

use super::http;
use super::values::Values;
use crate::fields::Fields;
use crate::notify::config::HttpConfig;
use crate::notify::secret::Secret;

/// Defaults of all receivers.
#[derive(Debug)]
pub(super) struct Global {
    pub(super) resolve_timeout: Option<Duration>,
    pub(super) http: HttpConfig,
    pub(super) smtp_tls: HttpConfig,
    pub(super) smtp_from: Option<String>,
    pub(super) smtp_hello: String,
    pub(super) smtp_smarthost: Option<String>,
    pub(super) smtp_auth_username: Option<String>,
    pub(super) smtp_auth_password: Option<Secret>,
    pub(super) smtp_auth_secret: Option<Secret>,
    pub(super) smtp_auth_identity: Option<String>,
    pub(super) smtp_require_tls: bool,
    pub(super) slack_api_url: Option<Secret>,
    pub(super) pagerduty_url: Option<String>,
}

const FIELDS: &[&str] = &[
    "resolve_timeout",
    "http_config",
    "smtp_from",
    "smtp_hello",
    "smtp_smarthost",
    "smtp_auth_username",
    "smtp_auth_password",
    "smtp_auth_password_file",
    "smtp_auth_secret",
    "smtp_auth_secret_file",
    "smtp_auth_identity",
    "smtp_require_tls",
    "smtp_tls_config",
    "slack_api_url",
    "slack_api_url_file",
    "pagerduty_url",
    // Of receivers that this crate does not have.
    "jira_api_url",
    "opsgenie_api_url",
    "opsgenie_api_key",
    "opsgenie_api_key_file",
    "wechat_api_url",
    "wechat_api_secret",
    "wechat_api_secret_file",
    "wechat_api_corp_id",
    "victorops_api_url",
    "victorops_api_key",
    "victorops_api_key_file",
    "telegram_api_url",
    "webex_api_url",
    "rocketchat_api_url",
    "rocketchat_token",
    "rocketchat_token_file",
    "rocketchat_token_id",
    "rocketchat_token_id_file",
];

impl Default for Global {
    fn default() -> Self {
        Self {
            resolve_timeout: None,
            http: http::default(),
            smtp_tls: http::default(),
            smtp_from: None,
            smtp_hello: "localhost".to_owned(),
            smtp_smarthost: None,
            smtp_auth_username: None,
            smtp_auth_password: None,
            smtp_auth_secret: None,
            smtp_auth_identity: None,
            smtp_require_tls: true,
            slack_api_url: None,
            pagerduty_url: None,
        }
    }
}

pub(super) fn read(values: &mut Values<'_>, root: Fields<'_>) -> Global {
    let default = Global::default();
    let Some(yaml) = root.get("global") else {
        return default;
    };
    let Some(fields) = values.reader.fields(yaml, "\"global\"", FIELDS) else {
        return default;
    };
    let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
    Global {
        resolve_timeout: values.duration(fields, "resolve_timeout"),
        http: http::read(values, fields, "http_config").unwrap_or(default.http),
        smtp_tls: http::read_tls_alone(values, fields, "smtp_tls_config")
            .unwrap_or(default.smtp_tls),
        smtp_from: non_empty(values.string(fields, "smtp_from")),
        smtp_hello: values
            .string(fields, "smtp_hello")
            .unwrap_or(default.smtp_hello),
        smtp_smarthost: host_and_port(values, fields, "smtp_smarthost"),
        smtp_auth_username: non_empty(values.string(fields, "smtp_auth_username")),
        smtp_auth_password: values.secret_or_file(fields, "smtp_auth_password"),
        smtp_auth_secret: values.secret_or_file(fields, "smtp_auth_secret"),
        smtp_auth_identity: non_empty(values.string(fields, "smtp_auth_identity")),
        smtp_require_tls: values.switch(fields, "smtp_require_tls").unwrap_or(true),
        slack_api_url: values.url_or_file(fields, "slack_api_url"),
        pagerduty_url: values
            .url(fields, "pagerduty_url")
            .map(|url| url.expose().to_owned()),
    }
}

/// `host:port`. An empty text is none.
pub(in crate::notify::config) fn host_and_port(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    name: &str,
) -> Option<String> {
    let text = values.reader.text(fields, name)?;
    if text.text.is_empty() {
        return None;
    }
    let split = text.text.rsplit_once(':').filter(|(host, port)| {
        let is_bracketed = host.starts_with('[') && host.ends_with(']');
        !port.is_empty() && !port.contains(']') && (is_bracketed || !host.contains([':', '[', ']']))
    });
    if split.is_none() {
        let message = format!("\"{name}\" is host:port, such as smtp.example.com:587");
        values.reader.wrong(text.at, text.text.len(), message);
        return None;
    }
    Some(text.text.to_owned())
}
