//! Functions over texts.

use std::net::IpAddr;

use regex::{Regex, RegexBuilder};

use crate::duration::parse_duration;

use super::functions::wrong_arguments;
use super::value::Value;

pub(super) fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let texts: Option<Vec<&str>> = arguments
        .iter()
        .map(|value| match value {
            Value::Text(text) => Some(&**text),
            _ => None,
        })
        .collect();
    let texts = texts.ok_or_else(|| wrong_arguments(arguments))?;
    Ok(Value::Text(match (name, &*texts) {
        ("match", [pattern, text]) => return Ok(Value::Bool(regex(pattern)?.is_match(text))),
        ("parseDuration", [text]) => {
            let milliseconds = parse_duration(text).map_err(str::to_owned)?;
            return Ok(Value::Float(milliseconds as f64 / 1e3));
        }
        ("reReplaceAll", [pattern, by, text]) => replace_all(&regex(pattern)?, by, text)?,
        ("title", [text]) => title(text),
        ("toUpper", [text]) => text.to_uppercase(),
        ("toLower", [text]) => text.to_lowercase(),
        ("safeHtml", [text]) => (*text).to_owned(),
        ("stripPort", [address]) => host(address).unwrap_or(address).to_owned(),
        ("stripDomain", [address]) => strip_domain(address),
        ("graphLink", [expr]) => format!("/graph?g0.expr={}&g0.tab=0", query_escaped(expr)),
        ("tableLink", [expr]) => format!("/graph?g0.expr={}&g0.tab=1", query_escaped(expr)),
        _ => return Err(wrong_arguments(arguments)),
    }))
}

fn regex(pattern: &str) -> Result<Regex, String> {
    let regex = RegexBuilder::new(pattern).size_limit(1 << 20).build();
    regex.map_err(|_| format!("\"{pattern}\" is no regular expression"))
}

/// At most so much text as is worth making.
fn replace_all(pattern: &Regex, by: &str, text: &str) -> Result<String, String> {
    // Each match gives the replacement, in which each reference gives at most the match.
    let matches = pattern.find_iter(text).count();
    if (matches + text.len()).saturating_mul(by.len()) > MOST_REPLACED {
        return Err("the replacement is too long".to_owned());
    }
    Ok(pattern.replace_all(text, by).into_owned())
}

/// Bytes that a replacement may make at most.
const MOST_REPLACED: usize = 4 << 20;

fn title(text: &str) -> String {
    let mut out = String::new();
    let mut starts = true;
    for char in text.chars() {
        if starts {
            out.extend(char.to_uppercase());
        } else {
            out.push(char);
        }
        starts = !char.is_alphanumeric() && char != '_' && char != '\'';
    }
    out
}

/// The host of `host:port`, `None` if there is no port.
fn host(address: &str) -> Option<&str> {
    if let Some(inside) = address.strip_prefix('[') {
        let (host, rest) = inside.split_once(']')?;
        return rest.starts_with(':').then_some(host);
    }
    let (host, _) = address.split_once(':')?;
    (address.matches(':').count() == 1).then_some(host)
}

fn strip_domain(address: &str) -> String {
    let (name, port) = match host(address) {
        Some(name) => (name, address.rsplit_once(':').map(|(_, port)| port)),
        None => (address, None),
    };
    if name.parse::<IpAddr>().is_ok() {
        return address.to_owned();
    }
    let short = name.split('.').next().unwrap_or_default();
    match port {
        Some(port) => format!("{short}:{port}"),
        None => short.to_owned(),
    }
}

/// As a value in the query of a URL, as Go writes it: a blank is `+`.
pub(crate) fn query_escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_port_and_domain() {
        assert_eq!(host("db.example.com:80"), Some("db.example.com"));
        assert_eq!(host("[::1]:80"), Some("::1"));
        assert_eq!(host("::1"), None);
        assert_eq!(strip_domain("db.example.com:80"), "db:80");
        assert_eq!(strip_domain("10.0.0.1:80"), "10.0.0.1:80");
        assert_eq!(title("hello big world"), "Hello Big World");
        assert_eq!(query_escaped("a b+c"), "a+b%2Bc");
    }
}
