//! A bearer token, for applications that have no authorisation of their own.

use std::fmt;
use std::hint::black_box;

use http::HeaderMap;
use http::header::AUTHORIZATION;

/// Compared in a time that does not depend on where two tokens differ.
#[derive(Clone)]
pub(crate) struct Token(Box<[u8]>);

impl Token {
    pub(crate) fn new(token: &str) -> Self {
        Self(token.as_bytes().into())
    }

    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes);
        let Some((scheme, token)) = header.and_then(|header| header.split_at_checked(7)) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"bearer ") && self.is(token.trim_ascii())
    }

    fn is(&self, other: &[u8]) -> bool {
        // An empty token would be known to everybody.
        let mut differs = u8::from(self.0.len() != other.len()) | u8::from(self.0.is_empty());
        for (at, byte) in other.iter().enumerate() {
            let own = self.0.get(at % self.0.len().max(1)).copied().unwrap_or(0);
            differs |= black_box(own ^ byte);
        }
        black_box(differs) == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_itself_is_taken() {
        let token = Token::new("abcabc");
        for (header, taken) in [
            ("Bearer abcabc", true),
            ("bearer  abcabc ", true),
            ("Bearer abc", false),
            ("Bearer abcabcabcabc", false),
            ("Bearer ", false),
            ("Bearer", false),
            ("Basic abcabc", false),
            ("abcabc", false),
        ] {
            let headers =
                HeaderMap::from_iter([(AUTHORIZATION, http::HeaderValue::from_static(header))]);
            assert_eq!(token.is_in(&headers), taken, "{header}");
            assert!(!Token::new("").is_in(&headers));
        }
        assert!(!token.is_in(&HeaderMap::new()));
    }
}
