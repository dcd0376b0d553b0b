//! Quoted strings.

use std::fmt::Write as _;

/// Writes a string in double quotes, so that [`unescape`] reads the same.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{b}' => quoted.push_str("\\v"),
            '\u{c}' => quoted.push_str("\\f"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(quoted, "\\x{:02x}", u32::from(character));
            }
            '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Reads what stands between quotes of the kind `delimiter`. The error says what is wrong and at which byte.
pub(crate) fn unescape(text: &str, delimiter: char) -> Result<String, (usize, &'static str)> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let position = text.len() - rest.len() + at;
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = &rest[at + 1..];
        let kind = escape
            .chars()
            .next()
            .ok_or((position, "an escape that ends with the text"))?;
        let mut length = kind.len_utf8();
        match kind {
            'n' => bytes.push(b'\n'),
            't' => bytes.push(b'\t'),
            'r' => bytes.push(b'\r'),
            'a' => bytes.push(7),
            'b' => bytes.push(8),
            'v' => bytes.push(11),
            'f' => bytes.push(12),
            '\\' => bytes.push(b'\\'),
            '\'' | '"' if kind == delimiter => bytes.push(kind as u8),
            'x' | 'u' | 'U' | '0'..='7' => {
                let (skip, digits, base) = match kind {
                    'x' => (1, 2, 16),
                    'u' => (1, 4, 16),
                    'U' => (1, 8, 16),
                    _ => (0, 3, 8),
                };
                length = skip + digits;
                let code = escape
                    .get(skip..length)
                    .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
                    .and_then(|code| u32::from_str_radix(code, base).ok())
                    .ok_or((position, "an escape with too few digits"))?;
                if matches!(kind, 'u' | 'U') {
                    let character =
                        char::from_u32(code).ok_or((position, "an escape of no character"))?;
                    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                } else {
                    let byte = u8::try_from(code).map_err(|_| (position, "an escape over 255"))?;
                    bytes.push(byte);
                }
            }
            _ => return Err((position, "an unknown escape: write \\\\ for a backslash")),
        }
        rest = &escape[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).map_err(|_| (0, "escapes that give no UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_read_back() {
        for text in [
            "",
            "plain",
            "a\"b\\c\nd\te",
            "\0\u{7f}\u{a0}é漢",
            "'single'",
        ] {
            let quoted = quote(text);
            let inner = &quoted[1..quoted.len() - 1];
            assert_eq!(unescape(inner, '"').unwrap(), text, "{quoted}");
        }
    }

    #[test]
    fn escapes_are_read() {
        assert_eq!(
            unescape(r"\x41\102\u00e9\U0001F600\'", '\'').unwrap(),
            "ABé😀'"
        );
        assert_eq!(
            unescape(r"\d", '"'),
            Err((0, "an unknown escape: write \\\\ for a backslash"))
        );
        assert_eq!(unescape(r"ab\x4", '"').unwrap_err().0, 2);
        assert_eq!(unescape(r"\400", '"').unwrap_err().1, "an escape over 255");
        assert!(unescape(r"\xff", '"').is_err());
        assert!(unescape("\\", '"').is_err());
        assert!(unescape(r"\'", '"').is_err());
        assert!(unescape("\\x4é", '"').is_err());
    }
}
