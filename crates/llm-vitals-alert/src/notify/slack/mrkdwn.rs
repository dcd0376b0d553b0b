//! Slack's markup, and texts from outside within it.
//!
//! `&`, `<` and `>` are what mentions, links and commands are made of (`<!channel>`, `<https://...|text>`), so these are replaced in
//! everything from outside. `*`, `_`, `~` and `` ` `` cannot be escaped in Slack's markup; they can make a text bold and do nothing else.

use crate::notify::plain;

/// A joint without width: nothing is a name or an address across it.
const APART: &str = "\u{2060}";

/// The text as Slack shows it, in at most so many characters as it is sent.
pub(super) fn escape(text: &str, most: usize) -> String {
    plain::escape(text, most, reference)
}

/// A text in a place where Slack looks for addresses and names by itself.
pub(super) fn escape_apart(text: &str, most: usize) -> String {
    let text = text.replace("://", &format!(":{APART}//"));
    plain::escape(&text, most, |c| match c {
        '@' => Some("@\u{2060}"),
        _ => reference(c),
    })
}

/// A value in a template of the file.
pub(super) fn value(_before: &str, text: &str) -> String {
    plain::escape(&plain::lines(text), usize::MAX, reference)
}

/// A value in a template where `link_names` makes `@name` a mention.
pub(super) fn value_apart(before: &str, text: &str) -> String {
    value(before, text).replace('@', &format!("@{APART}"))
}

/// The text as code, in which nothing has a meaning.
pub(super) fn code(text: &str, most: usize) -> String {
    let text = plain::escape(text, most.saturating_sub(2), |c| match c {
        '`' => Some("'"),
        _ => reference(c),
    });
    if text.is_empty() {
        return text;
    }
    format!("`{text}`")
}

/// A link, or just the text where the address is none.
pub(super) fn link(url: &str, text: &str) -> String {
    let text = text.replace('|', "¦");
    match plain::link(url) {
        Some(url) => format!("<{}|{}>", escape(&url, usize::MAX), text),
        None => text,
    }
}

fn reference(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_links_and_commands_from_outside_are_only_text() {
        assert_eq!(
            escape("<!channel> <@U1> <https://evil|ok> &lt;", 100),
            "&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil|ok&gt; &amp;lt;"
        );
        assert_eq!(escape("a<!here>", 8), "a&lt;!h…");
        assert_eq!(
            escape_apart("@here see https://evil", 100),
            "@\u{2060}here see https:\u{2060}//evil"
        );
        assert_eq!(value("<https://h|", "a>b\r\nc\u{202e}"), "a&gt;b\nc");
        assert_eq!(value_apart("", "@here"), "@\u{2060}here");
    }

    #[test]
    fn code_and_links_are_closed_by_their_own_ends_only() {
        assert_eq!(code("a`*b*<c>", 100), "`a'*b*&lt;c&gt;`");
        assert_eq!(code("abcdef", 5), "`ab…`");
        assert_eq!(code("", 5), "");
        assert_eq!(
            link("https://h/?a=1&b=|>", "x|y"),
            "<https://h/?a=1&amp;b=%7C%3E|x¦y>"
        );
        assert_eq!(link("javascript:x", "y"), "y");
    }
}
