//! `slack_configs:`.

use super::global::Global;
use super::receivers::{fields, reached};
use super::values::{Values, items};
use crate::fields::Fields;
use crate::notify::config::{FieldSettings, Integration, Settings, SlackSettings};
use crate::yaml::Yaml;

const FIELDS: &[&str] = &[
    "http_config",
    "api_url",
    "api_url_file",
    "channel",
    "username",
    "color",
    "title",
    "title_link",
    "pretext",
    "text",
    "fields",
    "short_fields",
    "footer",
    "fallback",
    "callback_id",
    "icon_emoji",
    "icon_url",
    "image_url",
    "thumb_url",
    "link_names",
    "mrkdwn_in",
    "actions",
    "timeout",
    // Ours.
    "bot_token",
    "bot_token_file",
    "api_base",
];

pub(super) fn read(values: &mut Values<'_>, yaml: &Yaml, global: &Global) -> Option<Integration> {
    let fields = fields(values, yaml, "Slack", FIELDS)?;
    let is_there = |name: &str| fields.get(name).is_some();
    let has_token = is_there("bot_token") || is_there("bot_token_file");
    let has_url = is_there("api_url") || is_there("api_url_file");
    let api_url = values.url_or_file(fields, "api_url");
    let bot_token = values.secret_or_file(fields, "bot_token");
    if has_token && has_url {
        let message = "Slack has either a webhook's \"api_url\" or a \"bot_token\"";
        values.reader.wrong(fields.at, 1, message);
    }
    if !has_token && !has_url && global.slack_api_url.is_none() {
        let message =
            "Slack needs \"api_url\" or \"bot_token\" here, or \"slack_api_url\" in \"global\"";
        values.reader.wrong(fields.at, 1, message);
    }
    let channel = values.string(fields, "channel");
    if has_token && channel.as_deref().unwrap_or_default().is_empty() {
        let message = "a \"bot_token\" needs a \"channel\" to write to";
        values.reader.wrong(fields.key_at("bot_token"), 9, message);
    }
    let api_base = values.url(fields, "api_base");
    check_actions(values, fields);
    values.ignore(fields, &["actions"]);
    let mrkdwn_in = values.texts(fields, "mrkdwn_in");
    Some(Integration {
        send_resolved: values.switch(fields, "send_resolved").unwrap_or(false),
        settings: Settings::Slack(Box::new(SlackSettings {
            api_url: if has_token {
                None
            } else {
                api_url.or_else(|| global.slack_api_url.clone())
            },
            bot_token,
            api_base: api_base.map(|url| url.expose().to_owned()),
            channel,
            username: values.string(fields, "username"),
            color: values.string(fields, "color"),
            title: values.string(fields, "title"),
            title_link: values.string(fields, "title_link"),
            pretext: values.string(fields, "pretext"),
            text: values.string(fields, "text"),
            fields: message_fields(values, fields),
            short_fields: values.switch(fields, "short_fields").unwrap_or(false),
            footer: values.string(fields, "footer"),
            fallback: values.string(fields, "fallback"),
            callback_id: values.string(fields, "callback_id"),
            icon_emoji: values.string(fields, "icon_emoji"),
            icon_url: values.string(fields, "icon_url"),
            image_url: values.string(fields, "image_url"),
            thumb_url: values.string(fields, "thumb_url"),
            link_names: values.switch(fields, "link_names").unwrap_or(false),
            mrkdwn_in: mrkdwn_in
                .into_iter()
                .map(|text| text.text.to_owned())
                .collect(),
            http: reached(values, fields, global),
        })),
    })
}

fn message_fields(values: &mut Values<'_>, slack: Fields<'_>) -> Vec<FieldSettings> {
    let mut out = Vec::new();
    for yaml in items(values, slack, "fields") {
        let allowed = ["title", "value", "short"];
        let Some(fields) = values.reader.fields(yaml, "a field of a message", &allowed) else {
            continue;
        };
        let title = values
            .reader
            .required(fields, "a field of a message", "title");
        let value = values
            .reader
            .required(fields, "a field of a message", "value");
        let short = values.switch(fields, "short");
        if let (Some(title), Some(value)) = (title, value) {
            out.push(FieldSettings {
                title: title.text.to_owned(),
                value: value.text.to_owned(),
                short,
            });
        }
    }
    out
}

/// Buttons are no part of our messages; they are checked as Alertmanager does.
fn check_actions(values: &mut Values<'_>, slack: Fields<'_>) {
    for yaml in items(values, slack, "actions") {
        let allowed = ["type", "text", "url", "style", "name", "value", "confirm"];
        let Some(fields) = values.reader.fields(yaml, "an action", &allowed) else {
            continue;
        };
        for name in ["type", "text"] {
            values.reader.required(fields, "an action", name);
        }
        let is_empty = |text: Option<String>| text.unwrap_or_default().is_empty();
        let (name, url) = (values.string(fields, "name"), values.string(fields, "url"));
        if is_empty(name) && is_empty(url) {
            values
                .reader
                .wrong(fields.at, 1, "an action needs \"name\" or \"url\"");
        }
        if let Some(confirm) = fields.get("confirm") {
            let allowed = ["text", "title", "ok_text", "dismiss_text"];
            if let Some(fields) = values.reader.fields(confirm, "a confirmation", &allowed) {
                values.reader.required(fields, "a confirmation", "text");
            }
        }
    }
}
