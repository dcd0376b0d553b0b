//! `receivers:` and what each of them can send to.

use std::collections::BTreeMap;

use super::global::{Global, host_and_port};
use super::values::{Values, items};
use super::{http, slack};
use crate::fields::Fields;
use crate::notify::config::{
    EmailSettings, HeartbeatSettings, HttpConfig, Integration, MsteamsSettings, PagerdutyLink,
    PagerdutySettings, PushSettings, Receiver, Settings, WebhookSettings,
};
use crate::yaml::{Yaml, YamlValue};

type Read = fn(&mut Values<'_>, &Yaml, &Global) -> Option<Integration>;

enum Kind {
    Ours(Read),
    /// The name, and whether it is told that alerts are over unless the file says otherwise.
    Other(&'static str, bool),
}

/// In the order in which Alertmanager numbers and tells them; ours come last.
const KINDS: &[(&str, Kind)] = &[
    ("webhook_configs", Kind::Ours(webhook)),
    ("email_configs", Kind::Ours(email)),
    ("pagerduty_configs", Kind::Ours(pagerduty)),
    ("opsgenie_configs", Kind::Other("opsgenie", true)),
    ("wechat_configs", Kind::Other("wechat", false)),
    ("slack_configs", Kind::Ours(slack::read)),
    ("victorops_configs", Kind::Other("victorops", true)),
    ("pushover_configs", Kind::Other("pushover", true)),
    ("sns_configs", Kind::Other("sns", true)),
    ("telegram_configs", Kind::Other("telegram", true)),
    ("discord_configs", Kind::Other("discord", true)),
    ("webex_configs", Kind::Other("webex", true)),
    ("msteams_configs", Kind::Ours(msteams_connector)),
    ("msteamsv2_configs", Kind::Ours(msteams_workflow)),
    ("jira_configs", Kind::Other("jira", true)),
    ("rocketchat_configs", Kind::Other("rocketchat", false)),
    ("alertmanager_configs", Kind::Ours(push)),
    ("heartbeat_configs", Kind::Ours(heartbeat)),
];

/// All receivers, with the places of their names.
pub(super) fn read(
    values: &mut Values<'_>,
    root: Fields<'_>,
    global: &Global,
) -> Vec<(Receiver, usize)> {
    let mut allowed = vec!["name"];
    allowed.extend(KINDS.iter().map(|(field, _)| *field));
    let mut receivers: Vec<(Receiver, usize)> = Vec::new();
    for yaml in values.reader.list(root, "receivers") {
        let Some(fields) = values.reader.fields(yaml, "a receiver", &allowed) else {
            continue;
        };
        let name = values.reader.required(fields, "a receiver", "name");
        let mut integrations = Vec::new();
        for (field, kind) in KINDS {
            for yaml in items(values, fields, field) {
                integrations.extend(match kind {
                    Kind::Ours(read) => read(values, yaml, global),
                    Kind::Other(name, resolved) => other(values, yaml, name, *resolved),
                });
            }
        }
        let Some(name) = name else { continue };
        if receivers.iter().any(|(other, _)| other.name == name.text) {
            let message = format!("there are two receivers \"{}\"", name.text);
            values.reader.wrong(name.at, name.text.len(), message);
        }
        receivers.push((
            Receiver {
                name: name.text.to_owned(),
                integrations,
            },
            name.at,
        ));
    }
    receivers
}

/// One that Alertmanager has and this crate has not: its fields are not looked at.
fn other(
    values: &mut Values<'_>,
    yaml: &Yaml,
    name: &'static str,
    resolved: bool,
) -> Option<Integration> {
    let YamlValue::Map(entries) = &yaml.value else {
        let message = format!(
            "the fields of {name} are expected here, and not {}",
            yaml.described()
        );
        values.reader.wrong(yaml.at, 1, message);
        return None;
    };
    let names: Vec<&str> = entries.iter().map(|(key, _)| &*key.name).collect();
    let fields = values.reader.fields(yaml, name, &names)?;
    let message =
        format!("{name} can be routed to and not be sent to: this crate does not have it");
    values.warn(yaml.at, 1, message, None);
    Some(Integration {
        send_resolved: values.switch(fields, "send_resolved").unwrap_or(resolved),
        settings: Settings::Unsupported(name),
    })
}

/// The fields of an integration, those that all have among them.
pub(super) fn fields<'y>(
    values: &mut Values<'_>,
    yaml: &'y Yaml,
    what: &str,
    own: &[&str],
) -> Option<Fields<'y>> {
    let mut allowed = vec!["send_resolved"];
    allowed.extend(own);
    values.reader.fields(yaml, what, &allowed)
}

