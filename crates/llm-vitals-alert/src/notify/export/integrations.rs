//! The ways to tell of one receiver.

use super::yaml::{Writer, shown};
use crate::notify::config::{
    EmailSettings, HttpConfig, Integration, MsteamsSettings, PagerdutyLink, PagerdutySettings,
    Receiver, Settings, SlackSettings, WebhookSettings,
};

/// Writes them; `refuse` takes what cannot be said, as the end of a sentence about the receiver.
pub(super) fn write(writer: &mut Writer, receiver: &Receiver, refuse: &mut impl FnMut(String)) {
    let mut field = "";
    for integration in &receiver.integrations {
        let own = match &integration.settings {
            Settings::Slack(_) => "slack_configs",
            Settings::Pagerduty(_) => "pagerduty_configs",
            Settings::Email(_) => "email_configs",
            Settings::Webhook(_) => "webhook_configs",
            Settings::Msteams(settings) if settings.is_connector => "msteams_configs",
            Settings::Msteams(_) => "msteamsv2_configs",
            Settings::Alertmanager(_) => {
                refuse("pushes to Alertmanagers, which an Alertmanager cannot".to_owned());
                continue;
            }
            Settings::Heartbeat(_) => {
                let reason =
                    "sends a heartbeat: let a rule that always fires go to a webhook there";
                refuse(reason.to_owned());
                continue;
            }
            Settings::Unsupported(name) => {
                refuse(format!("has {name}, whose fields this crate does not read"));
                continue;
            }
        };
        // Integrations of one kind stand beside each other.
        if field != own {
            writer.field(own, "");
            field = own;
        }
        writer.item(|writer| one(writer, integration, refuse));
    }
}

fn one(writer: &mut Writer, integration: &Integration, refuse: &mut impl FnMut(String)) {
    let send_resolved = if integration.send_resolved {
        "true"
    } else {
        "false"
    };
    writer.field("send_resolved", send_resolved);
    match &integration.settings {
        Settings::Slack(settings) => slack(writer, settings, refuse),
        Settings::Pagerduty(settings) => pagerduty(writer, settings, refuse),
        Settings::Email(settings) => email(writer, settings),
        Settings::Webhook(settings) => webhook(writer, settings),
        Settings::Msteams(settings) => msteams(writer, settings, refuse),
        Settings::Alertmanager(_) | Settings::Heartbeat(_) | Settings::Unsupported(_) => {}
    }
}

fn slack(writer: &mut Writer, settings: &SlackSettings, refuse: &mut impl FnMut(String)) {
    if settings.bot_token.is_some() {
        refuse("writes to Slack with a token: use the address of a webhook".to_owned());
    }
    match &settings.api_url {
        Some(url) => writer.url_or_file("api_url", url),
        None => writer.text("api_url", "https://secret.invalid/"),
    }
    for (name, text) in [
        ("channel", &settings.channel),
        ("username", &settings.username),
        ("color", &settings.color),
        ("title", &settings.title),
        ("title_link", &settings.title_link),
        ("pretext", &settings.pretext),
        ("text", &settings.text),
        ("footer", &settings.footer),
        ("fallback", &settings.fallback),
        ("callback_id", &settings.callback_id),
        ("icon_emoji", &settings.icon_emoji),
        ("icon_url", &settings.icon_url),
        ("image_url", &settings.image_url),
        ("thumb_url", &settings.thumb_url),
    ] {
        writer.optional(name, text.as_ref());
    }
    for (name, is_on) in [
        ("short_fields", settings.short_fields),
        ("link_names", settings.link_names),
    ] {
        if is_on {
            writer.field(name, "true");
        }
    }
    if !settings.mrkdwn_in.is_empty() {
        writer.list("mrkdwn_in", settings.mrkdwn_in.iter().cloned());
    }
    if !settings.fields.is_empty() {
        writer.field("fields", "");
        for field in &settings.fields {
            writer.item(|writer| {
                writer.text("title", &field.title);
                writer.text("value", &field.value);
                if let Some(short) = field.short {
                    writer.field("short", if short { "true" } else { "false" });
                }
            });
        }
    }
    http(writer, &settings.http);
    refuse_timeout(&settings.http, refuse);
}

fn pagerduty(writer: &mut Writer, settings: &PagerdutySettings, refuse: &mut impl FnMut(String)) {
    if let Some(key) = &settings.routing_key {
        writer.secret_or_file("routing_key", key);
    }
    for (name, text) in [
        ("url", &settings.url),
        ("client", &settings.client),
        ("client_url", &settings.client_url),
        ("description", &settings.description),
        ("severity", &settings.severity),
        ("source", &settings.source),
        ("class", &settings.class),
        ("component", &settings.component),
        ("group", &settings.group),
    ] {
        writer.optional(name, text.as_ref());
    }
    pairs(writer, "details", settings.details.iter());
    links(writer, "links", "text", &settings.links);
    links(writer, "images", "alt", &settings.images);
    http(writer, &settings.http);
    refuse_timeout(&settings.http, refuse);
}

