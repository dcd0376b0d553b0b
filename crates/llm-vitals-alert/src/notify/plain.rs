//! Texts from outside, made fit for one place of a message.
//!
//! Lengths are counted in UTF-16 units. A service that says "characters" and means code points counts no more than that.

use std::fmt::Write as _;

use reqwest::Url;

use super::message::misleads;

/// The text as one line: no line ends, no control characters, and none that turn the direction of what stands beside them.
#[cfg_attr(
    not(any(feature = "msteams", feature = "pagerduty")),
    allow(dead_code, reason = "Slack keeps line ends")
)]
pub(crate) fn line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<String> = words
        .map(|word| word.chars().filter(|c| !misleads(*c)).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    words.join(" ")
}

/// The text with its line ends, without other control characters and those that turn directions.
pub(crate) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let stays = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || misleads(*c));
    text.chars().filter(stays).collect()
}

/// The text in at most so many units; a cut one ends with `…`.
pub(crate) fn clip(text: &str, most: usize) -> String {
    escape(text, most, |_| None)
}

/// The text with some characters replaced, in at most so many units after that. It is cut between characters of the text, so that no
/// replacement is cut, and then ends with `…`.
pub(crate) fn escape(
    text: &str,
    most: usize,
    replace: impl Fn(char) -> Option<&'static str>,
) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = 0;
    // Where the text is cut if it turns out to be too long: one unit is left for the mark.
    let mut cut = 0;
    for c in text.chars() {
        match replace(c) {
            Some(with) => {
                units += self::units(with);
                out.push_str(with);
            }
            None => {
                units += c.len_utf16();
                out.push(c);
            }
        }
        if units > most {
            out.truncate(cut);
            if most > 0 {
                out.push('…');
            }
            return out;
        }
        if units < most {
            cut = out.len();
        }
    }
    out
}

/// The text's length.
pub(crate) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// An address that may stand as a link: absolute, of http or https, without a password, at most 2,000 bytes, and with everything encoded
/// that ends a link in some markup.
pub(crate) fn link(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    if !is_web || url.password().is_some() || !url.username().is_empty() {
        return None;
    }
    // The host may have brackets, which are its own.
    let mut out = url.origin().ascii_serialization();
    let query = url.query().map(|query| format!("?{query}"));
    let fragment = url.fragment().map(|fragment| format!("#{fragment}"));
    let rest = [Some(url.path().to_owned()), query, fragment];
    for c in rest.iter().flatten().flat_map(|part| part.chars()) {
        match c {
            '|' | '<' | '>' | '"' | '\'' | '(' | ')' | '[' | ']' | '\\' | '`' | '^' | '{' | '}'
            | '*' => {
                let _ = write!(out, "%{:02X}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    (out.len() <= 2000).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(c: char) -> Option<&'static str> {
        match c {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            _ => None,
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_and_never_inside_a_replacement() {
        assert_eq!(escape("a<b", 6, html), "a&lt;b");
        assert_eq!(escape("a<bc", 6, html), "a&lt;…");
        assert_eq!(escape("a<<", 8, html), "a&lt;…");
        assert_eq!(escape("a<<", 9, html), "a&lt;&lt;");
        assert_eq!(escape("<<", 4, html), "…");
        assert_eq!(escape("", 0, html), "");
        assert_eq!(escape("a", 0, html), "");
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("äöüß", 3), "äö…");
        // Two units each, as the clients that are written in JavaScript count.
        assert_eq!(clip("😀😀", 4), "😀😀");
        assert_eq!(clip("😀😀", 3), "😀…");
        assert_eq!(clip("😀😀", 2), "…");
        for most in 0..40 {
            let text = escape(&"ä😀<&".repeat(5), most, html);
            assert!(units(&text) <= most, "{most}: {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_left_of_any_text_is_its_beginning_and_fits(text in ".{0,60}", most in 0_usize..80) {
            let whole = escape(&text, usize::MAX, html);
            let cut = escape(&text, most, html);
            if units(&whole) <= most {
                assert_eq!(cut, whole);
            } else {
                assert!(units(&cut) <= most);
                let kept = cut.strip_suffix('…').unwrap_or(&cut);
                assert!(whole.starts_with(kept));
                // It ends where a character of the text ends.
                let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                assert!(ends.map(|at| escape(&text[..at], usize::MAX, html)).any(|start| start == kept));
            }
        }
    }

    #[test]
    fn a_line_has_no_line_ends_controls_or_turned_directions() {
        assert_eq!(line(" a\r\n\tb\u{0}c\u{85}d "), "a b c d");
        assert_eq!(line("user\u{202e}gnp.exe\u{2066}\u{200b}"), "usergnp.exe");
        assert_eq!(lines("a\r\nb\rc\u{7}\td\u{202e}"), "a\nb\nc\td");
    }

    #[test]
    fn only_addresses_of_the_web_are_links_and_no_markup_ends_them() {
        let ok = [
            ("https://h/a?b=c&d=e#f", "https://h/a?b=c&d=e#f"),
            (" http://h ", "http://h/"),
            ("https://h/a|b>c", "https://h/a%7Cb%3Ec"),
            ("https://h/(x)[y]'", "https://h/%28x%29%5By%5D%27"),
            ("http://[::1]:9093/[x]", "http://[::1]:9093/%5Bx%5D"),
            ("https://h/ü x", "https://h/%C3%BC%20x"),
        ];
        for (text, expected) in ok {
            assert_eq!(link(text).as_deref(), Some(expected));
        }
        let long = format!("https://h/{}", "a".repeat(2000));
        let bad = [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "//h/a",
            "runbook",
            "",
            "https://user:pw@h/",
            "https://slack.com@evil.example/",
            "http:///",
            &long,
        ];
        for text in bad {
            assert_eq!(link(text), None, "{text}");
        }
    }
}