/// How it is reached, with the time for one attempt.
pub(super) fn reached(values: &mut Values<'_>, fields: Fields<'_>, global: &Global) -> HttpConfig {
    let http = http::read(values, fields, "http_config");
    let timeout = values.duration(fields, "timeout");
    HttpConfig {
        // 0 sets no limit in Alertmanager; ours is always one.
        timeout: timeout.filter(|timeout| !timeout.is_zero()),
        ..http.unwrap_or_else(|| global.http.clone())
    }
}

/// Says so where what must be there is not, unless it is there and wrong, which was said.
pub(super) fn need(values: &mut Values<'_>, fields: Fields<'_>, what: &str, name: &str) {
    let file = format!("{name}_file");
    if fields.get(name).is_none() && fields.get(&file).is_none() {
        let message = format!("{what} needs one of \"{name}\" and \"{file}\"");
        values.reader.wrong(fields.at, 1, message);
    }
}

fn webhook(values: &mut Values<'_>, yaml: &Yaml, global: &Global) -> Option<Integration> {
    let own = ["http_config", "url", "url_file", "max_alerts", "timeout"];
    let fields = fields(values, yaml, "a webhook", &own)?;
    need(values, fields, "a webhook", "url");
    Some(Integration {
        send_resolved: values.switch(fields, "send_resolved").unwrap_or(true),
        settings: Settings::Webhook(Box::new(WebhookSettings {
            url: values.url_or_file(fields, "url"),
            max_alerts: values.whole(fields, "max_alerts").unwrap_or(0),
            http: reached(values, fields, global),
        })),
    })
}

fn msteams_connector(values: &mut Values<'_>, yaml: &Yaml, global: &Global) -> Option<Integration> {
    msteams(values, yaml, global, true)
}

fn msteams_workflow(values: &mut Values<'_>, yaml: &Yaml, global: &Global) -> Option<Integration> {
    msteams(values, yaml, global, false)
}

fn msteams(
    values: &mut Values<'_>,
    yaml: &Yaml,
    global: &Global,
    is_connector: bool,
) -> Option<Integration> {
    let mut own = vec![
        "http_config",
        "webhook_url",
        "webhook_url_file",
        "title",
        "text",
        "timeout",
    ];
    if is_connector {
        own.push("summary");
    }
    let fields = fields(values, yaml, "a Teams channel", &own)?;
    need(values, fields, "a Teams channel", "webhook_url");
    if is_connector {
        let message = "Microsoft has retired the connectors that \"msteams_configs\" sends to";
        values.warn(
            yaml.at,
            1,
            message,
            Some("use \"msteamsv2_configs\"".to_owned()),
        );
    }
    Some(Integration {
        send_resolved: values.switch(fields, "send_resolved").unwrap_or(true),
        settings: Settings::Msteams(Box::new(MsteamsSettings {
            webhook_url: values.url_or_file(fields, "webhook_url"),
            title: values.string(fields, "title"),
            summary: if is_connector {
                values.string(fields, "summary")
            } else {
                None
            },
            text: values.string(fields, "text"),
            is_connector,
            http: reached(values, fields, global),
        })),
    })
}