fn links(writer: &mut Writer, name: &str, text_field: &str, links: &[PagerdutyLink]) {
    if links.is_empty() {
        return;
    }
    writer.field(name, "");
    for link in links {
        writer.item(|writer| {
            for (name, text) in [
                ("href", &link.href),
                (text_field, &link.text),
                ("src", &link.src),
            ] {
                if !text.is_empty() {
                    writer.text(name, text);
                }
            }
        });
    }
}

fn email(writer: &mut Writer, settings: &EmailSettings) {
    writer.text("to", &settings.to);
    writer.text("from", &settings.from);
    writer.text("smarthost", &settings.smarthost);
    writer.optional("hello", settings.hello.as_ref());
    writer.optional("auth_username", settings.auth_username.as_ref());
    if let Some(password) = &settings.auth_password {
        writer.secret_or_file("auth_password", password);
    }
    if let Some(secret) = &settings.auth_secret {
        writer.secret("auth_secret", secret);
    }
    writer.optional("auth_identity", settings.auth_identity.as_ref());
    writer.field(
        "require_tls",
        if settings.require_tls {
            "true"
        } else {
            "false"
        },
    );
    pairs(writer, "headers", settings.headers.iter());
    writer.optional("html", settings.html.as_ref());
    writer.optional("text", settings.text.as_ref());
    if has_tls(&settings.http) {
        writer.field("tls_config", "");
        writer.nested(|writer| tls(writer, &settings.http));
    }
}

fn webhook(writer: &mut Writer, settings: &WebhookSettings) {
    if let Some(url) = &settings.url {
        // `url_file` came with 0.26.
        writer.secret_url("url", url);
    }
    if settings.max_alerts > 0 {
        writer.field("max_alerts", &settings.max_alerts.to_string());
    }
    if let Some(timeout) = settings.http.timeout {
        // Go's durations know no days.
        writer.field("timeout", &format!("{}ms", timeout.as_millis()));
    }
    http(writer, &settings.http);
}

fn msteams(writer: &mut Writer, settings: &MsteamsSettings, refuse: &mut impl FnMut(String)) {
    if let Some(url) = &settings.webhook_url {
        writer.secret_url("webhook_url", url);
    }
    for (name, text) in [
        ("title", &settings.title),
        ("summary", &settings.summary),
        ("text", &settings.text),
    ] {
        writer.optional(name, text.as_ref());
    }
    http(writer, &settings.http);
    refuse_timeout(&settings.http, refuse);
}

fn pairs<'p>(
    writer: &mut Writer,
    name: &str,
    pairs: impl ExactSizeIterator<Item = (&'p String, &'p String)>,
) {
    if pairs.len() == 0 {
        return;
    }
    writer.field(name, "");
    writer.nested(|writer| {
        pairs.for_each(|(name, text)| writer.text(&crate::export::quoted(name), text));
    });
}

fn refuse_timeout(http: &HttpConfig, refuse: &mut impl FnMut(String)) {
    if http.timeout.is_some() {
        refuse("has a \"timeout\", which Alertmanager has for webhooks only".to_owned());
    }
}

fn has_tls(http: &HttpConfig) -> bool {
    http.ca_file.is_some() || http.cert_and_key.is_some() || http.insecure_skip_verify
}

fn http(writer: &mut Writer, http: &HttpConfig) {
    let is_plain = http.basic_auth.is_none()
        && http.authorization.is_none()
        && http.proxy_url.is_none()
        && http.follow_redirects
        && !has_tls(http);
    if is_plain {
        return;
    }
    writer.field("http_config", "");
    writer.nested(|writer| {
        writer.field(
            "follow_redirects",
            if http.follow_redirects {
                "true"
            } else {
                "false"
            },
        );
        if let Some((name, password)) = &http.basic_auth {
            writer.field("basic_auth", "");
            writer.nested(|writer| {
                writer.text("username", name);
                writer.secret_or_file("password", password);
            });
        }
        if let Some((kind, credentials)) = &http.authorization {
            writer.field("authorization", "");
            writer.nested(|writer| {
                writer.text("type", kind);
                writer.secret_or_file("credentials", credentials);
            });
        }
        if let Some(url) = &http.proxy_url {
            writer.secret_url("proxy_url", url);
        }
        if has_tls(http) {
            writer.field("tls_config", "");
            writer.nested(|writer| tls(writer, http));
        }
    });
}

fn tls(writer: &mut Writer, http: &HttpConfig) {
    if let Some(file) = &http.ca_file {
        writer.text("ca_file", &shown(file));
    }
    if let Some((cert, key)) = &http.cert_and_key {
        writer.text("cert_file", &shown(cert));
        writer.text("key_file", &shown(key));
    }
    if http.insecure_skip_verify {
        writer.field("insecure_skip_verify", "true");
    }
}
