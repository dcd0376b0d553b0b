//! The syntax since Alertmanager 0.27: any text in quotes as name and value.

use std::str::Chars;

use llm_vitals_promql::{MatchOp, Matcher};

use super::{MatcherError, is_reserved, matcher, shown};

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    Op(MatchOp),
    Text(String),
    End,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Where the last token began.
    start: usize,
}

/// Reads a list of so many conditions at most.
pub(super) fn parse(text: &str, most: usize) -> Result<Vec<Matcher>, MatcherError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        start: 0,
    };
    let mut matchers = Vec::new();
    let mut token = lexer.next()?;
    let is_open = token == Token::Open;
    if is_open {
        token = lexer.next()?;
    }
    loop {
        let name = match token {
            Token::Text(name) => name,
            Token::Close if is_open => break,
            Token::End if !is_open => return Ok(matchers),
            Token::Close => return Err(lexer.wrong("a \"}\" without a \"{\"")),
            Token::End => return Err(lexer.wrong("expected a \"}\" at the end")),
            _ => return Err(lexer.wrong("expected the name of a label")),
        };
        let Token::Op(op) = lexer.next()? else {
            let message = format!(
                "expected =, !=, =~ or !~ after the name \"{}\"",
                shown(&name)
            );
            return Err(lexer.wrong(message));
        };
        let Token::Text(value) = lexer.next()? else {
            return Err(lexer.wrong(format!(
                "expected a value for \"{}\"; an empty one is \"\"",
                shown(&name)
            )));
        };
        if matchers.len() == most {
            return Err(lexer.wrong(format!("expected {most} at most")));
        }
        let made = matcher(&name, op, &value);
        matchers.push(made.map_err(|message| lexer.wrong(message))?);
        token = lexer.next()?;
        match token {
            Token::Comma => token = lexer.next()?,
            Token::Close | Token::End => {}
            _ => return Err(lexer.wrong("expected a comma")),
        }
    }
    match lexer.next()? {
        Token::End => Ok(matchers),
        _ => Err(lexer.wrong("nothing may follow the \"}\"")),
    }
}

impl Lexer<'_> {
    fn wrong(&self, message: impl Into<String>) -> MatcherError {
        MatcherError {
            message: message.into(),
            offset: self.start,
        }
    }

    fn next(&mut self) -> Result<Token, MatcherError> {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        self.start = self.at;
        let Some(first) = trimmed.chars().next() else {
            return Ok(Token::End);
        };
        let second = trimmed[first.len_utf8()..].chars().next();
        let (token, length) = match (first, second) {
            ('{', _) => (Token::Open, 1),
            ('}', _) => (Token::Close, 1),
            (',', _) => (Token::Comma, 1),
            ('=', Some('~')) => (Token::Op(MatchOp::Regex), 2),
            ('!', Some('~')) => (Token::Op(MatchOp::NotRegex), 2),
            ('!', Some('=')) => (Token::Op(MatchOp::NotEqual), 2),
            ('=', _) => (Token::Op(MatchOp::Equal), 1),
            ('"', _) => {
                let Some(length) = quoted_length(trimmed) else {
                    return Err(self.wrong("a quote that is not closed"));
                };
                let inner = &trimmed[1..length - 1];
                let text = unquote(inner)
                    .ok_or_else(|| self.wrong("an escape in the quotes that means nothing"))?;
                (Token::Text(text), length)
            }
            (char, _) if !is_reserved(char) => {
                let length = trimmed.find(is_reserved).unwrap_or(trimmed.len());
                (Token::Text(trimmed[..length].to_owned()), length)
            }
            (char, _) => {
                return Err(self.wrong(format!(
                    "an unexpected {char:?}; put the text in double quotes"
                )));
            }
        };
        self.at += length;
        Ok(token)
    }
}

/// The length of a text with its quotes.
fn quoted_length(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// What a text in Go's double quotes says; `None` where an escape is unknown or gives no character.
fn unquote(inner: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        if char == '\n' {
            return None;
        }
        if char != '\\' {
            bytes.extend(char.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        match chars.next()? {
            'a' => bytes.push(7),
            'b' => bytes.push(8),
            'f' => bytes.push(12),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'v' => bytes.push(11),
            char @ ('\\' | '"') => bytes.push(char as u8),
            'x' => bytes.push(u8::try_from(number(&mut chars, None, 2, 16)?).ok()?),
            first @ '0'..='7' => {
                bytes.push(u8::try_from(number(&mut chars, Some(first), 2, 8)?).ok()?);
            }
            letter @ ('u' | 'U') => {
                let digits = if letter == 'u' { 4 } else { 8 };
                let char = char::from_u32(number(&mut chars, None, digits, 16)?)?;
                bytes.extend(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}

/// A number of exactly so many digits, not counting the first where that was taken already.
fn number(chars: &mut Chars<'_>, first: Option<char>, digits: usize, base: u32) -> Option<u32> {
    let wanted = digits + usize::from(first.is_some());
    let text: String = first.into_iter().chain(chars.take(digits)).collect();
    let is_number = text.len() == wanted && text.chars().all(|char| char.is_digit(base));
    is_number.then(|| u32::from_str_radix(&text, base).ok())?
}
