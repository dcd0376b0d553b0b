//! Text to tokens, one at a time.

use crate::error::Error;
use crate::text::{parse_duration, parse_number, unescape};

use super::token::{SIGNS, Token, TokenKind};

/// Reads tokens from a text.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Inside `[...]` a colon stands between range and step; elsewhere it is part of names.
    pub(super) in_brackets: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            in_brackets: false,
        }
    }

    pub(super) fn next(&mut self) -> Result<Token, Error> {
        self.skip_blanks();
        let start = self.at;
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else {
            return Ok(self.token(TokenKind::End, 0));
        };
        if first == ':' && self.in_brackets {
            return Ok(self.token(TokenKind::Sign(":"), 1));
        }
        let begins_fraction =
            first == '.' && rest[1..].starts_with(|next: char| next.is_ascii_digit());
        if first.is_ascii_digit() || begins_fraction {
            return self.number(rest);
        }
        if is_word(first) {
            let in_brackets = self.in_brackets;
            let in_word = |c: char| is_word(c) && (c != ':' || !in_brackets);
            let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            return Ok(self.token(TokenKind::Word, length));
        }
        if matches!(first, '"' | '\'' | '`') {
            return self.string(rest, first);
        }
        for sign in SIGNS {
            if rest.starts_with(sign) {
                return Ok(self.token(TokenKind::Sign(sign), sign.len()));
            }
        }
        Err(unexpected(rest, first, start))
    }

    fn token(&mut self, kind: TokenKind, length: usize) -> Token {
        let start = self.at;
        self.at += length;
        Token {
            kind,
            range: start..self.at,
        }
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn number(&mut self, rest: &str) -> Result<Token, Error> {
        let length = number_length(rest);
        let (text, start) = (&rest[..length], self.at);
        if let Some(value) = parse_number(text) {
            return Ok(self.token(TokenKind::Number(value), length));
        }
        match parse_duration(text) {
            Ok(milliseconds) => Ok(self.token(TokenKind::Duration(milliseconds), length)),
            Err(reason) => {
                let message = format!("\"{text}\" is no number and no duration: {reason}");
                Err(Error::syntax(start..start + length, message))
            }
        }
    }

    fn string(&mut self, rest: &str, delimiter: char) -> Result<Token, Error> {
        let start = self.at;
        let raw = delimiter == '`';
        let mut escaped = false;
        for (at, character) in rest.char_indices().skip(1) {
            match character {
                _ if escaped => escaped = false,
                '\\' if !raw => escaped = true,
                '\n' if !raw => break,
                _ if character == delimiter => {
                    let inner = &rest[1..at];
                    let value = if raw {
                        inner.to_owned()
                    } else {
                        unescape(inner, delimiter).map_err(|(offset, reason)| {
                            let place = start + 1 + offset;
                            Error::syntax(place..place + 2, format!("in a string: {reason}"))
                        })?
                    };
                    return Ok(self.token(TokenKind::String(value), at + 1));
                }
                _ => {}
            }
        }
        Err(Error::syntax(
            start..start + 1,
            "a string without its closing quote",
        ))
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | ':')
}

/// As many characters as belong to a number or a duration: letters and digits, points, and the sign of an exponent.
fn number_length(rest: &str) -> usize {
    let hexadecimal = rest.starts_with("0x") || rest.starts_with("0X");
    let mut plain = true;
    let mut previous = ' ';
    for (at, character) in rest.char_indices() {
        let sign_of_exponent = matches!(character, '+' | '-')
            && plain
            && !hexadecimal
            && matches!(previous, 'e' | 'E');
        let belongs = character.is_ascii_alphanumeric() || matches!(character, '_' | '.');
        if !belongs && !sign_of_exponent {
            return at;
        }
        plain &= character.is_ascii_digit() || matches!(character, '.' | 'e' | 'E');
        previous = character;
    }
    rest.len()
}

fn unexpected(rest: &str, first: char, start: usize) -> Error {
    let error = |length: usize, message: &str| Error::syntax(start..start + length, message);
    for (sign, meant) in [("&&", "and"), ("||", "or")] {
        if rest.starts_with(sign) {
            let message = format!("unexpected \"{sign}\"");
            return error(2, &message).suggest(format!("did you mean \"{meant}\"?"));
        }
    }
    if first == '!' {
        return error(1, "unexpected \"!\"").suggest("did you mean \"!=\" or \"unless\"?");
    }
    if matches!(first, '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}') {
        return error(first.len_utf8(), "a typographic quote").suggest("write \" or '");
    }
    error(first.len_utf8(), &format!("unexpected character {first:?}"))
}
