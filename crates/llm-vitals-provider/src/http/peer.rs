//! The server that is asked, and errors that name it and never its key.

use std::borrow::Cow;

use memchr::memmem;
use serde_json::Value;

use crate::error::ProviderError;
use crate::kind::ErrorKind;

/// The server that is asked: its name, and what no text may show.
pub(crate) struct Peer {
    pub(super) name: String,
    secrets: Vec<String>,
}

impl Peer {
    pub(super) const fn new(name: String) -> Self {
        Self {
            name,
            secrets: Vec::new(),
        }
    }

    /// Takes a key that no text may show, as it is and as JSON writes it.
    pub(super) fn hide(&mut self, secret: &str) {
        let quoted = Value::from(secret).to_string();
        let quoted = &quoted[1..quoted.len() - 1];
        for form in [secret, quoted] {
            if !form.is_empty() && !self.secrets.iter().any(|known| known == form) {
                self.secrets.push(form.to_owned());
            }
        }
        // A key that holds another one goes first, so that nothing is left of it.
        self.secrets
            .sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    }

    /// Creates an error that names the provider.
    pub(crate) fn error(&self, kind: ErrorKind, message: &str) -> ProviderError {
        let message = self.scrub(message.as_bytes());
        ProviderError::new(kind, String::from_utf8_lossy(&message)).with_provider(&self.name)
    }

    /// Takes the keys out of a text of the server. Redaction knows the keys of the large providers; a server of one's
    /// own may have a key that looks like any word.
    pub(super) fn scrub<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let mut clean = Cow::Borrowed(text);
        for secret in &self.secrets {
            if memmem::find(&clean, secret.as_bytes()).is_some() {
                clean = Cow::Owned(without(&clean, secret.as_bytes()));
            }
        }
        clean
    }

    /// Takes the keys out of a body. JSON is written anew before, since it has many ways to write one text.
    pub(super) fn scrub_body(&self, body: &[u8]) -> Vec<u8> {
        let plain = serde_json::from_slice::<Value>(body).ok();
        let plain = plain.and_then(|value| serde_json::to_vec(&value).ok());
        self.scrub(plain.as_deref().unwrap_or(body)).into_owned()
    }

    /// Classifies why a request has no head, or a body no end.
    pub(super) fn broken(&self, error: reqwest::Error, what: &str) -> ProviderError {
        let (kind, how) = match (error.is_timeout(), error.is_connect()) {
            (true, true) => (
                ErrorKind::Timeout,
                "no connection in time: see HttpOptions::with_connect_timeout",
            ),
            (true, false) => (
                ErrorKind::Timeout,
                "a timeout of the HTTP client given with HttpOptions::with_http_client",
            ),
            (false, true) => (
                ErrorKind::Connect,
                "no connection: is the base URL right, and the server up?",
            ),
            _ if error.is_builder() => (
                ErrorKind::InvalidRequest,
                "the request cannot be sent as it is",
            ),
            _ => (
                ErrorKind::StreamInterrupted,
                "the connection broke: the request may be tried again",
            ),
        };
        // The URL may hold what the base URL held.
        self.error(kind, &format!("{what}: {how}"))
            .with_source(error.without_url())
    }
}

/// `text` with `***` for each `secret`.
fn without(text: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    let mut from = 0;
    for at in memmem::find_iter(text, secret) {
        clean.extend_from_slice(&text[from..at]);
        clean.extend_from_slice(b"***");
        from = at + secret.len();
    }
    clean.extend_from_slice(&text[from..]);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(secrets: &[&str]) -> Peer {
        let mut peer = Peer::new("local".to_owned());
        for secret in secrets {
            peer.hide(secret);
        }
        peer
    }

    #[test]
    fn a_key_that_looks_like_a_word_is_taken_out() {
        let peer = peer(&["hunter2"]);
        assert_eq!(&*peer.scrub(b"no hunter2 and hunter2"), b"no *** and ***");
        assert_eq!(&*peer.scrub(b"no key"), b"no key");
        let error = peer.error(ErrorKind::Auth, "key hunter2 is unknown");
        assert_eq!(error.to_string(), "local: key *** is unknown");
    }

    #[test]
    fn a_key_within_another_leaves_no_rest() {
        assert_eq!(&*peer(&["ab", "abcd"]).scrub(b"abcd ab"), b"*** ***");
    }

    #[test]
    fn json_cannot_hide_a_key() {
        let peer = peer(&["hunt\"er2"]);
        let body = br#"{"a":"\u0068unt\"er2", "b":"hunt\u0022er2"}"#;
        assert_eq!(peer.scrub_body(body), br#"{"a":"***","b":"***"}"#);
    }
}
