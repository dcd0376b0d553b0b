//! Secrets out of texts that are shown.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

const GONE: &str = "[redacted]";

/// What is known to be a secret by its form. The first group, if there is one, stays.
static KNOWN: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(&[
        // Before the host of a URL.
        r"(\b[A-Za-z][A-Za-z0-9+.-]*://)[^\s/@]+@",
        // In a query string, a JSON object, a header, a list of settings.
        r#"(?i)((?:(?:api[_-]?key|access[_-]?key|private[_-]?key|secret|passw(?:or)?d|pwd|authorization|credential|signature|\bkey|\bsig|\bauth)s?|[_-]token|\btoken)\\?["']?\s*[:=]\s*\\?["']?(?:(?:bearer|basic|token)\s+)?)[^\s"'\\&,;})\[\]]+"#,
        // A header's value alone.
        r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{6,}",
        // By how providers begin their keys.
        r"\b(?:sk|pk|rk|ak|gsk|hf|r8|xai|pplx|key|nvapi|fw|tgp|co|csk|dapi)[-_][A-Za-z0-9_-]{8,}(?:\*+[A-Za-z0-9]*)?",
        r"\bAIza[A-Za-z0-9_-]{16,}",
        r"\bya29\.[A-Za-z0-9_-]{8,}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}",
        r"\b(?:gh[oprsu]|github_pat|glpat|xox[abeprs]|xapp)[-_][A-Za-z0-9_-]{8,}",
        // Tokens of three parts.
        r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?",
        r"\bhooks\.slack\.com/[A-Za-z0-9/_-]+",
        r"-----BEGIN [A-Z ]+-----[^-]*(?:-----END [A-Z ]+-----)?",
        r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\b",
    ])
});

/// Long and of letters and digits: mostly a key.
static OPAQUE: LazyLock<Vec<Regex>> = LazyLock::new(|| patterns(&[r"\b[A-Za-z0-9_+]{32,}={0,2}"]));

/// A text without what looks like a secret: keys, tokens, passwords, credentials of URLs, addresses of e-mail.
///
/// By its looks only: what is a secret and looks like a word stays. Long strings of letters and digits go too, even if they are
/// names of something.
///
/// ```
/// use llm_vitals_dashboard::redact;
///
/// assert_eq!(redact("Incorrect API key provided: sk-proj-abc123def456."), "Incorrect API key provided: [redacted].");
/// assert_eq!(redact("GET https://me:hunter2@host/v1?key=abc&n=1"), "GET https://[redacted]@host/v1?key=[redacted]&n=1");
/// ```
#[must_use]
pub fn redact(text: &str) -> String {
    let text = known(text);
    let replaced = apply(&OPAQUE, text.into(), |found| {
        let is_word = |found: &str| !found.bytes().any(|byte| byte.is_ascii_digit());
        (!is_word(&found[0])).then(|| GONE.to_owned())
    });
    replaced.into_owned()
}

/// As [`redact`], for what is known to be a name: it may be long.
pub(crate) fn known(text: &str) -> String {
    let replaced = apply(&KNOWN, text.into(), |found| {
        let kept = found.get(1).map_or("", |kept| kept.as_str());
        let at = if kept.ends_with("://") { "@" } else { "" };
        Some(format!("{kept}{GONE}{at}"))
    });
    replaced.into_owned()
}

fn apply<'a>(
    patterns: &[Regex],
    text: Cow<'a, str>,
    replace: impl Fn(&Captures<'_>) -> Option<String>,
) -> Cow<'a, str> {
    patterns.iter().fold(text, |text, pattern| {
        let replaced = pattern.replace_all(&text, |found: &Captures<'_>| {
            replace(found).unwrap_or_else(|| found[0].to_owned())
        });
        match replaced {
            Cow::Borrowed(_) => text,
            Cow::Owned(changed) => changed.into(),
        }
    })
}

fn patterns(texts: &[&str]) -> Vec<Regex> {
    // Constant, and compiled by a test: one that is wrong is found there.
    texts
        .iter()
        .filter_map(|text| Regex::new(text).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        assert_eq!(KNOWN.len(), 12);
        assert_eq!(OPAQUE.len(), 1);
    }

    #[test]
    fn what_looks_like_a_secret_goes() {
        for (text, shown) in [
            (
                "Authorization: Bearer abc.def-123",
                "Authorization: Bearer [redacted]",
            ),
            (
                "authorization: Basic dXNlcjpwYXNz",
                "authorization: Basic [redacted]",
            ),
            (
                r#"{"api_key": "abc123", "n": 1}"#,
                r#"{"api_key": "[redacted]", "n": 1}"#,
            ),
            (
                r#"{\"api_key\": \"abc123\"}"#,
                r#"{\"api_key\": \"[redacted]\"}"#,
            ),
            (
                "authorization: token abc123",
                "authorization: token [redacted]",
            ),
            ("sent Bearer abcdefgh to x", "sent Bearer [redacted] to x"),
            ("x-api-key=abc123; next", "x-api-key=[redacted]; next"),
            ("OPENAI_API_KEY=abc", "OPENAI_API_KEY=[redacted]"),
            ("password: hunter2", "password: [redacted]"),
            ("redis://:pw@host:6379/0", "redis://[redacted]@host:6379/0"),
            ("postgres://u:p%40ss@db/x", "postgres://[redacted]@db/x"),
            (
                "https://h/x?sig=ab12&token=cd34#e",
                "https://h/x?sig=[redacted]&token=[redacted]",
            ),
            ("key AIzaSyA1234567890abcdefgh bad", "key [redacted] bad"),
            ("xoxb-123456789012-abcdef", "[redacted]"),
            (
                "https://hooks.slack.com/services/T0/B0/xyz",
                "https://[redacted]",
            ),
            ("jwt eyJhbGciOi.eyJzdWIi.c2ln", "jwt [redacted]"),
            ("mail ops@example.com now", "mail [redacted] now"),
            ("key: sk-live-****1234 is wrong", "key: [redacted] is wrong"),
            ("id 0123456789abcdef0123456789abcdef", "id [redacted]"),
            ("AKIAIOSFODNN7EXAMPLE", "[redacted]"),
        ] {
            assert_eq!(redact(text), shown);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "rate limit reached for gpt-4o in organization: 3 requests per min",
            "max_tokens: 4096 is more than 2048",
            "the model `gpt-4o-mini-2024-07-18` does not exist",
            "context length exceeded: 130000 tokens",
            "token limit exceeded, basic authentication failed",
            "prompt_tokens=12&n=1",
            "connection refused (os error 111)",
            "req 9f6f1d2c-5a53-4f0e-9b0c-3f1de2a4a0e1 at 2026-11-24T00:00:00Z",
            "https://api.openai.com/v1/chat/completions",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOP",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn names_may_be_long() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(known(trace), trace);
        assert_eq!(known("Bearer abcdefgh"), "Bearer [redacted]");
    }
}
