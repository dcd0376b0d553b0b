//! Conditions on labels as people write them: `{severity="page", team=~"a|b"}`.

use std::borrow::Cow;
use std::fmt::Write as _;

use llm_vitals_promql::{Dialect, Labels, MatchOp, Matcher};

use crate::error::{Error, ErrorKind, Problem};
use crate::source::Source;

mod classic;
mod utf8;

/// More than any list of conditions has.
const MOST_BYTES: usize = 64 << 10;

/// What is wrong in a list of conditions, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatcherError {
    pub(crate) message: String,
    /// In bytes of the text.
    pub(crate) offset: usize,
}

/// What was read.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) matchers: Vec<Matcher>,
    /// The same in the syntax of Alertmanager 0.27, where the text is not valid there or means something else.
    pub(crate) newer_form: Option<String>,
}

/// Reads conditions with commas between, in braces or without: `severity="page",team!=db`.
///
/// Names and values may be quoted. It reads what Alertmanager reads: the syntax before 0.27 and that since, which allows quoted names
/// and every character in them; where both can be read and differ, the older meaning counts, as it does there. Regular expressions
/// match whole values, and a dot no line end. An error says where it is.
///
/// ```
/// use llm_vitals_alert::notify::parse_matchers;
///
/// let matchers = parse_matchers(r#"{severity=~"page|ticket", "service name"!=test}"#)?;
/// assert_eq!(matchers[0].to_string(), r#"severity=~"page|ticket""#);
/// assert_eq!((matchers[1].name(), matchers[1].value()), ("service name", "test"));
/// # Ok::<(), llm_vitals_alert::Error>(())
/// ```
pub fn parse_matchers(text: &str) -> Result<Vec<Matcher>, Error> {
    let source = Source {
        name: "matchers",
        text,
    };
    match parse(text) {
        Ok(parsed) => Ok(parsed.matchers),
        Err(error) => Err(Problem::new(ErrorKind::Rule, source.name, error.message)
            .at(Some(source.place(error.offset, 1)))
            .into()),
    }
}

pub(crate) fn parse(text: &str) -> Result<Parsed, MatcherError> {
    parse_at_most(text, usize::MAX)
}

/// Reads no more than so many conditions: their expressions are not compiled for nothing.
fn parse_at_most(text: &str, most: usize) -> Result<Parsed, MatcherError> {
    if text.len() > MOST_BYTES {
        return Err(MatcherError {
            message: format!("longer than {} KiB", MOST_BYTES >> 10),
            offset: 0,
        });
    }
    match (classic::parse(text, most), utf8::parse(text, most)) {
        (Ok(matchers), newer) => {
            let is_same = newer.is_ok_and(|newer| newer == matchers);
            let newer_form = (!is_same).then(|| list(&matchers, ", "));
            Ok(Parsed {
                matchers,
                newer_form,
            })
        }
        (Err(_), Ok(matchers)) => Ok(Parsed {
            matchers,
            newer_form: None,
        }),
        // The newer reader knows where it stopped.
        (Err(_), Err(error)) => Err(error),
    }
}

/// Reads exactly one condition, in which a comma is nothing special: a filter of the API.
#[cfg(feature = "api")]
pub(crate) fn parse_one(text: &str) -> Result<Matcher, MatcherError> {
    let classic = classic::one(text);
    if let (Ok(matcher), true) = (&classic, text.len() <= MOST_BYTES) {
        return Ok(matcher.clone());
    }
    let wrong = |message: &str| MatcherError {
        message: message.to_owned(),
        offset: 0,
    };
    let mut parsed = parse_at_most(text, 1)?.matchers;
    match (parsed.pop(), text.starts_with('{') || text.ends_with('}')) {
        (_, true) => Err(wrong("a single condition has no braces")),
        (Some(matcher), _) if parsed.is_empty() => Ok(matcher),
        _ => Err(wrong("expected one condition")),
    }
}

/// One condition; an error says what is wrong with its regular expression.
pub(crate) fn matcher(name: &str, op: MatchOp, value: &str) -> Result<Matcher, String> {
    // A dot matches no line end in Alertmanager, as in Prometheus before version 3.
    Matcher::new(name, op, value, Dialect::V2).map_err(|error| error.message().to_owned())
}

/// Whether labels fulfil all conditions. A label that is not there is an empty one.
pub(crate) fn all_match(matchers: &[Matcher], labels: &Labels) -> bool {
    let fulfils = |matcher: &Matcher| matcher.matches(labels.get(matcher.name()).unwrap_or(""));
    matchers.iter().all(fulfils)
}

/// By name, then value, then operator: the order in which a route's key has them.
pub(crate) fn sort(matchers: &mut [Matcher]) {
    let rank = |matcher: &Matcher| match matcher.op() {
        MatchOp::Equal => 0,
        MatchOp::NotEqual => 1,
        MatchOp::Regex => 2,
        MatchOp::NotRegex => 3,
    };
    matchers.sort_by(|a, b| (a.name(), a.value(), rank(a)).cmp(&(b.name(), b.value(), rank(b))));
}

/// A condition as Alertmanager prints it, which is what stands in the key of a group.
pub(crate) fn print(matcher: &Matcher) -> String {
    let op = op(matcher);
    let (name, value) = (matcher.name(), matcher.value());
    if name.is_empty() || name.contains(is_reserved) {
        return format!("{}{op}{}", go_quoted(name), go_quoted(value));
    }
    let value = value
        .replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('"', "\\\"");
    format!("{name}{op}\"{value}\"")
}

