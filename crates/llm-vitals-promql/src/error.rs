//! What can be wrong with an expression, its evaluation or an exposition.

use std::fmt::{self, Write as _};
use std::ops::Range;

/// Why an expression or an exposition could not be used.
///
/// Its text begins with line and column where they are known: `1:5: unknown function "rte"; did you mean "rate"?`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    message: String,
    range: Option<Range<usize>>,
    position: Option<(usize, usize)>,
    suggestion: Option<String>,
}

/// What kind of thing went wrong.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The text is no expression.
    Syntax,
    /// The text is an expression whose parts do not fit: a function without its range, an aggregation of a number.
    Type,
    /// A function or a feature of the language that is known and not offered.
    Unsupported,
    /// The two sides of an operator do not match one to one, or not as `group_left` says.
    Matching,
    /// A result would have two series with the same labels.
    DuplicateLabels,
    /// An argument has a value that its function does not take.
    Argument,
    /// A limit was reached: depth, samples or series.
    Limit,
    /// The evaluation was told to stop.
    Interrupted,
    /// A text is no exposition.
    Exposition,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            range: None,
            position: None,
            suggestion: None,
        }))
    }

    pub(crate) fn syntax(range: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Syntax, message).at(range)
    }

    pub(crate) fn typed(range: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Type, message).at(range)
    }

    /// Says where it went wrong, if that is not yet known.
    pub(crate) fn at(mut self, range: Range<usize>) -> Self {
        self.0.range.get_or_insert(range);
        self
    }

    /// Finds line and column in the text that the range is of.
    pub(crate) fn located(mut self, text: &str) -> Self {
        if let (None, Some(range)) = (self.0.position, &self.0.range) {
            self.0.position = Some(line_and_column(text, range.start));
        }
        self
    }

    pub(crate) fn at_line(mut self, line: usize, column: usize) -> Self {
        self.0.position = Some((line, column));
        self
    }

    pub(crate) fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.0.suggestion.get_or_insert(suggestion.into());
        self
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What is wrong, without the position and the suggestion.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The bytes of the text that are wrong, `None` if it is no single place.
    #[must_use]
    pub fn range(&self) -> Option<Range<usize>> {
        self.0.range.clone()
    }

    /// Line and column, both from 1, the column in characters.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        self.0.position
    }

    /// What may have been meant, as a sentence: `did you mean "rate"?`
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }

    /// The error with the line of `text` that it is in and a mark under the place, over several lines.
    ///
    /// ```
    /// use llm_vitals_promql::{Dialect, Expr};
    ///
    /// let text = "sum(rte(requests_total[5m]))";
    /// let error = Expr::parse(text, Dialect::V3).unwrap_err();
    /// assert_eq!(
    ///     error.render(text),
    ///     r#"unknown function "rte"
    ///   |
    /// 1 | sum(rte(requests_total[5m]))
    ///   |     ^^^ did you mean "rate"?
    /// "#
    /// );
    /// ```
    #[must_use]
    pub fn render(&self, text: &str) -> String {
        let mut out = format!("{}\n", self.message());
        let Some(range) = self.range().filter(|range| range.start <= text.len()) else {
            if let Some(suggestion) = self.suggestion() {
                let _ = writeln!(out, "{suggestion}");
            }
            return out;
        };
        let (line, column) = line_and_column(text, range.start);
        let source = text.lines().nth(line - 1).unwrap_or_default();
        let gutter = " ".repeat(line.to_string().len());
        let start = floor(text, range.start);
        let end = floor(text, range.end.clamp(start, text.len()));
        let marked = text[start..end].lines().next().unwrap_or_default();
        // A long line is cut so that the mark stays in sight.
        let before: Vec<char> = source.chars().take(column - 1).collect();
        let skipped = before.len().saturating_sub(MOST_BEFORE);
        let shown: String = source.chars().skip(skipped).take(MOST_SHOWN).collect();
        let indent: String = before[skipped..]
            .iter()
            .map(|character| if *character == '\t' { '\t' } else { ' ' })
            .collect();
        let marks = "^".repeat(marked.chars().count().clamp(1, MOST_SHOWN));
        let suggestion = self
            .suggestion()
            .map(|text| format!(" {text}"))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "{gutter} |\n{line} | {shown}\n{gutter} | {indent}{marks}{suggestion}"
        );
        out
    }
}

/// Characters that a snippet shows before the mark, and altogether.
const MOST_BEFORE: usize = 80;
const MOST_SHOWN: usize = 160;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.0.position {
            write!(f, "{line}:{column}: ")?;
        }
        f.write_str(&self.0.message)?;
        match &self.0.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..floor(text, at)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// The last boundary of characters at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
