//! From RE2's syntax to that of the `regex` crate, where the same text means another thing.

use std::iter::Peekable;
use std::str::CharIndices;

/// Rewrites an expression. What is wrong in it stays wrong.
pub(super) fn to_rust(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        match character {
            '\\' => escape(pattern, &mut rest, &mut out, false),
            '[' => class(pattern, &mut rest, &mut out),
            // Only `{2}`, `{2,}` and `{2,3}` repeat; any other brace is itself.
            '{' if !repeats(&pattern[at + 1..]) => out.push_str("\\{"),
            other => out.push(other),
        }
    }
    out
}

fn escape(pattern: &str, rest: &mut Peekable<CharIndices<'_>>, out: &mut String, in_class: bool) {
    let Some((at, character)) = rest.next() else {
        out.push('\\');
        return;
    };
    let perl = match character {
        // These are of ASCII only.
        'd' => Some(("[0-9]", "0-9")),
        'w' => Some(("[0-9A-Za-z_]", "0-9A-Za-z_")),
        's' => Some(("[\\t\\n\\x0c\\r ]", "\\t\\n\\x0c\\r ")),
        'D' => Some(("[^0-9]", "[^0-9]")),
        'W' => Some(("[^0-9A-Za-z_]", "[^0-9A-Za-z_]")),
        'S' => Some(("[^\\t\\n\\x0c\\r ]", "[^\\t\\n\\x0c\\r ]")),
        _ => None,
    };
    match (perl, character) {
        (Some((_, inside)), _) if in_class => out.push_str(inside),
        (Some((outside, _)), _) => out.push_str(outside),
        (None, 'b') if !in_class => out.push_str("(?-u:\\b)"),
        (None, 'Q') => {
            let quoted = &pattern[at + 1..];
            let end = quoted.find("\\E").unwrap_or(quoted.len());
            out.push_str(&regex::escape(&quoted[..end]));
            let after = at + 1 + end + 2;
            while rest.next_if(|(next, _)| *next < after).is_some() {}
        }
        // Word boundaries there, characters here.
        (None, '<' | '>') => out.push(character),
        (None, other) => {
            out.push('\\');
            out.push(other);
            // `\p{Greek}` and `\x{2014}`.
            if let ('p' | 'P' | 'x', Some((_, '{'))) = (other, rest.peek()) {
                for (_, inside) in rest.by_ref() {
                    out.push(inside);
                    if inside == '}' {
                        break;
                    }
                }
            }
        }
    }
}

/// The inside of `[...]`: sets are not nested and have no operators.
fn class(pattern: &str, rest: &mut Peekable<CharIndices<'_>>, out: &mut String) {
    out.push('[');
    if rest.next_if(|(_, next)| *next == '^').is_some() {
        out.push('^');
    }
    let mut first = true;
    while let Some((at, character)) = rest.next() {
        match character {
            ']' if !first => {
                out.push(']');
                return;
            }
            ']' => out.push_str("\\]"),
            '\\' => escape(pattern, rest, out, true),
            '[' if pattern[at + 1..].starts_with(':') => {
                let end = pattern[at..]
                    .find(":]")
                    .map_or(pattern.len(), |end| at + end + 2);
                out.push_str(&pattern[at..end]);
                while rest.next_if(|(next, _)| *next < end).is_some() {}
            }
            '[' | '&' | '~' => {
                out.push('\\');
                out.push(character);
            }
            other => out.push(other),
        }
        first = false;
    }
}

fn repeats(after_brace: &str) -> bool {
    let Some((inside, _)) = after_brace.split_once('}') else {
        return false;
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && number(least) && number(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_stays() {
        for same in [
            "5..",
            "(?i)a|b+?",
            "[^a-z0-9_]*",
            "a{2,3}",
            "\\.",
            "\\x41",
            "[[:alpha:]]",
            "\\p{Greek}",
        ] {
            assert_eq!(to_rust(same), same);
        }
    }

    #[test]
    fn what_means_another_thing_is_rewritten() {
        for (re2, rust) in [
            ("\\d+", "[0-9]+"),
            ("[\\w.]", "[0-9A-Za-z_.]"),
            ("[[a]", "[\\[a]"),
            ("[]a]", "[\\]a]"),
            ("[a&&b]", "[a\\&\\&b]"),
            ("x{a", "x\\{a"),
            ("{}", "\\{}"),
            ("\\Qa.b\\E.", "a\\.b."),
            ("\\<b\\>", "<b>"),
        ] {
            assert_eq!(to_rust(re2), rust, "{re2}");
        }
    }
}
