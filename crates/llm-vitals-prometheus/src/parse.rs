//! Prometheus' text format, read line by line.

use crate::family::Kind;

/// One line of a text exposition.
#[derive(Debug, PartialEq)]
pub(crate) enum Line<'a> {
    Help {
        name: &'a str,
        text: &'a str,
    },
    Type {
        name: &'a str,
        kind: Kind,
    },
    /// A sample: its name, and everything before the value.
    Sample {
        name: &'a str,
        series: &'a str,
        value: &'a str,
    },
    /// A comment, or nothing.
    Nothing,
    Malformed,
}

pub(crate) fn line(text: &str) -> Line<'_> {
    let text = text.trim_end_matches('\r');
    if text.trim().is_empty() {
        return Line::Nothing;
    }
    if let Some(help) = text.strip_prefix("# HELP ") {
        let (name, text) = help.split_once(' ').unwrap_or((help, ""));
        return if is_name(name) {
            Line::Help { name, text }
        } else {
            Line::Malformed
        };
    }
    if let Some(kind) = text.strip_prefix("# TYPE ") {
        let parsed = kind.split_once(' ').filter(|(name, _)| is_name(name));
        return match parsed.and_then(|(name, kind)| Some((name, Kind::parse(kind.trim())?))) {
            Some((name, kind)) => Line::Type { name, kind },
            None => Line::Malformed,
        };
    }
    if text.starts_with('#') {
        return Line::Nothing;
    }
    sample(text).unwrap_or(Line::Malformed)
}

fn sample(text: &str) -> Option<Line<'_>> {
    let name_end = text.find(|c: char| !is_name_char(c)).unwrap_or(text.len());
    let name = &text[..name_end];
    if !is_name(name) {
        return None;
    }
    let rest = &text[name_end..];
    let labels = if rest.starts_with('{') {
        labels_end(rest)?
    } else {
        0
    };
    let series = &text[..name_end + labels];
    let mut fields = text[name_end + labels..]
        .strip_prefix(' ')?
        .split(' ')
        .filter(|field| !field.is_empty());
    let value = fields.next()?;
    let timestamp = fields.next();
    let is_number = matches!(value, "+Inf" | "-Inf" | "Inf" | "NaN") || is_float(value);
    let in_order = fields.next().is_none() && timestamp.is_none_or(|at| at.parse::<i64>().is_ok());
    (is_number && in_order).then_some(Line::Sample {
        name,
        series,
        value,
    })
}

/// Rust reads more words as floats than Prometheus does.
fn is_float(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && text.parse::<f64>().is_ok()
}

/// The length of `{a="b",c="d"}` at the beginning of `text`.
fn labels_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        if bytes.get(at) == Some(&b'}') {
            return Some(at + 1);
        }
        let equals = at + text.get(at..)?.find('=')?;
        if !is_label(&text[at..equals]) || bytes.get(equals + 1) != Some(&b'"') {
            return None;
        }
        at = equals + 2;
        loop {
            match bytes.get(at)? {
                b'"' => break,
                b'\\' if matches!(bytes.get(at + 1), Some(b'\\' | b'"' | b'n')) => at += 2,
                b'\\' => return None,
                _ => at += 1,
            }
        }
        at += 1;
        match bytes.get(at)? {
            b',' => at += 1,
            b'}' => {}
            _ => return None,
        }
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == ':'
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(is_name_char)
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn is_label(name: &str) -> bool {
    is_name(name) && !name.contains(':')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn samples_and_what_is_none() {
        let series = r#"a_total{x="1\"\n\\",y="{,}"}"#;
        assert_eq!(
            line(&format!("{series} 5")),
            Line::Sample {
                name: "a_total",
                series,
                value: "5"
            }
        );
        for good in [
            "a 1",
            "a{} 1",
            "a{b=\"c\",} 1",
            "a 1 1700000000000",
            "a +Inf",
            "a NaN",
            "a -1.5e-9",
        ] {
            assert!(matches!(line(good), Line::Sample { .. }), "{good}");
        }
        for bad in [
            "a",
            "a ",
            "1a 1",
            "a{b=c} 1",
            "a{b=\"c\" 1",
            "a{b=\"\\x\"} 1",
            "a{1=\"c\"} 1",
            "a one",
            "a 1 2 3",
            "a infinity",
            "a{b=\"c\"}1",
        ] {
            assert_eq!(line(bad), Line::Malformed, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,80}") {
            let _ = line(&text);
        }

        #[test]
        fn any_escaped_label_is_a_sample(value in ".{0,40}") {
            let value = metrics_exporter_prometheus::formatting::sanitize_label_value(&value);
            let text = format!("a{{b=\"{value}\"}} 1");
            let is_sample = matches!(line(&text), Line::Sample { .. });
            prop_assert!(is_sample || text.contains('\r'), "{}", text);
        }
    }
}
