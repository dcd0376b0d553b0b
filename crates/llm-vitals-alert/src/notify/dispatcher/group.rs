//! Alerts that are told together.

use std::collections::BTreeMap;
use std::sync::Arc;

use llm_vitals_promql::{Dialect, Labels, MatchOp, Matcher};

/// The alerts of one route with the same values of the labels by which it groups.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) route: usize,
    pub(super) labels: Labels,
    /// As Alertmanager writes it.
    pub(super) key: Arc<str>,
    /// By fingerprint.
    pub(super) members: BTreeMap<u64, Member>,
    /// When it is looked at next.
    pub(super) due: i64,
    pub(super) has_flushed: bool,
    /// Flushes whose messages are on their way.
    pub(super) flushes: Vec<Flush>,
}

/// An alert of a group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Member {
    /// Whether a message has had it.
    pub(super) is_told: bool,
}

/// What waits for the messages of one moment.
#[derive(Debug)]
pub(super) struct Flush {
    pub(super) at: i64,
    /// The alerts that leave the group when all messages have arrived.
    pub(super) ended: Vec<Ended>,
    pub(super) open: usize,
    pub(super) has_failed: bool,
}

/// An alert that is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub(super) fingerprint: u64,
    pub(super) ends_at: i64,
    /// Whether nothing kept it from being told.
    pub(super) has_passed: bool,
}

impl Group {
    pub(super) fn new(route: usize, route_key: &str, labels: Labels, due: i64) -> Self {
        Self {
            route,
            key: group_key(route_key, &labels).into(),
            labels,
            members: BTreeMap::new(),
            due,
            has_flushed: false,
            flushes: Vec::new(),
        }
    }

    /// One message of a flush has arrived or failed. Gives the flush when it was the last one.
    pub(super) fn close(&mut self, at: i64, has_failed: bool) -> Option<Flush> {
        let index = self.flushes.iter().position(|flush| flush.at == at)?;
        let flush = &mut self.flushes[index];
        flush.open = flush.open.saturating_sub(1);
        flush.has_failed |= has_failed;
        (flush.open == 0).then(|| self.flushes.remove(index))
    }
}

/// `{}/{severity="page"}:{alertname="HighErrorRate"}`
fn group_key(route_key: &str, labels: &Labels) -> String {
    let text = |(name, value)| {
        // A matcher prints name and value as Go does. This one has no pattern that could be wrong.
        Matcher::new(name, MatchOp::Equal, value, Dialect::V2)
            .map_or_else(|_| String::new(), |matcher| matcher.to_string())
    };
    let mut texts: Vec<String> = labels.iter().map(text).collect();
    // By the texts and not by the names: `a1="x"` comes before `a="x"`.
    texts.sort_unstable();
    format!("{route_key}:{{{}}}", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_alertmanager() {
        let labels = Labels::new([("a", "x"), ("a1", "say \"y\"\n")]);
        assert_eq!(
            group_key("{}/{b=\"c\"}", &labels),
            "{}/{b=\"c\"}:{a1=\"say \\\"y\\\"\\n\", a=\"x\"}"
        );
        assert_eq!(group_key("{}", &Labels::empty()), "{}:{}");
    }
}
