//! Regular expressions as RE2 reads them, matched against whole values.

use std::fmt;

use regex::{Regex, RegexBuilder};

use crate::dialect::Dialect;

mod translate;

/// A regular expression that must match a whole value.
#[derive(Clone)]
pub(crate) struct Pattern {
    regex: Regex,
    /// What it matches, if that is a few literal words.
    alternatives: Option<Box<[Box<str>]>>,
}

/// The size of a compiled expression, in bytes, so that `(a{100}){100}` is refused.
const LARGEST: usize = 1 << 19;

impl Pattern {
    pub(crate) fn new(pattern: &str, dialect: Dialect) -> Result<Self, String> {
        let flags = match dialect {
            Dialect::V2 => "",
            Dialect::V3 => "s",
        };
        let translated = translate::to_rust(pattern);
        // The expression by itself first: "a)(b" must not become valid by what is put around it.
        let build = |text: &str| {
            RegexBuilder::new(text)
                .size_limit(LARGEST)
                .dfa_size_limit(LARGEST)
                .nest_limit(100)
                .build()
                .map_err(|error| describe(&error))
        };
        build(&translated)?;
        Ok(Self {
            regex: build(&format!("^(?{flags}:{translated})$"))?,
            alternatives: literals(pattern),
        })
    }

    pub(crate) fn matches(&self, value: &str) -> bool {
        match &self.alternatives {
            Some(words) => words.iter().any(|word| **word == *value),
            None => self.regex.is_match(value),
        }
    }

    pub(crate) fn alternatives(&self) -> Option<&[Box<str>]> {
        self.alternatives.as_deref()
    }

    pub(crate) fn regex(&self) -> &Regex {
        &self.regex
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.regex.fmt(f)
    }
}

/// The last line of the parser's message says what is wrong; the lines before repeat the expression.
fn describe(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}

/// The words of `a|b|c`, if there is nothing else in it.
fn literals(pattern: &str) -> Option<Box<[Box<str>]>> {
    let special = |byte: u8| br"\.+*?()[]{}^$".contains(&byte);
    if pattern.is_empty() || pattern.bytes().any(special) {
        return None;
    }
    Some(pattern.split('|').map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, value: &str) -> bool {
        Pattern::new(pattern, Dialect::V3).unwrap().matches(value)
    }

    #[test]
    fn a_pattern_matches_the_whole_value() {
        assert!(matches("5..", "503"));
        assert!(!matches("5..", "1503"));
        assert!(matches("a|bc", "bc"));
        assert!(!matches("a|bc", "abc"));
        assert!(matches("a|", ""));
    }

    #[test]
    fn a_dot_matches_a_newline_in_version_3() {
        assert!(matches("a.b", "a\nb"));
        assert!(!Pattern::new("a.b", Dialect::V2).unwrap().matches("a\nb"));
    }

    #[test]
    fn parentheses_cannot_be_closed_from_within() {
        assert!(Pattern::new("a)|(b", Dialect::V3).is_err());
        assert!(Pattern::new("(a", Dialect::V3).is_err());
    }

    #[test]
    fn an_expression_that_would_explode_is_refused() {
        assert!(Pattern::new("((a{100}){100}){100}", Dialect::V3).is_err());
        assert!(Pattern::new(&"(".repeat(10_000), Dialect::V3).is_err());
    }
}
