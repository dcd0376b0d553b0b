//! Whom the short form tells: `slack`, `pagerduty`, `email`, `webhook`, `msteams`, `alertmanager`, `heartbeat`.

use super::super::read::values::Values;
use super::super::read::{default_http, host_and_port};
use super::super::{
    EmailSettings, HeartbeatSettings, Integration, MsteamsSettings, PagerdutySettings,
    PushSettings, Settings, SlackSettings, WebhookSettings,
};
use crate::fields::{Fields, Text};
use crate::yaml::YamlValue;

pub(super) const FIELDS: &[&str] = &["slack", "pagerduty", "email", "webhook", "msteams"];

/// Integrations of one receiver, in Alertmanager's order.
pub(super) type Ways = Vec<Integration>;

const LOCAL_MAIL: &str = "localhost:25";

pub(super) fn read(values: &mut Values<'_>, fields: Fields<'_>) -> Ways {
    let mut ways = Ways::new();
    if let Some(text) = values.reader.text(fields, "webhook") {
        let url = values.url_of(text, "webhook");
        ways.push(told(Settings::Webhook(Box::new(WebhookSettings {
            url,
            max_alerts: 0,
            http: default_http(),
        }))));
    }
    ways.extend(email(values, fields));
    if let Some(text) = values.reader.text(fields, "pagerduty") {
        let routing_key = values.secret_of(text);
        if text.text.is_empty() || text.text.contains("://") {
            let message = "\"pagerduty\" is the routing key of an integration of the Events API v2";
            values.reader.wrong(text.at, 1, message);
        }
        ways.push(told(Settings::Pagerduty(Box::new(PagerdutySettings {
            routing_key,
            http: default_http(),
            ..PagerdutySettings::default()
        }))));
    }
    ways.extend(slack(values, fields));
    if let Some(text) = values.reader.text(fields, "msteams") {
        let webhook_url = values.url_of(text, "msteams");
        ways.push(told(Settings::Msteams(Box::new(MsteamsSettings {
            webhook_url,
            http: default_http(),
            ..MsteamsSettings::default()
        }))));
    }
    ways
}

/// All are told when it is over.
fn told(settings: Settings) -> Integration {
    Integration {
        send_resolved: true,
        settings,
    }
}

fn slack(values: &mut Values<'_>, parent: Fields<'_>) -> Option<Integration> {
    let yaml = parent.get("slack")?;
    let mut settings = SlackSettings {
        http: default_http(),
        ..SlackSettings::default()
    };
    if let YamlValue::Scalar(text) = &yaml.value {
        let text = Text { text, at: yaml.at };
        if text.text.starts_with("xox") {
            let message = "a token of Slack needs a channel beside it";
            let suggestion = "write slack: {token: ..., channel: \"#alerts\"}".to_owned();
            values
                .reader
                .wrong_with(text.at, 1, message, Some(suggestion));
        } else {
            settings.api_url = values.url_of(text, "slack");
        }
        return Some(told(Settings::Slack(Box::new(settings))));
    }
    let fields = values
        .reader
        .fields(yaml, "\"slack\"", &["url", "token", "channel"])?;
    settings.api_url = values.url(fields, "url");
    settings.bot_token = values.secret(fields, "token");
    settings.channel = values.string(fields, "channel");
    let (has_url, has_token) = (fields.get("url").is_some(), fields.get("token").is_some());
    if has_url == has_token {
        values
            .reader
            .wrong(fields.at, 1, "\"slack\" needs either \"url\" or \"token\"");
    }
    if has_token && settings.channel.is_none() {
        values
            .reader
            .wrong(fields.at, 1, "a token of Slack needs a \"channel\"");
    }
    Some(told(Settings::Slack(Box::new(settings))))
}

fn email(values: &mut Values<'_>, parent: Fields<'_>) -> Option<Integration> {
    let yaml = parent.get("email")?;
    let mut settings = EmailSettings {
        smarthost: LOCAL_MAIL.to_owned(),
        hello: Some("localhost".to_owned()),
        http: default_http(),
        ..EmailSettings::default()
    };
    if let YamlValue::Scalar(text) = &yaml.value {
        settings.to.clone_from(text);
        check_address(values, Text { text, at: yaml.at });
    } else {
        let allowed = ["to", "from", "smarthost", "username", "password"];
        let fields = values.reader.fields(yaml, "\"email\"", &allowed)?;
        if let Some(to) = values.reader.required(fields, "\"email\"", "to") {
            to.text.clone_into(&mut settings.to);
            check_address(values, to);
        }
        settings.from = values.string(fields, "from").unwrap_or_default();
        if let Some(host) = host_and_port(values, fields, "smarthost") {
            settings.smarthost = host;
        }
        settings.auth_username = values.string(fields, "username");
        settings.auth_password = values.secret(fields, "password");
        if settings.auth_username.is_some() != settings.auth_password.is_some() {
            let message = "\"email\" needs \"username\" and \"password\" together";
            values.reader.wrong(fields.at, 1, message);
        }
    }
    if settings.from.is_empty() {
        let first = settings.to.split(',').next().unwrap_or_default();
        settings.from = first.trim().to_owned();
    }
    // To the mail server of this machine nothing goes over a network.
    let host = settings
        .smarthost
        .rsplit_once(':')
        .map_or("", |(host, _)| host);
    settings.require_tls = !matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    Some(told(Settings::Email(Box::new(settings))))
}

fn check_address(values: &mut Values<'_>, text: Text<'_>) {
    let is_address = |address: &str| {
        let parts = address.trim().rsplit_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
    };
    if !text.text.split(',').all(is_address) {
        let message = "an address such as ops@example.com is expected here";
        values.reader.wrong(text.at, text.text.len(), message);
    }
}

pub(super) fn push(values: &mut Values<'_>, fields: Fields<'_>) -> Option<Integration> {
    let yaml = fields.get("alertmanager")?;
    let mut urls = Vec::new();
    let texts = match &yaml.value {
        YamlValue::Scalar(text) => vec![Text { text, at: yaml.at }],
        _ => values.texts(fields, "alertmanager"),
    };
    for text in texts {
        urls.extend(values.url_of(text, "alertmanager"));
    }
    if urls.is_empty() && values.reader.problems.is_empty() {
        values
            .reader
            .wrong(yaml.at, 1, "\"alertmanager\" is one or several addresses");
    }
    Some(told(Settings::Alertmanager(Box::new(PushSettings {
        urls,
        http: default_http(),
    }))))
}

pub(super) fn heartbeat(values: &mut Values<'_>, fields: Fields<'_>) -> Option<Integration> {
    let text = values.reader.text(fields, "heartbeat")?;
    let url = values.url_of(text, "heartbeat");
    Some(told(Settings::Heartbeat(Box::new(HeartbeatSettings {
        url,
        http: default_http(),
        ..HeartbeatSettings::default()
    }))))
}
