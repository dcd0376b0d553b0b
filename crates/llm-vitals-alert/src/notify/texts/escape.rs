//! Values of a template, escaped for the place in HTML that they are put at.

/// Where in HTML a text ends.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Text,
    /// In a tag outside of quotes.
    Tag,
    /// In an attribute's value; whether it is an address, and what of it is there already.
    Attribute {
        is_url: bool,
        is_start: bool,
    },
    /// Within a comment, a script, a style or a handler of events, where nothing can be made fit.
    Raw,
    /// In a style attribute.
    Style,
}

const URLS: &[&str] = &[
    "href",
    "src",
    "action",
    "formaction",
    "background",
    "cite",
    "poster",
    "srcset",
    "xlink:href",
];

/// The value as text of HTML behind `before`.
pub(super) fn escape(before: &str, value: &str) -> String {
    match place(before) {
        Place::Text | Place::Attribute { is_url: false, .. } => escaped(value, false),
        Place::Tag => escaped(value, true),
        Place::Raw => String::new(),
        Place::Style if value.chars().all(is_plain_style) => value.to_owned(),
        Place::Style => String::new(),
        Place::Attribute { is_start: true, .. } if !is_safe_url(value) => "#".to_owned(),
        Place::Attribute { .. } => escaped(&url(value), false),
    }
}

/// Colours, sizes and names.
fn is_plain_style(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '#' | '%' | '.' | '-' | ' ' | ',')
}

/// The characters that mean something in HTML, as references.
pub(crate) fn escaped(text: &str, with_blanks: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '\0' => out.push('\u{fffd}'),
            '=' | '`' | '/' if with_blanks => out.push_str(&format!("&#{};", char as u32)),
            char if with_blanks && char.is_whitespace() => {
                out.push_str(&format!("&#{};", char as u32));
            }
            char => out.push(char),
        }
    }
    out
}

/// An address without a scheme, or with one that only opens a page or a mail.
fn is_safe_url(url: &str) -> bool {
    let url = url.trim_start_matches(|char: char| char.is_whitespace() || char.is_control());
    let Some(colon) = url.find(':') else {
        return true;
    };
    let scheme = &url[..colon];
    if scheme.contains(['/', '?', '#']) {
        return true;
    }
    ["http", "https", "mailto"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

/// What is no character of an address, percent-encoded.
fn url(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&()*+,;=%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02x}"));
        }
    }
    out
}

fn place(before: &str) -> Place {
    let mut rest = before;
    loop {
        let Some(open) = rest.find('<') else {
            return Place::Text;
        };
        rest = &rest[open + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            match comment.find("-->") {
                Some(end) => rest = &comment[end + 3..],
                None => return Place::Raw,
            }
            continue;
        }
        if !rest.starts_with(|char: char| char.is_ascii_alphabetic() || "/!?".contains(char)) {
            if rest.is_empty() {
                return Place::Tag;
            }
            continue;
        }
        let name_end = rest.find(|char: char| !char.is_ascii_alphanumeric());
        let name = rest[..name_end.unwrap_or(rest.len())].to_ascii_lowercase();
        match tag(rest) {
            Ok(behind) => rest = behind,
            Err(place) => return place,
        }
        if matches!(&*name, "script" | "style" | "textarea" | "title") {
            let end = format!("</{name}");
            let lower = rest.to_ascii_lowercase();
            match lower.find(&end) {
                Some(at) => rest = &rest[at..],
                None if matches!(&*name, "script" | "style") => return Place::Raw,
                None => return Place::Text,
            }
        }
    }
}

/// What is behind the tag, or where in it the text ends.
fn tag(tag: &str) -> Result<&str, Place> {
    let mut rest = tag;
    let mut attribute = "";
    loop {
        let Some(at) = rest.find(['>', '=', '"', '\'']) else {
            return Err(Place::Tag);
        };
        let sign = &rest[at..=at];
        let before = rest[..at].trim_end();
        rest = &rest[at + 1..];
        match sign {
            ">" => return Ok(rest),
            "=" => {
                let start = before.rfind(|char: char| char.is_whitespace() || char == '/');
                attribute = &before[start.map_or(0, |at| at + 1)..];
            }
            quote => match rest.find(quote) {
                Some(end) => rest = &rest[end + 1..],
                None => {
                    if attribute
                        .get(..2)
                        .is_some_and(|on| on.eq_ignore_ascii_case("on"))
                    {
                        return Err(Place::Raw);
                    }
                    if attribute.eq_ignore_ascii_case("style") {
                        return Err(Place::Style);
                    }
                    let is_url = URLS
                        .iter()
                        .any(|known| attribute.eq_ignore_ascii_case(known));
                    let is_start = rest.trim().is_empty();
                    return Err(Place::Attribute { is_url, is_start });
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_for_their_place() {
        let cases = [
            ("<p>", "<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
            ("<p title=\"", "a\" onclick=\"x", "a&#34; onclick=&#34;x"),
            ("<a href=\"", "http://x/?a=1&b=2", "http://x/?a=1&amp;b=2"),
            ("<a href=\"", "javascript:alert(1)", "#"),
            ("<a href='", " JavaScript:alert(1)", "#"),
            ("<a href=\"", "data:text/html,x", "#"),
            ("<a href=\"", "/a:b", "/a:b"),
            ("<a href=\"http://x/", "javascript:a\"b", "javascript:a%22b"),
            ("<a x=", "a b>c", "a&#32;b&gt;c"),
            ("<a ", "onclick=x", "onclick&#61;x"),
            ("<script>var a = ", "1", ""),
            ("<script>x</script><p>", "<", "&lt;"),
            ("<style>", "x", ""),
            ("<p onclick=\"f('", "x", ""),
            ("<p style=\"color:", "#fff", "#fff"),
            ("<p style=\"color:", "red;background:url(x)", ""),
            ("<form FormAction='", "javascript:x", "#"),
            ("<!-- ", "x", ""),
            ("<!-- > --><i>", "<", "&lt;"),
            ("1 < 2 ", "<", "&lt;"),
            ("<a href=\"x\" title='", "'", "&#39;"),
        ];
        for (before, value, expected) in cases {
            assert_eq!(escape(before, value), expected, "{before}{value}");
        }
    }
}
