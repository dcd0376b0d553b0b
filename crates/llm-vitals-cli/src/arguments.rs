//! The words of the command line.
//!
//! Our own reader and not a library's: seven commands with a few options each, whose help and reading come from one table.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use llm_vitals_promql::Dialect;

use crate::time::{parse_duration, parse_time};

/// An option of a command.
pub(crate) struct Flag {
    /// With its dashes.
    pub(crate) name: &'static str,
    /// What stands for its value in the help; `None` if it has none.
    pub(crate) value: Option<&'static str>,
    /// What it does.
    pub(crate) about: &'static str,
}

/// Options that every command has.
pub(crate) const COMMON: &[Flag] = &[
    Flag {
        name: "--format",
        value: Some("text|json"),
        about: "how to answer; text unless given",
    },
    Flag {
        name: "--color",
        value: Some("auto|always|never"),
        about: "auto, the default: colours on a terminal unless NO_COLOR is set",
    },
    Flag {
        name: "--help",
        value: None,
        about: "this text",
    },
];

/// What a command line says behind the name of a command.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    operands: Vec<String>,
    options: Vec<(&'static str, String)>,
}

/// A command line that says nothing sensible.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UsageError(pub(crate) String);

impl Arguments {
    /// Reads the words, of which those that begin with a dash must be among `flags` or [`COMMON`].
    pub(crate) fn parse(words: &[String], flags: &'static [Flag]) -> Result<Self, UsageError> {
        let mut arguments = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                arguments.operands.extend(words.cloned());
                break;
            }
            // An expression may begin with a minus: `-x > 1`. Options have two.
            if word == "-h" {
                arguments.options.push(("--help", String::new()));
                continue;
            }
            if !word.starts_with("--") {
                arguments.operands.push(word.clone());
                continue;
            }
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (word.as_str(), None),
            };
            let Some(flag) = flags.iter().chain(COMMON).find(|flag| flag.name == name) else {
                return Err(unknown(name, flags));
            };
            let value = match (flag.value, value) {
                (None, None) => String::new(),
                (None, Some(_)) => return Err(UsageError(format!("{name} takes no value"))),
                (Some(_), Some(value)) => value,
                (Some(what), None) => match words.next() {
                    Some(value) => value.clone(),
                    None => return Err(UsageError(format!("{name} needs a value: {what}"))),
                },
            };
            arguments.options.push((flag.name, value));
        }
        Ok(arguments)
    }

    /// What is no option.
    pub(crate) fn operands(&self) -> &[String] {
        &self.operands
    }

    /// The only operand, which `what` names.
    pub(crate) fn only_operand(&self, what: &str) -> Result<&str, UsageError> {
        match self.operands.as_slice() {
            [operand] => Ok(operand),
            [] => Err(UsageError(format!("{what} is missing"))),
            [_, second, ..] => Err(UsageError(format!(
                "one {what} is enough, and {second:?} is a second; an expression with blanks needs quotes"
            ))),
        }
    }

    /// All operands, at least one.
    pub(crate) fn some_operands(&self, what: &str) -> Result<&[String], UsageError> {
        if self.operands.is_empty() {
            return Err(UsageError(format!("{what} is missing")));
        }
        Ok(&self.operands)
    }

    /// Whether an option is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(have, _)| *have == name)
    }

    /// The values of an option that may be there several times.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let found = move |(have, _): &&(&'static str, String)| *have == name;
        self.options
            .iter()
            .filter(found)
            .map(|(_, value)| value.as_str())
    }

    /// The value of an option; the last wins.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.all(name).last()
    }

    /// A duration above 0, such as `15s`.
    pub(crate) fn duration(&self, name: &str) -> Result<Option<Duration>, UsageError> {
        let Some(text) = self.value(name) else {
            return Ok(None);
        };
        match parse_duration(text) {
            Some(duration) if !duration.is_zero() => Ok(Some(duration)),
            _ => Err(UsageError(format!(
                "{name} takes a duration such as 15s or 1h30m, not {text:?}"
            ))),
        }
    }

    /// A moment, in milliseconds since 1970.
    pub(crate) fn time(&self, name: &str) -> Result<Option<i64>, UsageError> {
        let Some(text) = self.value(name) else {
            return Ok(None);
        };
        parse_time(text).map(Some).ok_or_else(|| {
            UsageError(format!("{name} takes seconds since 1970 or a time such as 2026-11-24T10:00:00Z, not {text:?}"))
        })
    }

    /// A number.
    pub(crate) fn number<N: FromStr>(&self, name: &str) -> Result<Option<N>, UsageError> {
        let Some(text) = self.value(name) else {
            return Ok(None);
        };
        let number = text
            .parse()
            .map_err(|_| UsageError(format!("{name} takes a number, not {text:?}")));
        number.map(Some)
    }

    /// What `--dialect` says.
    pub(crate) fn dialect(&self) -> Result<Dialect, UsageError> {
        match self.value("--dialect") {
            None => Ok(Dialect::default()),
            Some(text) if text.eq_ignore_ascii_case("v3") => Ok(Dialect::V3),
            Some(text) if text.eq_ignore_ascii_case("v2") => Ok(Dialect::V2),
            Some(text) => Err(UsageError(format!(
                "--dialect takes v2 or v3, not {text:?}"
            ))),
        }
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn unknown(name: &str, flags: &'static [Flag]) -> UsageError {
    let known = flags.iter().chain(COMMON).map(|flag| flag.name);
    let meant = nearest(name, known).map(|near| format!("; did you mean {near}?"));
    UsageError(format!(
        "there is no option {name}{}",
        meant.unwrap_or_default()
    ))
}

/// The word that is nearest to a mistyped one, if one is near.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|near| (distance(word, near), near));
    let (score, near) = scored.min_by_key(|(score, _)| *score)?;
    (score <= word.chars().count().div_ceil(3)).then_some(near)
}

/// How many letters must be changed, added or removed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[Flag] = &[
        Flag {
            name: "--step",
            value: Some("DURATION"),
            about: "",
        },
        Flag {
            name: "--strict",
            value: None,
            about: "",
        },
    ];

    fn read(line: &str) -> Result<Arguments, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Arguments::parse(&words, FLAGS).map_err(|error| error.to_string())
    }

    #[test]
    fn options_take_values_after_a_blank_or_an_equals_sign() {
        let arguments = read("a --step 15s --strict -x --step=1m").unwrap();
        assert_eq!(arguments.operands(), ["a", "-x"]);
        assert_eq!(
            arguments.duration("--step"),
            Ok(Some(Duration::from_secs(60)))
        );
        assert!(arguments.has("--strict"));
        assert_eq!(read("-- --strict").unwrap().operands(), ["--strict"]);
    }

    #[test]
    fn errors_say_what_is_wrong() {
        assert_eq!(
            read("--stp 1s").unwrap_err(),
            "there is no option --stp; did you mean --step?"
        );
        assert_eq!(
            read("--wholly-other").unwrap_err(),
            "there is no option --wholly-other"
        );
        assert_eq!(
            read("--step").unwrap_err(),
            "--step needs a value: DURATION"
        );
        assert_eq!(read("--strict=1").unwrap_err(), "--strict takes no value");
        let error = read("--step 5").unwrap().duration("--step").unwrap_err();
        assert_eq!(
            error.to_string(),
            "--step takes a duration such as 15s or 1h30m, not \"5\""
        );
    }
}
