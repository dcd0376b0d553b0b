//! The Markdown of cards, and texts from outside within it.
//!
//! A backslash before a character makes it plain. Clients that do not know that show the backslash, and see no link either:
//! `\[a\]\(b\)` is none in any of them.

use crate::notify::plain;

/// The text of one line as a card shows it.
pub(super) fn escape(text: &str, most: usize) -> String {
    let text = plain::line(text);
    let starts_block = starts_block(&text);
    let mut out = plain::escape(&text, most.saturating_sub(1), replacement);
    if let Some(at) = starts_block.filter(|at| out.is_char_boundary(*at) && *at < out.len()) {
        out.insert(at, '\\');
    }
    out
}

/// A value in a template of the file, which may stand in the address of a link.
pub(super) fn value(before: &str, text: &str) -> String {
    if is_in_address(before) {
        return plain::link(text).unwrap_or_default();
    }
    let lines = plain::lines(text);
    let lines: Vec<String> = lines
        .split('\n')
        .map(|line| escape(line, usize::MAX))
        .collect();
    lines.join("\n")
}

/// Where a character stands that would make the text a list or a heading.
fn starts_block(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let at = if digits > 0 { digits } else { 0 };
    let starts = match text.as_bytes().get(at) {
        Some(b'.' | b')') => digits > 0,
        Some(b'-' | b'+' | b'#' | b'=') => digits == 0,
        _ => false,
    };
    // `)` is escaped as it is everywhere.
    (starts && text.as_bytes()[at] != b')').then_some(at)
}

/// Whether the text ends within the parentheses of a link.
fn is_in_address(before: &str) -> bool {
    before
        .rfind("](")
        .is_some_and(|open| !before[open..].contains(')'))
}

fn replacement(c: char) -> Option<&'static str> {
    Some(match c {
        '\\' => "\\\\",
        '`' => "\\`",
        '*' => "\\*",
        '_' => "\\_",
        '~' => "\\~",
        '[' => "\\[",
        ']' => "\\]",
        '(' => "\\(",
        ')' => "\\)",
        '|' => "\\|",
        // A connector's card also takes HTML.
        '<' => "&lt;",
        '>' => "&gt;",
        '&' => "&amp;",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_from_outside_is_only_text() {
        let cases = [
            ("a_b *c* `d`", r"a\_b \*c\* \`d\`"),
            ("[x](https://evil)", r"\[x\]\(https://evil\)"),
            ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
            (
                "{{DATE(2017-02-14T06:00:00Z, SHORT)}}",
                r"{{DATE\(2017-02-14T06:00:00Z, SHORT\)}}",
            ),
            ("- a", r"\- a"),
            ("# a", r"\# a"),
            ("12. a", r"12\. a"),
            ("1.5", r"1\.5"),
            ("a\r\n- b", "a - b"),
            ("12 a", "12 a"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(escape(text, 1_000), expected, "{text}");
        }
        assert_eq!(escape("a*b", 4), r"a…");
        assert_eq!(escape("- äöü", 5), r"\- ä…");
    }

    #[test]
    fn values_of_templates_are_made_fit_for_their_place() {
        assert_eq!(value("**", "a*\n- b"), "a\\*\n\\- b");
        assert_eq!(value("[x](", "https://h/a_(b)"), "https://h/a_%28b%29");
        assert_eq!(value("[x](", "javascript:x"), "");
        assert_eq!(value("[x](https://h) ", "a_"), r"a\_");
    }
}
