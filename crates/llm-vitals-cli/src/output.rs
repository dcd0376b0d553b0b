//! Where answers go, and how.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::io::{self, IsTerminal as _, Write as _};

use serde_json::Value;

use crate::arguments::{Arguments, UsageError};

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Standard output.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) style: Style,
}

/// Whether there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style(bool);

/// A text in a colour.
pub(crate) struct Painted<T> {
    code: &'static str,
    text: T,
}

#[expect(
    clippy::unused_self,
    reason = "commands write through what says how, never around it"
)]
impl Output {
    /// As `--format` and `--color` say, and as `NO_COLOR` and the terminal allow.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, UsageError> {
        let format = match arguments.value("--format") {
            None | Some("text") => Format::Text,
            Some("json") => Format::Json,
            Some(other) => {
                return Err(UsageError(format!(
                    "--format takes text or json, not {other:?}"
                )));
            }
        };
        let style = match arguments.value("--color") {
            None | Some("auto") => Style(io::stdout().is_terminal() && !no_color()),
            Some("always") => Style(true),
            Some("never") => Style(false),
            Some(other) => {
                return Err(UsageError(format!(
                    "--color takes auto, always or never, not {other:?}"
                )));
            }
        };
        Ok(Self { format, style })
    }

    /// Writes a text as it is. A reader that has gone away, as `head` does, is no error.
    pub(crate) fn text(&self, text: impl Display) {
        let _ = write!(io::stdout().lock(), "{text}");
    }

    /// Writes a value as JSON over several lines.
    pub(crate) fn json(&self, value: &Value) {
        self.text(format_args!("{value:#}\n"));
    }

    /// A remark beside the answer, on standard error, so that the answer stays clean.
    pub(crate) fn note(&self, note: impl Display) {
        let _ = writeln!(io::stderr().lock(), "note: {note}");
    }
}

impl Style {
    /// Without colours.
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self(false);

    pub(crate) fn bold<T: Display>(self, text: T) -> Painted<T> {
        self.paint("1", text)
    }

    pub(crate) fn dim<T: Display>(self, text: T) -> Painted<T> {
        self.paint("2", text)
    }

    pub(crate) fn red<T: Display>(self, text: T) -> Painted<T> {
        self.paint("31", text)
    }

    pub(crate) fn green<T: Display>(self, text: T) -> Painted<T> {
        self.paint("32", text)
    }

    pub(crate) fn yellow<T: Display>(self, text: T) -> Painted<T> {
        self.paint("33", text)
    }

    pub(crate) fn cyan<T: Display>(self, text: T) -> Painted<T> {
        self.paint("36", text)
    }

    fn paint<T: Display>(self, code: &'static str, text: T) -> Painted<T> {
        Painted {
            code: if self.0 { code } else { "" },
            text,
        }
    }
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code.is_empty() {
            return self.text.fmt(f);
        }
        write!(f, "\u{1b}[{}m", self.code)?;
        self.text.fmt(f)?;
        f.write_str("\u{1b}[0m")
    }
}

/// A text from outside, with its control characters escaped: a label's value must not move the cursor.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let escaped = |character: char| {
        let control = character.is_control();
        let escaped = character.escape_default().filter(move |_| control);
        escaped.chain((!control).then_some(character))
    };
    Cow::Owned(text.chars().flat_map(escaped).collect())
}

/// The convention of no-color.org: set and not empty.
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[2J\n漢"), "a\\u{1b}[2J\\n漢");
        assert_eq!(printable("plain"), "plain");
    }
}