fn pagerduty(values: &mut Values<'_>, yaml: &Yaml, global: &Global) -> Option<Integration> {
    let own = [
        "http_config",
        "service_key",
        "service_key_file",
        "routing_key",
        "routing_key_file",
        "url",
        "client",
        "client_url",
        "description",
        "details",
        "images",
        "links",
        "source",
        "severity",
        "class",
        "component",
        "group",
        "timeout",
    ];
    let fields = fields(values, yaml, "PagerDuty", &own)?;
    let is_old = |name: &str| fields.get(name).is_some();
    if is_old("service_key") || is_old("service_key_file") {
        let instead = "create an integration of the Events API v2 and use its \"routing_key\"";
        values.refuse(fields, &["service_key", "service_key_file"], instead);
    } else {
        need(values, fields, "PagerDuty", "routing_key");
    }
    let routing_key = values.secret_or_file(fields, "routing_key");
    if routing_key.is_none()
        && fields.get("routing_key").is_some()
        && values.reader.problems.is_empty()
    {
        let at = fields.key_at("routing_key");
        values
            .reader
            .wrong(at, "routing_key".len(), "\"routing_key\" is empty");
    }
    let url = values.url(fields, "url").map(|url| url.expose().to_owned());
    let details: BTreeMap<String, String> = values
        .pairs(fields, "details")
        .into_iter()
        .map(|(name, _, text)| (name.to_owned(), text.text.to_owned()))
        .collect();
    Some(Integration {
        send_resolved: values.switch(fields, "send_resolved").unwrap_or(true),
        settings: Settings::Pagerduty(Box::new(PagerdutySettings {
            routing_key,
            url: url.or_else(|| global.pagerduty_url.clone()),
            client: values.string(fields, "client"),
            client_url: values.string(fields, "client_url"),
            description: values.string(fields, "description"),
            severity: values.string(fields, "severity"),
            source: values.string(fields, "source"),
            class: values.string(fields, "class"),
            component: values.string(fields, "component"),
            group: values.string(fields, "group"),
            details,
            links: links(values, fields, "links", "text"),
            images: links(values, fields, "images", "alt"),
            http: reached(values, fields, global),
        })),
    })
}

fn links(
    values: &mut Values<'_>,
    fields: Fields<'_>,
    name: &str,
    text_field: &str,
) -> Vec<PagerdutyLink> {
    let mut allowed = vec!["href", text_field];
    if name == "images" {
        allowed.push("src");
    }
    let mut links = Vec::new();
    for yaml in items(values, fields, name) {
        if let Some(fields) = values.reader.fields(yaml, "a link", &allowed) {
            links.push(PagerdutyLink {
                href: values.string(fields, "href").unwrap_or_default(),
                text: values.string(fields, text_field).unwrap_or_default(),
                src: values.string(fields, "src").unwrap_or_default(),
            });
        }
    }
    links
}

