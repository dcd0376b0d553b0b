//! Texts from outside, made fit for a message.

/// The text on one line, without control characters, with at most so many characters.
pub(crate) fn clean(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut chars = 0;
    let mut is_blank = true;
    for char in text.chars() {
        let is_blank_here = char.is_control() || char.is_whitespace() || misleads(char);
        let char = if is_blank_here { ' ' } else { char };
        if char == ' ' && is_blank {
            continue;
        }
        is_blank = char == ' ';
        out.push(char);
        chars += 1;
        if chars > most {
            break;
        }
    }
    out.truncate(out.trim_end().len());
    if out.chars().count() > most {
        out = out.chars().take(most.saturating_sub(1)).collect();
        out.push('…');
    }
    out
}

/// Marks that turn the direction of writing, and invisible characters that hide a text in another.
pub(crate) fn misleads(char: char) -> bool {
    matches!(
        char,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_text_is_one_line_of_bounded_length() {
        assert_eq!(clean("  a\r\n\tb\u{0}c\u{202e}d \n", 100), "a b c d");
        assert_eq!(clean("äöüß", 3), "äö…");
        assert_eq!(clean("äöü", 3), "äöü");
        assert_eq!(clean("äöü  ", 3), "äöü");
        assert_eq!(clean("", 3), "");
    }
}
