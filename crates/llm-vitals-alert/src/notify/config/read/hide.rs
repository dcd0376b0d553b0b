//! Keeps secrets out of what errors show.
//!
//! Errors show lines of the file, and a secret may stand in any of them, under a mistyped name too. So what is shown are the values of
//! fields that are known to hold no secret, without addresses; every other value is covered, with its length, so that places stay.

use crate::yaml::{Key, Yaml, YamlValue};

/// Fields whose values may be seen, besides those whose names end in `_file`.
const SHOWN: &[&str] = &[
    "active_time_intervals",
    "callback_id",
    "channel",
    "class",
    "client",
    "color",
    "component",
    "continue",
    "days_of_month",
    "description",
    "enable_http2",
    "end_time",
    "equal",
    "fallback",
    "follow_redirects",
    "footer",
    "from",
    "group",
    "group_by",
    "group_interval",
    "group_wait",
    "hello",
    "html",
    "icon_emoji",
    "insecure_skip_verify",
    "interval",
    "link_names",
    "location",
    "match",
    "match_re",
    "matchers",
    "max_alerts",
    "max_version",
    "method",
    "min_version",
    "months",
    "mrkdwn_in",
    "mute_time_intervals",
    "name",
    "pretext",
    "proxy_from_environment",
    "receiver",
    "repeat",
    "repeat_interval",
    "require_tls",
    "resolve_timeout",
    "send_resolved",
    "severity",
    "short",
    "short_fields",
    "smarthost",
    "smtp_from",
    "smtp_hello",
    "smtp_require_tls",
    "smtp_smarthost",
    "source",
    "source_match",
    "source_match_re",
    "source_matchers",
    "start_time",
    "summary",
    "target_match",
    "target_match_re",
    "target_matchers",
    "templates",
    "text",
    "timeout",
    "title",
    "to",
    "type",
    "weekdays",
    "years",
];

/// Fields whose own fields are labels.
const OF_LABELS: &[&str] = &[
    "match",
    "match_re",
    "source_match",
    "source_match_re",
    "target_match",
    "target_match_re",
];

/// A file's text with its secrets covered.
pub(super) struct Hidden {
    text: String,
    /// Names of fields that may be secrets in the wrong place.
    keys: Vec<String>,
}

#[derive(Default)]
struct Found<'y> {
    /// Where anything begins.
    starts: Vec<usize>,
    covered: Vec<(usize, &'y str)>,
    keys: Vec<String>,
}

impl Hidden {
    pub(super) fn new(text: &str, yaml: &Yaml) -> Self {
        let mut found = Found::default();
        found.walk(yaml, true);
        found.starts.sort_unstable();
        let mut bytes = text.as_bytes().to_vec();
        for (at, value) in &found.covered {
            let written = text.get(*at..).unwrap_or_default();
            let quote = usize::from(written.starts_with(['"', '\'']));
            let is_plain = written
                .get(quote..)
                .is_some_and(|rest| rest.starts_with(value));
            let (start, end) = if is_plain && !value.is_empty() {
                (at + quote, at + quote + value.len())
            } else {
                // Escaped, folded or in a block: all that comes before the next thing.
                let next = found.starts.partition_point(|start| start <= at);
                (*at, found.starts.get(next).copied().unwrap_or(text.len()))
            };
            cover(text, &mut bytes, start, end);
        }
        for (start, end) in comments(text) {
            cover(text, &mut bytes, start, end);
        }
        Self {
            // What covers has as many bytes as what it covers, and is valid.
            text: String::from_utf8(bytes).unwrap_or_default(),
            keys: found.keys,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A sentence without names that may be secrets, and without addresses.
    pub(super) fn sentence(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for key in &self.keys {
            text = text.replace(key.as_str(), "***");
        }
        sentence(&text)
    }
}

impl<'y> Found<'y> {
    fn walk(&mut self, yaml: &'y Yaml, is_shown: bool) {
        self.starts.push(yaml.at);
        match &yaml.value {
            YamlValue::Null => {}
            YamlValue::Scalar(text) => {
                if !is_shown || text.contains("://") {
                    self.covered.push((yaml.at, text));
                }
            }
            YamlValue::List(items) => items.iter().for_each(|item| self.walk(item, is_shown)),
            YamlValue::Map(entries) => {
                for (key, value) in entries {
                    self.starts.push(key.at);
                    if !is_name(key, value) {
                        self.keys.push(key.name.clone());
                        self.covered.push((key.at, &key.name));
                    }
                    self.below(key, value);
                }
            }
        }
    }

    fn below(&mut self, key: &Key, value: &'y Yaml) {
        let YamlValue::Map(entries) = &value.value else {
            return self.walk(value, is_shown(&key.name));
        };
        if !OF_LABELS.contains(&&*key.name) {
            return self.walk(value, false);
        }
        for (key, value) in entries {
            self.starts.push(key.at);
            self.walk(value, true);
        }
    }
}

/// Whether it can be the name of a field, and not a secret in its place.
fn is_name(key: &Key, value: &Yaml) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    let has_value = !matches!(value.value, YamlValue::Null);
    let is_token = key.name.starts_with("xox") || key.name.len() > 40;
    !is_token
        && key
            .name
            .bytes()
            .all(if has_value { is_part } else { is_word })
}

/// A line of a file that is no YAML: its value is shown if the field is known to hold no secret.
pub(super) fn line(line: &str) -> String {
    let trimmed = line.trim_start().trim_start_matches("- ").trim_start();
    let field = trimmed.split_once(':');
    let key = field.map(|(key, _)| key.trim());
    // Nothing is known of what stands behind a second field.
    let is_alone = field.is_some_and(|(_, value)| !value.contains([':', '#']));
    if is_alone && key.is_some_and(is_shown) {
        return line.to_owned();
    }
    let is_name = |name: &&str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
    };
    let shown = match key.filter(is_name) {
        Some(key) => line.len() - trimmed.len() + key.len() + 1,
        None => line.len() - line.trim_start().len(),
    };
    let mut bytes = line.as_bytes().to_vec();
    cover(line, &mut bytes, shown, line.len());
    String::from_utf8(bytes).unwrap_or_default()
}

/// A sentence without addresses.
pub(super) fn sentence(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        // Our own sentences name the two schemes.
        let is_address = word.contains("://") && !matches!(word, "http://" | "https://");
        out.push_str(if is_address { "***" } else { word });
    }
    out
}

fn is_shown(name: &str) -> bool {
    SHOWN.contains(&name) || name.ends_with("_file")
}

/// Where comments may stand: a key that was used before often does in one.
fn comments(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let mut signs = line.match_indices('#').map(|(sign, _)| sign);
        let comment = signs.find(|sign| {
            line[..*sign]
                .chars()
                .next_back()
                .is_none_or(char::is_whitespace)
        })?;
        Some((start + comment + 1, at))
    })
}

/// Puts a sign of the same length in the place of each character that is no blank.
fn cover(text: &str, bytes: &mut [u8], start: usize, end: usize) {
    for (at, char) in text.get(start..end).unwrap_or_default().char_indices() {
        let cover = match char.len_utf8() {
            _ if char.is_whitespace() => continue,
            1 => "*",
            2 => "\u{b7}",
            3 => "\u{2022}",
            _ => "\u{1f511}",
        };
        let at = start + at;
        bytes[at..at + cover.len()].copy_from_slice(cover.as_bytes());
    }
}
