//! The text of a file, and places in it.

use crate::error::{ErrorKind, Place, Problem};

/// A file that is being read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) name: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// A problem at a byte of the file.
    pub(crate) fn problem(
        self,
        kind: ErrorKind,
        message: impl Into<String>,
        at: usize,
        bytes: usize,
    ) -> Problem {
        Problem::new(kind, self.name, message).at(Some(self.place(at, bytes)))
    }

    /// Line and column, from 1, of a byte.
    pub(crate) fn line_and_column(self, at: usize) -> (usize, usize) {
        let at = self.floor(at);
        let start = self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let line = self.text[..at]
            .bytes()
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        (line, self.text[start..at].chars().count() + 1)
    }

    pub(crate) fn place(self, at: usize, bytes: usize) -> Place {
        let (line, column) = self.line_and_column(at);
        let (start, end) = (self.floor(at), self.floor(at.saturating_add(bytes)));
        let marked = self.text[start..end].lines().next().unwrap_or_default();
        Place {
            line,
            column,
            width: marked.chars().count(),
            source: self
                .text
                .lines()
                .nth(line - 1)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The last boundary of characters at or before `at`.
    fn floor(self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}
