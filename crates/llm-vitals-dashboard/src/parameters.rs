//! The parameters of a request: those in the URL and those in the form of its body.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Names with their values, those of the body first, as Prometheus takes them.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// Parameters that a request may have.
const MOST: usize = 1_000;

impl Parameters {
    pub(crate) fn parse(query: &str, form: &str) -> Self {
        let pairs = form.split('&').chain(query.split('&'));
        let pairs = pairs.filter(|pair| !pair.is_empty()).take(MOST);
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The first value of a parameter; an empty one is the same as none.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(have, _)| have == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(have, _)| have == name);
        found.map(|(_, value)| value.as_str()).collect()
    }
}

/// A part of a path, with its escapes resolved.
pub(crate) fn decode_path(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

fn decode(text: &str) -> String {
    let text: Cow<'_, str> = if text.contains('+') {
        text.replace('+', " ").into()
    } else {
        text.into()
    };
    decode_path(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_comes_first() {
        let parameters =
            Parameters::parse("query=up&match[]=a&x=", "query=a+%2B%20b&match%5B%5D=b");
        assert_eq!(parameters.first("query"), Some("a + b"));
        assert_eq!(parameters.all("match[]"), ["b", "a"]);
        assert_eq!(parameters.first("x"), None);
        assert_eq!(parameters.first("y"), None);
    }

    #[test]
    fn what_is_escaped_wrongly_stays() {
        let parameters = Parameters::parse("a=%&b=%zz&c=%ff&&=&d", "");
        assert_eq!(parameters.first("a"), Some("%"));
        assert_eq!(parameters.first("b"), Some("%zz"));
        assert_eq!(parameters.first("c"), Some("\u{fffd}"));
        assert_eq!(parameters.all("d"), [""]);
    }
}
