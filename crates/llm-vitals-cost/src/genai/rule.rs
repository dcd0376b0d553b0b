//! Which names are a model's.

use std::sync::OnceLock;

use fancy_regex::Regex;
use serde::{Deserialize, Deserializer, de};

/// A rule for names in lower case.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Rule {
    And(Box<[Self]>),
    Or(Box<[Self]>),
    Contains(Literal),
    EndsWith(Literal),
    Equals(Literal),
    Regex(Pattern),
    StartsWith(Literal),
}

impl Rule {
    pub(super) fn fits(&self, name: &str) -> bool {
        match self {
            Self::And(rules) => rules.iter().all(|rule| rule.fits(name)),
            Self::Or(rules) => rules.iter().any(|rule| rule.fits(name)),
            Self::Contains(part) => name.contains(&*part.0),
            Self::EndsWith(end) => name.ends_with(&*end.0),
            Self::Equals(whole) => name == &*whole.0,
            Self::Regex(pattern) => pattern.fits(name),
            Self::StartsWith(start) => name.starts_with(&*start.0),
        }
    }

    /// Whether the rule names exactly `name`.
    pub(super) fn spells(&self, name: &str) -> bool {
        match self {
            Self::Or(rules) => rules.iter().any(|rule| rule.spells(name)),
            Self::Equals(whole) => name == &*whole.0,
            _ => false,
        }
    }
}

/// Text in lower case.
#[derive(Debug)]
pub(super) struct Literal(Box<str>);

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(text.to_lowercase().into()))
    }
}

/// A regular expression that is compiled when a name first gets as far as it; most never do.
#[derive(Debug)]
pub(super) struct Pattern {
    text: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// An expression that cannot be compiled, or gives up, fits nothing.
    fn fits(&self, name: &str) -> bool {
        let regex = self.compiled.get_or_init(|| compile(&self.text).ok());
        let regex = regex.as_ref();
        regex.is_some_and(|regex| regex.is_match(name).unwrap_or(false))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Parsed here to find what is wrong while somebody looks, and compiled later: parsing is a small part of it.
        fancy_regex::Expr::parse_tree(&text)
            .map_err(|error| de::Error::custom(format!("regular expression {text:?}: {error}")))?;
        Ok(Self {
            text: text.into(),
            compiled: OnceLock::new(),
        })
    }
}

/// Names are ASCII, so the digits of other scripts need no tables.
fn compile(text: &str) -> Result<Regex, fancy_regex::Error> {
    Regex::new(&text.replace(r"\d", "[0-9]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Rule {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn rules_fit_names() {
        let rule = rule(
            r#"{"or": [
                {"equals": "Whole"},
                {"and": [{"starts_with": "pre"}, {"contains": "-mid-"}, {"ends_with": "end"}]},
                {"regex": "^gpt-\\d{4}$"},
                {"regex": "^(?!.*-[tT][tT][sS](?:$|-))flash"}
            ]}"#,
        );
        for fits in ["whole", "pre-mid-end", "gpt-2026", "flash", "flash-ttsx"] {
            assert!(rule.fits(fits), "{fits}");
        }
        for other in [
            "whole-",
            "pre-end",
            "gpt-20261",
            "flash-tts",
            "flash-tts-1",
            "",
        ] {
            assert!(!rule.fits(other), "{other}");
        }
    }

    #[test]
    fn only_whole_names_are_spelled_out() {
        let rule =
            rule(r#"{"or": [{"equals": "a"}, {"starts_with": "b"}, {"or": [{"equals": "c"}]}]}"#);
        assert!(rule.spells("a") && rule.spells("c"));
        assert!(rule.fits("b") && !rule.spells("b"));
    }

    #[test]
    fn a_broken_expression_is_found_when_it_is_read() {
        let error = serde_json::from_str::<Rule>(r#"{"regex": "(unclosed"}"#).unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with("regular expression \"(unclosed\": "),
            "{error}"
        );
    }
}
