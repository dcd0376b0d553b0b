//! What is wrong with the configuration, and where.

use std::fmt;
use std::path::Path;

use serde_saphyr::{Error as YamlError, Location};

use super::notify;
use crate::near::near;

/// What is wrong with the configuration: a text for the person who wrote it.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct ConfigError(String);

impl ConfigError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// What the parser found, with its place.
    pub(super) fn in_file(path: &Path, text: &str, error: &YamlError) -> Self {
        let message = message(error);
        match error.location() {
            // The name may be that of a secret with a letter less.
            Some(at) if is_unknown_field(error) => Self::placed(path, text, &message, at, true),
            Some(at) => Self::at(path, text, &message, at),
            None => Self(format!("{}: {message}", path.display())),
        }
    }

    /// Adds the place in the file, and its line.
    pub(super) fn at(path: &Path, text: &str, message: &str, at: Location) -> Self {
        Self::placed(path, text, message, at, false)
    }

    fn placed(path: &Path, text: &str, message: &str, at: Location, hides_value: bool) -> Self {
        let (line, column) = (at.line(), at.column());
        let mut shown = format!("{}:{line}:{column}: {message}", path.display());
        let mut lines = notify::lines(text);
        if let Some((written, is_of_notify)) = lines.nth(to_usize(line).saturating_sub(1)) {
            let written = written.trim_end_matches(['\r', '\n']);
            let (written, mark) = snippet(written, is_of_notify || hides_value, to_usize(column));
            let gutter = " ".repeat(line.to_string().len());
            shown.push_str(&format!(
                "\n{gutter} |\n{line} | {written}\n{gutter} | {mark}^"
            ));
        }
        Self(shown)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

fn is_unknown_field(error: &YamlError) -> bool {
    matches!(error.without_snippet(), YamlError::SerdeUnknownField { .. })
}

/// The message alone: the parser writes the place before it.
fn message(error: &YamlError) -> String {
    let error = error.without_snippet();
    match error {
        YamlError::SerdeUnknownField {
            field, expected, ..
        } => {
            let help = match near(field, expected.iter().copied()).first() {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("the fields here are {}", expected.join(", ")),
            };
            return format!("unknown field `{field}`: {help}");
        }
        // The value that is wrong may be a key in a wrong place.
        YamlError::SerdeInvalidType {
            unexpected,
            expected,
            ..
        } if unexpected.starts_with("string") => {
            return format!("invalid type: string, expected {expected}");
        }
        YamlError::SerdeInvalidValue {
            unexpected,
            expected,
            ..
        } if unexpected.starts_with("string") => {
            return format!("invalid value: string, expected {expected}");
        }
        _ => {}
    }
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let place = text
        .strip_prefix("line ")
        .and_then(|rest| rest.split_once(": "));
    let text = place.map_or(text, |(_, message)| message);
    let text = text.lines().next().unwrap_or_default();
    // The parser speaks to programmers here.
    let text = text
        .split(", set DuplicateKeyPolicy")
        .next()
        .unwrap_or(text);
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    match text {
        "expected sequence start" => "a list is expected here, such as [a, b]".to_owned(),
        "expected mapping start" => "fields with values are expected here".to_owned(),
        "expected string scalar" => "a text is expected here".to_owned(),
        "invalid floating point" => "a number is expected here, such as 0.2".to_owned(),
        "invalid u32" | "invalid u64" => {
            "a whole number is expected here, 0 or more and not too large, such as 10".to_owned()
        }
        _ => text.to_owned(),
    }
}

fn to_usize(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}

/// The line, and the blanks up to what is wrong in it. Where a key may be written, three stars are shown.
fn snippet(line: &str, hides_values: bool, column: usize) -> (String, String) {
    let shown = if hides_values {
        without_values(line)
    } else {
        without_secrets(line)
    };
    let shown: String = shown.chars().take(160).collect();
    (shown, " ".repeat(column.saturating_sub(1).min(160)))
}

fn without_secrets(line: &str) -> String {
    let Some((name, value)) = line.split_once(':') else {
        // A value alone: an element of a list, or a line of a longer text.
        let value = line.trim_start();
        let indent = &line[..line.len() - value.len()];
        let dash = value.strip_prefix('-').map_or("", |_| "- ");
        return if value.contains("${") {
            line.to_owned()
        } else {
            format!("{indent}{dash}***")
        };
    };
    let field = name.rsplit(['{', ',', ' ']).next().unwrap_or(name);
    if !is_secret(field) {
        let value = if value.contains(':') {
            without_secrets(value)
        } else {
            value.to_owned()
        };
        return format!("{name}:{value}");
    }
    // A variable is no secret, and what follows it is looked at by itself.
    match value
        .trim_start()
        .strip_prefix("${")
        .and_then(|rest| rest.split_once('}'))
    {
        Some((variable, rest)) if rest.contains(':') => {
            format!("{name}: ${{{variable}}}{}", without_secrets(rest))
        }
        Some((variable, rest)) => format!("{name}: ${{{variable}}}{rest}"),
        None => format!("{name}: ***"),
    }
}

/// Nearly every value of `notify` is a key or an address that is as good as one, and so may be that of an unknown field: the first
/// name alone is shown.
fn without_values(line: &str) -> String {
    let value = line.trim_start();
    match line.split_once(':') {
        Some((name, value)) if value.trim().is_empty() => format!("{name}:"),
        Some((name, _)) if !name.contains(['{', '[', '"', '\'', ',']) => format!("{name}: ***"),
        _ if value.is_empty() || value.starts_with('#') => String::new(),
        _ => format!("{}***", &line[..line.len() - value.len()]),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["key", "token", "secret", "auth", "password", "url"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_the_file_is_not_shown() {
        for (line, shown) in [
            ("    key: sk-123", "    key: ***"),
            ("  - sk-123", "  - ***"),
            ("sk-123", "***"),
            ("    key: ${KEY}", "    key: ${KEY}"),
            (
                "  a: {kind: openai, key: sk-123, models: [m]}",
                "  a: {kind: openai, key: ***",
            ),
            (
                "  a: {key: ${KEY}, x-api-key: sk-123}",
                "  a: {key: ${KEY}, x-api-key: ***",
            ),
            ("    kind: opnai", "    kind: opnai"),
        ] {
            assert_eq!(snippet(line, false, 11), (shown.to_owned(), " ".repeat(10)));
        }
    }
    #[test]
    fn no_value_of_notify_is_shown() {
        for (line, shown) in [
            ("  slack: https://hooks.example/s3cret", "  slack: ***"),
            (
                "notify: {slack: https://hooks.example/s3cret}",
                "notify: ***",
            ),
            ("  critical: ", "  critical:"),
            ("  {slack: s3cret}", "  ***"),
            ("  - https://am.example/s3cret", "  - https: ***"),
            ("  s3cret", "  ***"),
            ("  # s3cret", ""),
        ] {
            assert_eq!(snippet(line, true, 3), (shown.to_owned(), "  ".to_owned()));
        }
    }
}
