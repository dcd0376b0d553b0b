//! What can be wrong with rule files, configurations, their export or the saved state.

use std::fmt::{self, Write as _};

/// Everything that is wrong, found in one go.
///
/// It prints one line for each problem; [`render`](Self::render) shows the places in the files too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Vec<Problem>);

/// What kind of thing is wrong.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A file could not be read.
    Read,
    /// A text is no YAML.
    Yaml,
    /// A field or its value is wrong, or there is none.
    Rule,
    /// An expression is wrong.
    Expression,
    /// A template is wrong.
    Template,
    /// Something cannot be said in the format of Prometheus or Alertmanager.
    Export,
    /// The saved state could not be read or written.
    State,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: ErrorKind,
    file: String,
    message: String,
    suggestion: Option<String>,
    place: Option<Box<Place>>,
}

/// A place in a file, with the line for those who read the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
    /// How many characters are wrong.
    pub(crate) width: usize,
    pub(crate) source: String,
}

impl Error {
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// What is wrong, in the order of the files and their lines.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }

    /// What kind of thing the first problem is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        // An error is made of at least one problem.
        self.0.first().map_or(ErrorKind::Rule, Problem::kind)
    }

    /// Each problem with its line and a mark under the place.
    #[must_use]
    pub fn render(&self) -> String {
        let rendered: Vec<String> = self.0.iter().map(Problem::render).collect();
        rendered.join("\n")
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl Problem {
    pub(crate) fn new(
        kind: ErrorKind,
        file: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            file: file.into(),
            message: message.into(),
            suggestion: None,
            place: None,
        }
    }

    pub(crate) fn at(mut self, place: Option<Place>) -> Self {
        self.place = place.map(Box::new);
        self
    }

    pub(crate) fn suggest(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
    }

    /// The same with what nobody may read replaced, in the sentences and in the line of the file.
    #[cfg(feature = "notify")]
    pub(crate) fn hide(
        mut self,
        sentence: impl Fn(&str) -> String,
        line: impl Fn(&str) -> String,
    ) -> Self {
        self.message = sentence(&self.message);
        self.suggestion = self.suggestion.as_deref().map(sentence);
        if let Some(place) = &mut self.place {
            place.source = line(&place.source);
        }
        self
    }

    /// What kind of thing is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The file's name as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.line)
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.column)
    }

    /// How many characters from the column on are wrong; 1 where that is not known.
    #[must_use]
    pub fn width(&self) -> usize {
        self.place.as_ref().map_or(1, |place| place.width.max(1))
    }

    /// The line of the file, with secrets covered.
    #[must_use]
    pub fn source_line(&self) -> Option<&str> {
        self.place.as_ref().map(|place| place.source.as_str())
    }

    /// What is wrong, without the place and the suggestion.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may have been meant, as a sentence.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    /// The problem with its line and a mark under the place, over several lines.
    #[must_use]
    pub fn render(&self) -> String {
        let Some(place) = &self.place else {
            return format!("{self}\n");
        };
        let mut out = format!(
            "{}:{}:{}: {}\n",
            self.file, place.line, place.column, self.message
        );
        let gutter = " ".repeat(place.line.to_string().len());
        let skipped = place.column.saturating_sub(MOST_BEFORE + 1);
        let shown: String = place
            .source
            .chars()
            .skip(skipped)
            .take(MOST_SHOWN)
            .collect();
        let indent = " ".repeat(place.column - 1 - skipped);
        let marks = "^".repeat(place.width.clamp(1, MOST_SHOWN));
        let suggestion = self.suggestion.as_ref();
        let suggestion = suggestion
            .map(|text| format!(" {text}"))
            .unwrap_or_default();
        let (line, shown) = (place.line, shown.trim_end());
        let _ = writeln!(
            out,
            "{gutter} |\n{line} | {shown}\n{gutter} | {indent}{marks}{suggestion}"
        );
        out
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(place) = &self.place {
            write!(f, ":{}:{}", place.line, place.column)?;
        }
        write!(f, ": {}", self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

/// Characters that a snippet shows before the mark, and altogether.
const MOST_BEFORE: usize = 80;
const MOST_SHOWN: usize = 160;
