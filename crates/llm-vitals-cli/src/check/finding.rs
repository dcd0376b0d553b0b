//! What was found, and where.

use serde_json::{Value, json};

use crate::output::{Style, printable};

/// How bad it is; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Worth knowing.
    Note,
    /// The rule most likely does not do what it seems to say.
    Warning,
    /// The rule cannot work.
    Error,
}

/// A mistake in a rule.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) code: &'static str,
    pub(super) level: Level,
    pub(super) file: String,
    pub(super) rule: String,
    pub(super) place: Place,
    /// What is wrong and why that matters.
    pub(super) message: String,
    /// How to mend it.
    pub(super) help: String,
}

/// Where in a file: line and column from 1, and how many characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) width: usize,
}

impl Level {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Finding {
    /// The finding with the line of the file that it is in.
    pub(super) fn render(&self, text: &str, style: Style) -> String {
        let Place {
            line,
            column,
            width,
        } = self.place;
        let head = format!("{}[{}]", self.level.name(), self.code);
        let head = match self.level {
            Level::Error => style.red(head),
            Level::Warning => style.yellow(head),
            Level::Note => style.cyan(head),
        };
        let source = text.lines().nth(line - 1).unwrap_or_default();
        let indent: String = source
            .chars()
            .take(column - 1)
            .map(|character| if character == '\t' { '\t' } else { ' ' })
            .collect();
        let width = width.clamp(1, source.chars().count().saturating_sub(column - 1).max(1));
        let gutter = " ".repeat(line.to_string().len());
        let shown = match source {
            // There may be a secret in it.
            "" => String::new(),
            _ => format!(
                "{gutter} |\n{line} | {source}\n{gutter} | {indent}{}\n",
                "^".repeat(width)
            ),
        };
        format!(
            "{head} {}:{line}:{column}: {}: {}\n{shown}{gutter} = help: {}\n",
            self.file,
            style.bold(&self.rule),
            printable(&self.message),
            printable(&self.help),
        )
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "code": self.code,
            "level": self.level.name(),
            "file": self.file,
            "line": self.place.line,
            "column": self.place.column,
            "rule": self.rule,
            "message": self.message,
            "help": self.help,
        })
    }
}
