//! The smallest parts of an expression.

use std::ops::Range;

/// A token with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) range: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// One of the signs, as it is written.
    Sign(&'static str),
    Number(f64),
    /// Milliseconds.
    Duration(i64),
    String(String),
    /// A name, a keyword, a function, an aggregation: the parser knows which.
    Word,
    End,
}

/// The signs, the longer of those that begin alike first.
pub(super) const SIGNS: [&str; 23] = [
    "==", "=~", "!=", "!~", ">=", "<=", "(", ")", "{", "}", "[", "]", ",", "=", ">", "<", "+", "-",
    "*", "/", "%", "^", "@",
];
