//! Addresses that a message leads to.

use std::collections::BTreeMap;

use crate::template::query_escaped;

/// How long an address may be: what servers and mail programs take.
const LONGEST: usize = 2_000;

/// The page of alerts with these labels: `{external_url}/?view=alerts&alert={matchers}`. The matchers are those of Alertmanager's API,
/// `{alertname="HighErrorRate",provider="openai"}`, percent-encoded.
pub(super) fn dashboard(external_url: &str, labels: &BTreeMap<String, String>) -> Option<String> {
    page(external_url, "alert", labels)
}

/// The page with the form for a silence of these labels: `{external_url}/?view=alerts&silence={matchers}`.
pub(super) fn silence(external_url: &str, labels: &BTreeMap<String, String>) -> Option<String> {
    page(external_url, "silence", labels)
}

/// An address that may be linked to: of the web, or a path below ours.
pub(super) fn web(external_url: &str, url: &str) -> Option<String> {
    let url = url.trim();
    if url.len() > LONGEST {
        return None;
    }
    if is_web(url) && !url.contains(|char: char| char.is_whitespace() || char.is_control()) {
        return Some(url.to_owned());
    }
    (url.starts_with('/') && !url.starts_with("//"))
        .then(|| format!("{}{url}", external_url.trim_end_matches('/')))
        .filter(|url| is_web(url) && !url.contains(char::is_whitespace))
}

fn is_web(url: &str) -> bool {
    let begins = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    begins("http://") || begins("https://")
}

fn page(external_url: &str, parameter: &str, labels: &BTreeMap<String, String>) -> Option<String> {
    let base = external_url.trim_end_matches('/');
    let size: usize = labels
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if !is_web(base) || size > LONGEST {
        return None;
    }
    let matchers = encoded(&matchers(labels));
    let page = format!("{base}/?view=alerts&{parameter}={matchers}");
    (page.len() <= LONGEST).then_some(page)
}

fn matchers(labels: &BTreeMap<String, String>) -> String {
    let matchers: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{}={}", label_name(name), crate::compile::quoted(value)))
        .collect();
    format!("{{{}}}", matchers.join(","))
}

/// A name that is no plain one stands in quotes.
fn label_name(name: &str) -> String {
    let is_plain = name
        .chars()
        .all(|char| char.is_ascii_alphanumeric() || char == '_')
        && !name.starts_with(|char: char| char.is_ascii_digit());
    if is_plain {
        name.to_owned()
    } else {
        crate::compile::quoted(name)
    }
}

fn encoded(text: &str) -> String {
    // A `+` of the text is `%2B`: those that are there are blanks, which not everybody reads so.
    query_escaped(text).replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn the_pages_have_the_labels_as_matchers() {
        let labels = labels(&[("alertname", "A"), ("provider", "x \"y\"")]);
        assert_eq!(
            dashboard("http://gw.example/", &labels).as_deref(),
            Some(
                "http://gw.example/?view=alerts&alert=%7Balertname%3D%22A%22%2Cprovider%3D%22x%20%5C%22y%5C%22%22%7D"
            )
        );
        assert_eq!(silence("", &labels), None);
        assert_eq!(silence("javascript:x", &labels), None);
        let long = self::labels(&[("a", &"x".repeat(2_000))]);
        assert_eq!(silence("http://gw.example", &long), None);
        assert_eq!(matchers(&self::labels(&[("a.b", "1")])), "{\"a.b\"=\"1\"}");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let base = "https://gw.example/x";
        assert_eq!(web(base, "HTTP://a/b").as_deref(), Some("HTTP://a/b"));
        assert_eq!(
            web(base, "/graph?g0.expr=up").as_deref(),
            Some("https://gw.example/x/graph?g0.expr=up")
        );
        for no in [
            "",
            "//evil",
            "javascript:alert(1)",
            "data:text/html,x",
            "docs/a.md",
            "http://a b",
            "http://a\r\nb",
        ] {
            assert_eq!(web(base, no), None, "{no}");
        }
        assert_eq!(web("", "/graph"), None);
    }
}
