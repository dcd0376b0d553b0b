//! The syntax before Alertmanager 0.27: tolerant, without quoted names.

use llm_vitals_promql::{MatchOp, Matcher};

use super::{MatcherError, matcher};

/// Reads a list of so many conditions at most.
pub(super) fn parse(text: &str, most: usize) -> Result<Vec<Matcher>, MatcherError> {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let mut parts: Vec<&str> = Vec::new();
    let (mut is_quoted, mut is_escaped, mut start) = (false, false, 0);
    for (at, char) in text.char_indices() {
        match char {
            ',' if !is_quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            ',' => {}
            '"' if is_escaped => is_escaped = false,
            '"' => is_quoted = !is_quoted,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    if parts.len() > most {
        return Err(MatcherError {
            message: format!("expected {most} at most"),
            offset: 0,
        });
    }
    parts.into_iter().map(one).collect()
}

/// Reads one condition.
pub(super) fn one(text: &str) -> Result<Matcher, MatcherError> {
    let wrong = |message: &str| MatcherError {
        message: message.to_owned(),
        offset: 0,
    };
    let is_space = |char: char| matches!(char, ' ' | '\t' | '\n' | '\x0c' | '\r');
    let text = text.trim_matches(is_space);
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    let length = text.bytes().take_while(|byte| is_part(byte)).count();
    let (name, rest) = text.split_at(length);
    if name.is_empty() || name.as_bytes()[0].is_ascii_digit() {
        return Err(wrong("expected a name"));
    }
    let rest = rest.trim_start_matches(is_space);
    let ops = [
        ("=~", MatchOp::Regex),
        ("!=", MatchOp::NotEqual),
        ("!~", MatchOp::NotRegex),
        ("=", MatchOp::Equal),
    ];
    let found = ops
        .into_iter()
        .find_map(|(sign, op)| Some((op, rest.strip_prefix(sign)?)));
    let (op, raw) = found.ok_or_else(|| wrong("expected an operator"))?;
    let value = unescape(raw.trim_start_matches(is_space))
        .ok_or_else(|| wrong("a quote that is not escaped"))?;
    matcher(name, op, &value).map_err(|message| MatcherError { message, offset: 0 })
}

/// A value with or without quotes; a backslash that escapes nothing is itself.
fn unescape(raw: &str) -> Option<String> {
    let (inner, mut needs_quote) = match raw.strip_prefix('"') {
        Some(inner) => (inner, true),
        None => (raw, false),
    };
    let mut value = String::with_capacity(inner.len());
    let mut is_escaped = false;
    for (at, char) in inner.char_indices() {
        let is_last = at + char.len_utf8() == inner.len();
        match char {
            'n' if is_escaped => value.push('\n'),
            '"' | '\\' if is_escaped => value.push(char),
            char if is_escaped => value.extend(['\\', char]),
            '\\' if !is_last => {
                is_escaped = true;
                continue;
            }
            '"' => {
                if !needs_quote || !is_last {
                    return None;
                }
                needs_quote = false;
            }
            char => value.push(char),
        }
        is_escaped = false;
    }
    (!needs_quote).then_some(value)
}
