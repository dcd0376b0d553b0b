//! From text to pieces.

use super::TemplateError;

/// A piece of a template: text, or an action with its tokens.
#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    Action(Vec<Token>, usize),
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) at: usize,
    /// Whether a blank stands before it, which parts arguments.
    pub(super) is_spaced: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A name of a function or a keyword.
    Name(String),
    /// `$name`, or `$` alone.
    Variable(String),
    /// `.name`
    Field(String),
    /// `.` alone
    Dot,
    Text(String),
    Int(i64),
    Float(f64),
    Pipe,
    Declare,
    Assign,
    Comma,
    Open,
    Close,
}

pub(super) fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut trims = false;
    loop {
        let rest = &text[at..];
        let open = rest.find("{{");
        let plain = &rest[..open.unwrap_or(rest.len())];
        let mut plain = if trims { plain.trim_start() } else { plain };
        let Some(open) = open.map(|open| at + open) else {
            push_text(&mut pieces, plain);
            return Ok(pieces);
        };
        let mut start = open + 2;
        let trimmed_before = text[start..].starts_with('-')
            && text[start + 1..].starts_with(|c: char| c.is_ascii_whitespace());
        if trimmed_before {
            plain = plain.trim_end();
            start += 1;
        }
        push_text(&mut pieces, plain);
        let inside = text[start..].trim_start();
        let inside_at = text.len() - inside.len();
        (at, trims) = if inside.starts_with("/*") {
            end_of_comment(text, inside_at, open)?
        } else {
            let (tokens, end, trims) = action(text, start, open)?;
            pieces.push(Piece::Action(tokens, open));
            (end, trims)
        };
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

fn end_of_comment(text: &str, at: usize, open: usize) -> Result<(usize, bool), TemplateError> {
    let unclosed = || TemplateError::new("the comment has no end: expected \"*/}}\"", open);
    let end = at + 2 + text[at + 2..].find("*/").ok_or_else(unclosed)? + 2;
    let rest = &text[end..];
    if rest.starts_with("}}") {
        return Ok((end + 2, false));
    }
    let trimmed = rest.trim_start();
    if trimmed.len() < rest.len() && trimmed.starts_with("-}}") {
        return Ok((text.len() - trimmed.len() + 3, true));
    }
    Err(unclosed())
}

/// The tokens up to `}}`, the place behind it, and whether blanks there are left out.
fn action(
    text: &str,
    start: usize,
    open: usize,
) -> Result<(Vec<Token>, usize, bool), TemplateError> {
    let mut tokens = Vec::new();
    let mut at = start;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        let is_spaced = trimmed.len() < rest.len();
        at += rest.len() - trimmed.len();
        if trimmed.starts_with("}}") {
            return Ok((tokens, at + 2, false));
        }
        if is_spaced && trimmed.starts_with("-}}") {
            return Ok((tokens, at + 3, true));
        }
        if trimmed.is_empty() {
            return Err(TemplateError::new(
                "the action has no end: expected \"}}\"",
                open,
            ));
        }
        let (kind, length) = token(trimmed, at)?;
        tokens.push(Token {
            kind,
            at,
            is_spaced,
        });
        at += length;
    }
}

fn token(text: &str, at: usize) -> Result<(TokenKind, usize), TemplateError> {
    let first = text.chars().next().unwrap_or_default();
    let name_length = |text: &str| {
        text.find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len())
    };
    Ok(match first {
        '|' => (TokenKind::Pipe, 1),
        '(' => (TokenKind::Open, 1),
        ')' => (TokenKind::Close, 1),
        ',' => (TokenKind::Comma, 1),
        ':' if text.starts_with(":=") => (TokenKind::Declare, 2),
        '=' => (TokenKind::Assign, 1),
        '$' => {
            let length = 1 + name_length(&text[1..]);
            (TokenKind::Variable(text[..length].to_owned()), length)
        }
        '.' if !text[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            match name_length(&text[1..]) {
                0 => (TokenKind::Dot, 1),
                length => (TokenKind::Field(text[1..=length].to_owned()), 1 + length),
            }
        }
        '"' => quoted(text, at)?,
        '`' => {
            let end = text[1..].find('`');
            let end =
                end.ok_or_else(|| TemplateError::new("the text in backquotes has no end", at))?;
            (TokenKind::Text(text[1..=end].to_owned()), end + 2)
        }
        _ if first.is_ascii_digit() || matches!(first, '+' | '-' | '.') => number(text, at)?,
        _ if first.is_alphabetic() || first == '_' => {
            let length = name_length(text);
            (TokenKind::Name(text[..length].to_owned()), length)
        }
        _ => {
            return Err(TemplateError::new(
                format!("unexpected \"{}\"", first.escape_debug()),
                at,
            ));
        }
    })
}

fn number(text: &str, at: usize) -> Result<(TokenKind, usize), TemplateError> {
    let mut length = 1;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(length) {
        let signed = matches!(byte, b'+' | b'-') && matches!(bytes[length - 1], b'e' | b'E');
        if !signed && !byte.is_ascii_alphanumeric() && *byte != b'.' && *byte != b'_' {
            break;
        }
        length += 1;
    }
    let written = &text[..length];
    let digits = written.trim_start_matches(['+', '-']);
    let int = match digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => written.parse().ok(),
    };
    let float = || {
        let float: Option<f64> = written.parse().ok();
        float.filter(|_| digits.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
    };
    match int {
        Some(int) => Ok((TokenKind::Int(int), length)),
        None => match float() {
            Some(float) => Ok((TokenKind::Float(float), length)),
            None => Err(TemplateError::new(
                format!("\"{written}\" is no number"),
                at,
            )),
        },
    }
}

fn quoted(text: &str, at: usize) -> Result<(TokenKind, usize), TemplateError> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    let wrong = || TemplateError::new("an unknown escape in the text", at);
    while let Some((index, char)) = chars.next() {
        match char {
            '"' => return Ok((TokenKind::Text(out), index + 1)),
            '\n' => break,
            '\\' => {
                let (_, escaped) = chars.next().ok_or_else(wrong)?;
                let mut hex = |digits: usize| {
                    let mut code = 0;
                    for _ in 0..digits {
                        let digit = chars.next().and_then(|(_, char)| char.to_digit(16));
                        code = code * 16 + digit.ok_or_else(wrong)?;
                    }
                    char::from_u32(code).ok_or_else(wrong)
                };
                out.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'a' => '\x07',
                    'b' => '\x08',
                    'f' => '\x0c',
                    'v' => '\x0b',
                    '\\' | '"' => escaped,
                    'x' => hex(2)?,
                    'u' => hex(4)?,
                    'U' => hex(8)?,
                    _ => return Err(wrong()),
                });
            }
            _ => out.push(char),
        }
    }
    Err(TemplateError::new("the text has no closing quote", at))
}
