//! Rules that are evaluated together.

use std::time::Duration;

use crate::rule::Rule;

/// Rules that are evaluated one after the other, at one and the same moment.
#[derive(Debug, Clone)]
pub struct Group {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) interval_ms: Option<i64>,
    pub(crate) query_offset_ms: i64,
    pub(crate) limit: usize,
    pub(crate) rules: Vec<Rule>,
}

impl Group {
    /// Its name, which its file has once.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the file that it is from.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// How far apart its evaluations are; `None` for the evaluator's own interval.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        self.interval_ms
            .map(|interval| Duration::from_millis(interval.unsigned_abs()))
    }

    /// How far back its expressions look.
    #[must_use]
    pub fn query_offset(&self) -> Duration {
        Duration::from_millis(self.query_offset_ms.unsigned_abs())
    }

    /// How many alerts or series one of its rules may make; 0 is any number.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Its rules, in the order of their evaluation.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}