fn email(values: &mut Values<'_>, yaml: &Yaml, global: &Global) -> Option<Integration> {
    let own = [
        "to",
        "from",
        "hello",
        "smarthost",
        "auth_username",
        "auth_password",
        "auth_password_file",
        "auth_secret",
        "auth_secret_file",
        "auth_identity",
        "headers",
        "html",
        "text",
        "require_tls",
        "tls_config",
    ];
    let fields = fields(values, yaml, "e-mail", &own)?;
    let to = values.reader.required(fields, "e-mail", "to");
    let non_empty = |text: Option<String>| text.filter(|text| !text.is_empty());
    let from = non_empty(values.string(fields, "from")).or_else(|| global.smtp_from.clone());
    let before = values.reader.problems.len();
    let smarthost = host_and_port(values, fields, "smarthost");
    let was_wrong = values.reader.problems.len() > before;
    let smarthost = smarthost.or_else(|| global.smtp_smarthost.clone());
    for (name, global_name, is_missing) in [
        (
            "smarthost",
            "smtp_smarthost",
            smarthost.is_none() && !was_wrong,
        ),
        ("from", "smtp_from", from.is_none()),
    ] {
        if is_missing {
            let message =
                format!("e-mail needs \"{name}\" here, or \"{global_name}\" in \"global\"");
            values.reader.wrong(fields.at, 1, message);
        }
    }
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, at, text) in values.pairs(fields, "headers") {
        if headers.keys().any(|other| other.eq_ignore_ascii_case(name)) {
            let message = format!("the header \"{name}\" is there twice");
            values.reader.wrong(at, name.len(), message);
        }
        headers.insert(name.to_owned(), text.text.to_owned());
    }
    let tls = http::read_tls_alone(values, fields, "tls_config");
    let or_global = |own: Option<String>, global: &Option<String>| {
        own.filter(|text| !text.is_empty())
            .or_else(|| global.clone())
    };
    let auth_password = values.secret_or_file(fields, "auth_password");
    let auth_secret = values.secret_or_file(fields, "auth_secret");
    Some(Integration {
        send_resolved: values.switch(fields, "send_resolved").unwrap_or(false),
        settings: Settings::Email(Box::new(EmailSettings {
            to: to.map(|to| to.text.to_owned()).unwrap_or_default(),
            from: from.unwrap_or_default(),
            smarthost: smarthost.unwrap_or_default(),
            hello: or_global(
                values.string(fields, "hello"),
                &Some(global.smtp_hello.clone()).filter(|hello| !hello.is_empty()),
            ),
            auth_username: or_global(
                values.string(fields, "auth_username"),
                &global.smtp_auth_username,
            ),
            auth_password: auth_password.or_else(|| global.smtp_auth_password.clone()),
            auth_identity: or_global(
                values.string(fields, "auth_identity"),
                &global.smtp_auth_identity,
            ),
            auth_secret: auth_secret.or_else(|| global.smtp_auth_secret.clone()),
            require_tls: values
                .switch(fields, "require_tls")
                .unwrap_or(global.smtp_require_tls),
            headers,
            html: values.string(fields, "html"),
            text: values.string(fields, "text"),
            http: tls.unwrap_or_else(|| global.smtp_tls.clone()),
        })),
    })
}

fn push(values: &mut Values<'_>, yaml: &Yaml, global: &Global) -> Option<Integration> {
    let own = ["http_config", "urls", "timeout"];
    let fields = fields(values, yaml, "a push to Alertmanagers", &own)?;
    let mut urls = Vec::new();
    let texts = values.texts(fields, "urls");
    if texts.is_empty() {
        let message = "a push to Alertmanagers needs \"urls\"";
        values.reader.wrong(fields.at, 1, message);
    }
    for text in texts {
        urls.extend(values.url_of(text, "urls"));
    }
    Some(Integration {
        send_resolved: values.switch(fields, "send_resolved").unwrap_or(true),
        settings: Settings::Alertmanager(Box::new(PushSettings {
            urls,
            http: reached(values, fields, global),
        })),
    })
}

fn heartbeat(values: &mut Values<'_>, yaml: &Yaml, global: &Global) -> Option<Integration> {
    let own = [
        "http_config",
        "url",
        "url_file",
        "method",
        "interval",
        "timeout",
    ];
    let fields = fields(values, yaml, "a heartbeat", &own)?;
    need(values, fields, "a heartbeat", "url");
    let method = values.reader.text(fields, "method");
    if let Some(method) = method
        && !matches!(method.text, "GET" | "POST")
    {
        let message = "\"method\" is GET or POST";
        values.reader.wrong(method.at, method.text.len(), message);
    }
    let interval = values.duration(fields, "interval");
    if interval.is_some_and(|interval| interval.is_zero()) {
        let at = fields.key_at("interval");
        values
            .reader
            .wrong(at, "interval".len(), "\"interval\" cannot be zero");
    }
    Some(Integration {
        send_resolved: values.switch(fields, "send_resolved").unwrap_or(true),
        settings: Settings::Heartbeat(Box::new(HeartbeatSettings {
            url: values.url_or_file(fields, "url"),
            method: method.map(|method| method.text.to_owned()),
            interval,
            http: reached(values, fields, global),
        })),
    })
}
