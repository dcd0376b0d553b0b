//! Templates of a receiver, tried.

use llm_vitals_alert::notify::{Notification, Settings, Texts};

/// A template that cannot be filled in.
#[derive(Debug)]
pub(crate) struct FailedTemplate {
    /// As the file names it: `text`, `details.cluster`.
    pub(crate) field: String,
    /// As the file has it.
    pub(crate) template: String,
    pub(crate) error: String,
}

/// The templates that fail for a notification. Receivers send what is shipped instead, or leave the field out.
pub(crate) fn failed(
    texts: &Texts,
    settings: &Settings,
    notification: &Notification,
) -> Vec<FailedTemplate> {
    let used = used(settings, notification.is_firing()).into_iter();
    used.filter_map(|(field, template)| {
        let expanded = match (settings, &*field) {
            (Settings::Email(_), "html") => texts.expand_html(template, notification),
            _ => texts.expand(template, notification),
        };
        let error = expanded.err()?;
        Some(FailedTemplate {
            error: match &*field {
                // What is wrong with it may say what is in it.
                "routing_key" => "it holds keys, and what is wrong is not shown".to_owned(),
                _ => error,
            },
            template: template.to_owned(),
            field,
        })
    })
    .collect()
}

/// The fields whose templates an integration fills in, with those.
fn used(settings: &Settings, is_firing: bool) -> Vec<(String, &str)> {
    let mut used = Vec::new();
    match settings {
        Settings::Slack(slack) => {
            let texts = [
                ("channel", &slack.channel),
                ("username", &slack.username),
                ("icon_emoji", &slack.icon_emoji),
                ("icon_url", &slack.icon_url),
                ("color", &slack.color),
                ("title", &slack.title),
                ("title_link", &slack.title_link),
                ("pretext", &slack.pretext),
                ("text", &slack.text),
                ("footer", &slack.footer),
                ("fallback", &slack.fallback),
                ("callback_id", &slack.callback_id),
                ("image_url", &slack.image_url),
                ("thumb_url", &slack.thumb_url),
            ];
            optional(&mut used, &texts);
            for field in &slack.fields {
                used.push(("fields.title".to_owned(), &*field.title));
                used.push(("fields.value".to_owned(), &*field.value));
            }
        }
        Settings::Pagerduty(pagerduty) => {
            let key = pagerduty.routing_key.as_ref().map(|key| key.expose());
            let key = key.filter(|key| key.contains("{{"));
            used.extend(key.map(|key| ("routing_key".to_owned(), key)));
            // The end of an event has its key alone.
            if !is_firing {
                return used;
            }
            let texts = [
                ("client", &pagerduty.client),
                ("client_url", &pagerduty.client_url),
                ("description", &pagerduty.description),
                ("severity", &pagerduty.severity),
                ("source", &pagerduty.source),
                ("class", &pagerduty.class),
                ("component", &pagerduty.component),
                ("group", &pagerduty.group),
            ];
            optional(&mut used, &texts);
            let details = pagerduty.details.iter();
            used.extend(details.map(|(name, text)| (format!("details.{name}"), &**text)));
            for link in &pagerduty.links {
                used.push(("links.href".to_owned(), &*link.href));
                used.push(("links.text".to_owned(), &*link.text));
            }
            for image in &pagerduty.images {
                used.push(("images.src".to_owned(), &*image.src));
                used.push(("images.href".to_owned(), &*image.href));
                used.push(("images.alt".to_owned(), &*image.text));
            }
        }
        Settings::Msteams(teams) => {
            let texts = [
                ("title", &teams.title),
                ("summary", &teams.summary),
                ("text", &teams.text),
            ];
            optional(&mut used, &texts);
        }
        Settings::Email(email) => {
            used.push(("to".to_owned(), &*email.to));
            used.push(("from".to_owned(), &*email.from));
            let headers = email.headers.iter();
            used.extend(headers.map(|(name, text)| (format!("headers.{name}"), &**text)));
            optional(&mut used, &[("html", &email.html), ("text", &email.text)]);
        }
        // The others have none.
        _ => {}
    }
    used
}

fn optional<'a>(used: &mut Vec<(String, &'a str)>, texts: &[(&str, &'a Option<String>)]) {
    let texts = texts.iter();
    used.extend(texts.filter_map(|(name, text)| Some(((*name).to_owned(), text.as_deref()?))));
}
