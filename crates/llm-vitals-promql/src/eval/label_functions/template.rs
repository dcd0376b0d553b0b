//! `$1` and `${name}` in the replacement of `label_replace`.

use regex::Captures;

/// Writes a template with the groups of a match in the places that name them. What names no group that there can be stays. Stops
/// once the text is longer than `most` bytes.
pub(super) fn expand(template: &str, found: &Captures<'_>, most: usize) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$').filter(|_| out.len() <= most) {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(escaped) = after.strip_prefix('$') {
            out.push('$');
            rest = escaped;
        } else if let Some((name, behind)) = name(after) {
            let group = match name.parse() {
                Ok(index) => found.get(index),
                Err(_) => found.name(name),
            };
            out.push_str(group.map_or("", |group| group.as_str()));
            rest = behind;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// The name of a group, in braces or without, and what stands behind it.
fn name(text: &str) -> Option<(&str, &str)> {
    let in_braces = text.strip_prefix('{');
    let text = in_braces.unwrap_or(text);
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let (name, behind) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
    let behind = if in_braces.is_some() {
        behind.strip_prefix('}')?
    } else {
        behind
    };
    (!name.is_empty()).then_some((name, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_where_they_are_named() {
        let regex = regex::Regex::new("(a+)(?P<rest>.*)").unwrap();
        let found = regex.captures("aab").unwrap();
        for (template, expanded) in [
            ("$1-$rest", "aa-b"),
            ("${1}x", "aax"),
            ("$1x", ""),
            ("$0$$", "aab$"),
            ("$9|${nobody}", "|"),
            ("${}x", "${}x"),
            ("${1", "${1"),
            ("$-$", "$-$"),
        ] {
            assert_eq!(expand(template, &found, 100), expanded, "{template}");
        }
    }
}