/// Conditions as Alertmanager prints them, without braces.
pub(crate) fn list(matchers: &[Matcher], separator: &str) -> String {
    let printed: Vec<String> = matchers.iter().map(print).collect();
    printed.join(separator)
}

pub(crate) fn op(matcher: &Matcher) -> &'static str {
    match matcher.op() {
        MatchOp::Equal => "=",
        MatchOp::NotEqual => "!=",
        MatchOp::Regex => "=~",
        MatchOp::NotRegex => "!~",
    }
}

/// Characters that end a name or a value without quotes.
fn is_reserved(char: char) -> bool {
    char.is_whitespace() || "{}!=~,\\\"'`".contains(char)
}

/// A text in Go's double quotes.
fn go_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        let escape = match char {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\x07' => "\\a",
            '\x08' => "\\b",
            '\x0c' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\x0b' => "\\v",
            _ => "",
        };
        match char {
            _ if !escape.is_empty() => out.push_str(escape),
            char if (char as u32) < 0x20 || char == '\x7f' => {
                let _ = write!(out, "\\x{:02x}", char as u32);
            }
            char if char.is_control()
                || (char != ' ' && char.is_whitespace())
                || char == '\u{feff}' =>
            {
                let _ = write!(out, "\\u{:04x}", char as u32);
            }
            _ => out.push(char),
        }
    }
    out + "\""
}

/// Messages show a text in one line and not without end.
fn shown(text: &str) -> Cow<'_, str> {
    const MOST: usize = 40;
    if text.chars().count() <= MOST && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let cut: String = text
        .chars()
        .take(MOST)
        .flat_map(char::escape_debug)
        .collect();
    Cow::Owned(cut + "…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, &'static str, String)> {
        let parsed = parse(text).unwrap();
        let matchers = parsed.matchers.iter();
        matchers
            .map(|matcher| {
                (
                    matcher.name().to_owned(),
                    op(matcher),
                    matcher.value().to_owned(),
                )
            })
            .collect()
    }

    fn one(name: &str, op: &'static str, value: &str) -> (String, &'static str, String) {
        (name.to_owned(), op, value.to_owned())
    }

    #[test]
    fn both_syntaxes_are_read() {
        let same = vec![one("foo", "=", "bar"), one("dings", "!=", "bums")];
        for text in [
            r#"{foo = "bar", dings != "bums", }"#,
            "foo=bar,dings!=bums",
            "foo=bar, dings!=bums",
            r#"{"foo"="bar","dings"!=bums}"#,
        ] {
            assert_eq!(read(text), same, "{text}");
        }
        assert_eq!(
            read(r#"statuscode=~"5..""#),
            [one("statuscode", "=~", "5..")]
        );
        // Alertmanager takes the last brace for the end of the list.
        assert_eq!(read("foo=~[a-z]{2}"), [one("foo", "=~", "[a-z]{2")]);
        assert_eq!(read("foo=~[a-z]{2}x"), [one("foo", "=~", "[a-z]{2}x")]);
        assert_eq!(read(r#""a b"="c \"d\"""#), [one("a b", "=", "c \"d\"")]);
        assert_eq!(read("ü=ö"), [one("ü", "=", "ö")]);
        assert_eq!(read("foo="), [one("foo", "=", "")]);
        assert_eq!(read("{}"), []);
        assert_eq!(read(""), []);
    }

    #[test]
    fn what_only_older_versions_read_has_a_newer_form() {
        let newer = |text| parse(text).unwrap().newer_form;
        assert_eq!(newer("foo=bar"), None);
        assert_eq!(newer("foo="), Some(r#"foo="""#.to_owned()));
        assert_eq!(newer("foo=~a{2}b"), Some(r#"foo=~"a{2}b""#.to_owned()));
        // Both read it, and a backslash before a "d" means nothing in the older syntax.
        assert_eq!(newer(r#"foo=~"\\d""#), None);
        assert_eq!(read(r#"foo=~"\d+""#), [one("foo", "=~", r"\d+")]);
        assert_eq!(read(r#"foo="a\tb""#), [one("foo", "=", r"a\tb")]);
    }

    #[test]
    fn errors_say_where_they_are() {
        for (text, offset) in [
            ("foo", 3),
            ("foo=\"bar", 4),
            ("{foo=bar", 8),
            ("foo=bar}", 7),
            ("foo bar", 4),
            ("a=b,,c=d", 4),
            ("foo=~\"(\"", 5),
            ("=x", 0),
            ("foo==x", 4),
        ] {
            // Some of these are fine in the older syntax.
            match parse(text) {
                Err(error) => assert_eq!(error.offset, offset, "{text}: {}", error.message),
                Ok(parsed) => assert!(parsed.newer_form.is_some(), "{text}: {:?}", parsed.matchers),
            }
        }
        let error = parse_matchers("severity=\"page\", team db").unwrap_err();
        assert_eq!(
            error.to_string(),
            "matchers:1:23: expected =, !=, =~ or !~ after the name \"team\""
        );
    }

    #[test]
    fn conditions_are_printed_as_in_keys() {
        let print = |text: &str| list(&parse(text).unwrap().matchers, ",");
        assert_eq!(print("a=b, c=~\"d\\\\.\""), r#"a="b",c=~"d\\.""#);
        assert_eq!(print("\"a b\"=\"\u{e4}\t\""), "\"a b\"=\"\u{e4}\\t\"");
    }
}
