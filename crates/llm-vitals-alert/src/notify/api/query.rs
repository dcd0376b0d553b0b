//! What stands behind the `?`.

use llm_vitals_promql::{MatchOp, Matcher};

use super::answer::Answer;
use crate::notify::matchers::{matcher, parse_one};
use crate::notify::silences::{MOST_MATCHERS, MOST_VALUE_BYTES, check_bounds};

/// More parts than anybody needs.
const MOST: usize = 1_000;

/// Names and values, decoded.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn of(text: &str) -> Self {
        let pairs = text.split('&').filter(|part| !part.is_empty()).take(MOST);
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        };
        Self(pairs.map(pair).collect())
    }

    pub(super) fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        let found = move |(have, _): &&(String, String)| have == name;
        self.0.iter().filter(found).map(|(_, value)| value.as_str())
    }

    fn last(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rfind(|(have, _)| have == name)
            .map(|(_, value)| value.as_str())
    }

    /// A switch that is on unless it is there and says otherwise, in the words that Alertmanager's framework knows.
    pub(super) fn is_on(&self, name: &str) -> bool {
        const ON: [&str; 10] = [
            "true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled",
        ];
        match self.last(name) {
            None | Some("") => true,
            Some(value) => ON.contains(&&*value.to_ascii_lowercase()),
        }
    }

    /// The conditions under `filter`.
    pub(super) fn filter(&self) -> Result<Vec<Matcher>, Answer> {
        check_bounds(self.all("filter")).map_err(|_| too_much("filter"))?;
        let read = |text: &str| {
            parse_one(text).map_err(|error| {
                let shown: String = text.chars().take(100).collect();
                let sentence = format!("bad matcher format: {shown}: {}", error.message);
                Answer::refusal(400, sentence)
            })
        };
        self.all("filter").map(read).collect()
    }

    /// The condition on a receiver's name.
    pub(super) fn receiver(&self) -> Result<Option<Matcher>, Answer> {
        let Some(pattern) = self.last("receiver") else {
            return Ok(None);
        };
        check_bounds([pattern].into_iter()).map_err(|_| too_much("receiver"))?;
        let made = matcher("receiver", MatchOp::Regex, pattern);
        made.map(Some).map_err(|reason| {
            Answer::refusal(400, format!("failed to parse receiver param: {reason}"))
        })
    }
}

fn too_much(name: &str) -> Answer {
    let sentence = format!(
        "there may be {MOST_MATCHERS} conditions under {name}, with {MOST_VALUE_BYTES} bytes each"
    );
    Answer::refusal(400, sentence)
}

/// A part of a query, in which a plus is a blank.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        rest = after;
        match (byte, after) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (digit(high), digit(low)) {
                (Some(high), Some(low)) => {
                    bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        let query = Query::of("filter=a%3D%22b+c%22&filter=d!=e&active=0&x&&=y&p=%zz%4");
        let filters: Vec<&str> = query.all("filter").collect();
        assert_eq!(filters, ["a=\"b c\"", "d!=e"]);
        assert_eq!(query.all("p").collect::<Vec<_>>(), ["%zz%4"]);
        assert!(!query.is_on("active") && query.is_on("silenced") && query.is_on("x"));
    }
}
