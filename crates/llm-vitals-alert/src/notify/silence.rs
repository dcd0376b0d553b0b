//! Alerts that nobody is to be told of for a while.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use llm_vitals_promql::{Dialect, Labels, MatchOp, Matcher};
use serde::{Deserialize, Serialize};

use super::matchers::all_match;

/// Keeps notifications of some alerts back from one moment to another.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// A UUID; empty in a silence that is not yet set.
    pub id: String,
    /// All must match. A label that is not there is an empty one.
    #[serde(with = "saved_matchers")]
    pub matchers: Vec<Matcher>,
    /// In milliseconds since 1970.
    pub starts_at: i64,
    /// In milliseconds since 1970.
    pub ends_at: i64,
    /// In milliseconds since 1970.
    pub updated_at: i64,
    /// Who has made it.
    pub created_by: String,
    /// Why.
    pub comment: String,
}

/// What a silence is at.
#[expect(clippy::exhaustive_enums, reason = "time has these three")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SilenceState {
    /// It is in force.
    Active,
    /// It has not begun.
    Pending,
    /// It is over.
    Expired,
}

impl Silence {
    /// A silence that is not yet set: see [`Silences::set`](super::Silences::set).
    #[must_use]
    pub fn new(
        matchers: Vec<Matcher>,
        starts_at: i64,
        ends_at: i64,
        created_by: impl Into<String>,
        comment: impl Into<String>,
    ) -> Self {
        Self {
            id: String::new(),
            matchers,
            starts_at,
            ends_at,
            updated_at: 0,
            created_by: created_by.into(),
            comment: comment.into(),
        }
    }

    /// With the id of the silence that it is to take the place of.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// What it is at, at a moment in milliseconds since 1970.
    #[must_use]
    pub fn state(&self, now_ms: i64) -> SilenceState {
        if now_ms < self.starts_at {
            SilenceState::Pending
        } else if now_ms < self.ends_at {
            SilenceState::Active
        } else {
            SilenceState::Expired
        }
    }

    pub(super) fn move_back(&mut self, by_ms: i64) {
        for time in [&mut self.starts_at, &mut self.ends_at, &mut self.updated_at] {
            *time = time.saturating_sub(by_ms);
        }
    }

    /// Whether it is meant for an alert with these labels, at whatever time.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        all_match(&self.matchers, labels)
    }
}

impl SilenceState {
    /// As Alertmanager's API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Expired => "expired",
        }
    }
}

/// A random UUID of version 4.
pub(super) fn random_id() -> String {
    // Each of these has keys of its own, which come from the system's source of randomness.
    let random = || RandomState::new().build_hasher().finish();
    let (high, low) = (random(), random());
    let high = (high & 0xffff_ffff_ffff_0fff) | 0x4000;
    let low = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// A matcher as Alertmanager's API writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedMatcher {
    name: String,
    value: String,
    is_regex: bool,
    #[serde(default = "yes")]
    is_equal: bool,
}

fn yes() -> bool {
    true
}

impl SavedMatcher {
    pub(super) fn of(matcher: &Matcher) -> Self {
        Self {
            name: matcher.name().to_owned(),
            value: matcher.value().to_owned(),
            is_regex: matches!(matcher.op(), MatchOp::Regex | MatchOp::NotRegex),
            is_equal: matches!(matcher.op(), MatchOp::Equal | MatchOp::Regex),
        }
    }

    pub(super) fn is_regex(&self) -> bool {
        self.is_regex
    }

    pub(super) fn value(&self) -> &str {
        &self.value
    }

    pub(super) fn compiled(self) -> Result<Matcher, llm_vitals_promql::Error> {
        let op = match (self.is_regex, self.is_equal) {
            (false, true) => MatchOp::Equal,
            (false, false) => MatchOp::NotEqual,
            (true, true) => MatchOp::Regex,
            (true, false) => MatchOp::NotRegex,
        };
        Matcher::new(self.name, op, self.value, Dialect::V2)
    }
}

mod saved_matchers {
    use serde::de::Error as _;
    use serde::{Deserializer, Serializer};

    use super::*;
    use crate::notify::silences::check_bounds;

    pub(super) fn serialize<S: Serializer>(
        matchers: &[Matcher],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(matchers.iter().map(SavedMatcher::of))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Matcher>, D::Error> {
        let saved = Vec::<SavedMatcher>::deserialize(deserializer)?;
        check_bounds(saved.iter().map(SavedMatcher::value)).map_err(D::Error::custom)?;
        let matchers = saved.into_iter().map(SavedMatcher::compiled);
        matchers.collect::<Result<_, _>>().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_4_and_differ() {
        let (one, other) = (random_id(), random_id());
        assert_ne!(one, other);
        let pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
        let pattern = regex::Regex::new(pattern).unwrap();
        assert!(pattern.is_match(&one) && pattern.is_match(&other), "{one}");
    }

    #[test]
    fn state_follows_the_time() {
        let silence = Silence::new(Vec::new(), 10, 20, "", "");
        let at = |now| silence.state(now).as_str();
        assert_eq!(
            [at(9), at(10), at(19), at(20)],
            ["pending", "active", "active", "expired"]
        );
    }

    #[test]
    fn json_is_that_of_alertmanager_and_reads_back() {
        let matcher = |name, op, value| Matcher::new(name, op, value, Dialect::V2).unwrap();
        let matchers = vec![
            matcher("a", MatchOp::Equal, "b"),
            matcher("c", MatchOp::NotRegex, "d.*"),
        ];
        let silence = Silence::new(matchers, 10, 20, "me", "why").with_id("x");
        let json = serde_json::to_string(&silence).unwrap();
        assert_eq!(
            json,
            r#"{"id":"x","matchers":[{"name":"a","value":"b","isRegex":false,"isEqual":true},{"name":"c","value":"d.*","isRegex":true,"isEqual":false}],"startsAt":10,"endsAt":20,"updatedAt":0,"createdBy":"me","comment":"why"}"#
        );
        assert_eq!(serde_json::from_str::<Silence>(&json).unwrap(), silence);
    }
}
