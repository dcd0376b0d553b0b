//! Texts from outside, made fit for logs.

use std::fmt;

use reqwest::Url;

/// The most characters of a text from outside that are shown.
const EXCERPT: usize = 200;

/// What is shown in no text.
#[derive(Clone, Default)]
pub(crate) struct Redaction(Vec<String>);

impl Redaction {
    /// Shorter ones are no secrets, and would make any text unreadable.
    const SHORTEST: usize = 4;
    /// A part of a path that may be a token: `services` in an address of Slack is none, `T0123456789` may be.
    const SHORTEST_PART: usize = 9;

    pub(super) fn hide(&mut self, text: &str) {
        let text = text.trim();
        if text.len() >= Self::SHORTEST && !self.0.iter().any(|have| have == text) {
            self.0.push(text.to_owned());
            // A secret may hold another: the longer one goes first.
            self.0.sort_by_key(|text| std::cmp::Reverse(text.len()));
        }
    }

    /// Hides an address, what stands behind its host, and each part that may be a token.
    pub(super) fn hide_url(&mut self, url: &Url) {
        self.hide(url.as_str());
        self.hide(url.password().unwrap_or_default());
        let query = url.query().map(|query| format!("?{query}"));
        let path = format!("{}{}", url.path(), query.unwrap_or_default());
        if path.len() > 1 {
            self.hide(&path);
        }
        let parts = path.split(['/', '?', '&', '=']);
        for part in parts.filter(|part| part.len() >= Self::SHORTEST_PART) {
            self.hide(part);
        }
    }

    /// One line of the text, 200 characters at most, without secrets and control characters.
    pub(super) fn clean(&self, text: &str) -> String {
        // Secrets go before the text is cut, so that no half of one stays.
        let mut text = text.to_owned();
        for secret in &self.0 {
            text = text.replace(secret.as_str(), "***");
        }
        let line = text.split(|c: char| c.is_whitespace() || c.is_control());
        let words: Vec<&str> = line.filter(|word| !word.is_empty()).collect();
        let line = words.join(" ");
        match line.char_indices().nth(EXCERPT) {
            Some((at, _)) => format!("{}...", &line[..at]),
            None => line,
        }
    }
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redaction({} secrets)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_control_characters_and_the_end_of_a_long_text_are_not_shown() {
        let mut redaction = Redaction::default();
        redaction.hide("s3cret");
        redaction.hide("");
        redaction.hide("a");
        let url =
            Url::parse("https://u:passw@h.example/services/T00000000/x?key=0123456789#f").unwrap();
        redaction.hide_url(&url);
        let text = "a s3cret\r\n\u{1b}[31mpassw\tservices T00000000 0123456789 /services/T00000000/x?key=0123456789";
        assert_eq!(redaction.clean(text), "a *** [31m*** services *** *** ***");
        let long = "ä".repeat(300);
        assert_eq!(redaction.clean(&long), format!("{}...", "ä".repeat(200)));
        assert_eq!(format!("{redaction:?}"), "Redaction(6 secrets)");
    }
}
