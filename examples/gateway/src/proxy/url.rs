//! Where a path of a client leads.

use reqwest::Url;

/// Puts `path`, which may have a query, behind `base`.
///
/// A path may begin where the API does or at the root of its host, as its documentation writes it: behind the base
/// `https://host/api/v1` all of `chat`, `v1/chat` and `api/v1/chat` lead to `https://host/api/v1/chat`, and `v2/chat` leads to
/// `https://host/api/v2/chat`. `None` for a path that leads out of there. `without_key` leaves the query's `key` out, which
/// is the client's.
pub(super) fn join(base: &Url, path: &str, without_key: bool) -> Option<Url> {
    let (path, query) = path
        .split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)));
    let path = path.trim_start_matches('/');
    if leads_out(path) {
        return None;
    }
    let prefix = prefix(base.path().trim_matches('/'), path);
    let mut url = base.clone();
    url.set_path(&if path.is_empty() {
        base.path().trim_end_matches('/').to_owned()
    } else if prefix.is_empty() {
        path.to_owned()
    } else {
        format!("{prefix}/{path}")
    });
    let query = query.map(|query| {
        let kept = query
            .split('&')
            .filter(|pair| !(without_key && pair.starts_with("key=")));
        kept.collect::<Vec<_>>().join("&")
    });
    url.set_query(query.as_deref().filter(|query| !query.is_empty()));
    Some(url)
}

/// The part of the base's path that the path does not repeat.
fn prefix<'a>(base: &'a str, path: &str) -> &'a str {
    let first = path.split('/').next().unwrap_or_default();
    let last = base.rsplit('/').next().unwrap_or_default();
    let begins = |part: &str| {
        path.strip_prefix(part)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if !base.is_empty() && begins(base) {
        ""
    } else if is_version(first) && is_version(last) {
        base[..base.len() - last.len()].trim_end_matches('/')
    } else {
        base
    }
}

/// `v1`, `v1beta`.
fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether somebody on the way may take a part of the path for `.` or `..`: quoted, quoted twice, behind a quoted slash, or
/// with parameters (`..;a=b`). No API has backslashes in its paths.
fn leads_out(path: &str) -> bool {
    let mut plain = path.to_ascii_lowercase();
    while plain.contains("%25") {
        plain = plain.replace("%25", "%");
    }
    let plain = plain
        .replace("%2e", ".")
        .replace("%2f", "/")
        .replace("%3b", ";")
        .replace("%5c", "\\");
    let is_dots = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    plain.contains('\\') || plain.split('/').any(is_dots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, path: &str) -> Option<String> {
        join(&Url::parse(base).unwrap(), path, true).map(Into::into)
    }

    #[test]
    fn a_path_begins_where_the_api_does_or_at_the_root() {
        for (base, path, expected) in [
            ("https://h/v1", "responses", "https://h/v1/responses"),
            (
                "https://h/v1",
                "v1/responses?a=b&key=c",
                "https://h/v1/responses?a=b",
            ),
            ("https://h/api/v1/", "v1/chat", "https://h/api/v1/chat"),
            ("https://h/api/v1", "api/v1/chat", "https://h/api/v1/chat"),
            (
                "https://h/v1beta",
                "v1/models/m:generateContent?alt=sse",
                "https://h/v1/models/m:generateContent?alt=sse",
            ),
            ("https://h", "v1/messages", "https://h/v1/messages"),
            (
                "https://h/team",
                "v1/messages",
                "https://h/team/v1/messages",
            ),
            (
                "https://h/v1",
                "//evil.example/x",
                "https://h/v1/evil.example/x",
            ),
            (
                "https://h/v1",
                "@evil.example",
                "https://h/v1/@evil.example",
            ),
            ("https://h/v1", "a%2Fb c?key=k", "https://h/v1/a%2Fb%20c"),
            (
                "https://h/v1",
                "a..b/.c?d=../e",
                "https://h/v1/a..b/.c?d=../e",
            ),
            ("https://h/v1", "?x=1", "https://h/v1?x=1"),
            ("https://h", "", "https://h/"),
        ] {
            assert_eq!(
                joined(base, path).as_deref(),
                Some(expected),
                "{base} {path}"
            );
        }
    }

    #[test]
    fn a_path_does_not_lead_out() {
        for path in [
            "../admin",
            "v1/../x",
            "%2e%2E/x",
            "a/.%2e/x",
            "a\\..\\x",
            ".",
            "a/..%2fx",
            "a%2F..%2fx",
            "a/..%5cx",
            "a/..;/x",
            "a/..;b=c/x",
            "a/%2e%2e%3b/x",
            "a/%252e%252e/x",
            "a\\x",
            "a%5Cx",
        ] {
            assert_eq!(joined("https://h/v1", path), None, "{path}");
        }
    }
}
