//! An alert as it is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use llm_vitals_promql::Labels;

use super::posted_alert::PostedAlert;
use crate::alert::label_map;
use crate::notify::notification::{Evidence, NotifiedAlert};

/// An alert and when it fires.
#[derive(Debug, Clone)]
pub(super) struct HeldAlert {
    pub(super) labels: Labels,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) starts_at: i64,
    /// `i64::MAX` where it has none.
    pub(super) ends_at: i64,
    pub(super) updated_at: i64,
    pub(super) generator_url: String,
    pub(super) evidence: Option<Evidence>,
    /// Whether nobody has said when it ends: what was said before counts then.
    pub(super) has_timeout: bool,
    /// The order in which alerts came.
    pub(super) number: u64,
    /// Groups in which it is: the route's and the group's number.
    pub(super) homes: Vec<(usize, u64)>,
    /// Routes whose receivers know that it is over, or need not, and its end.
    pub(super) settled: Vec<(usize, i64)>,
    /// The silences that may be for it, and the version of the silences at which that was found out.
    pub(super) silences: (u64, Vec<Arc<str>>),
}

impl HeldAlert {
    pub(super) fn new(posted: PostedAlert, now_ms: i64, resolve_timeout: i64) -> Self {
        let starts_at = posted.starts_at.or(posted.ends_at).unwrap_or(now_ms);
        let timeout = if posted.never_times_out {
            i64::MAX
        } else {
            now_ms.saturating_add(resolve_timeout)
        };
        Self {
            labels: posted.labels,
            annotations: posted.annotations,
            starts_at,
            ends_at: posted.ends_at.unwrap_or(timeout),
            updated_at: now_ms,
            generator_url: posted.generator_url,
            evidence: posted.evidence,
            has_timeout: posted.ends_at.is_none(),
            number: 0,
            homes: Vec::new(),
            settled: Vec::new(),
            silences: (0, Vec::new()),
        }
    }

    pub(super) fn is_resolved(&self, now_ms: i64) -> bool {
        self.ends_at <= now_ms
    }

    /// Takes over from the one before it what still holds, as Alertmanager does where the two overlap.
    pub(super) fn follow(&mut self, before: &mut Self, now_ms: i64) {
        let overlaps = (self.ends_at > before.starts_at && self.ends_at < before.ends_at)
            || (self.starts_at > before.starts_at && self.starts_at < before.ends_at);
        if overlaps {
            self.starts_at = self.starts_at.min(before.starts_at);
            if self.is_resolved(now_ms) {
                if before.is_resolved(now_ms) {
                    self.ends_at = self.ends_at.max(before.ends_at);
                }
            } else if !before.has_timeout {
                self.ends_at = self.ends_at.max(before.ends_at);
            }
        }
        self.number = before.number;
        self.homes = std::mem::take(&mut before.homes);
        self.settled = std::mem::take(&mut before.settled);
        self.silences = std::mem::take(&mut before.silences);
        // What stood behind it when it fired tells more than nothing.
        self.evidence = self.evidence.take().or_else(|| before.evidence.take());
    }

    pub(super) fn notified(&self, now_ms: i64) -> NotifiedAlert {
        NotifiedAlert {
            labels: label_map(&self.labels),
            annotations: self.annotations.clone(),
            starts_at: self.starts_at,
            ends_at: self.is_resolved(now_ms).then_some(self.ends_at),
            generator_url: self.generator_url.clone(),
            evidence: self.evidence.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(starts_at: i64, ends_at: Option<i64>, now_ms: i64) -> HeldAlert {
        let mut posted = PostedAlert::new(Labels::new([("alertname", "A")])).with_start(starts_at);
        posted.ends_at = ends_at;
        HeldAlert::new(posted, now_ms, 1_000)
    }

    fn merged(mut before: HeldAlert, mut after: HeldAlert, now_ms: i64) -> (i64, i64) {
        after.follow(&mut before, now_ms);
        (after.starts_at, after.ends_at)
    }

    #[test]
    fn overlapping_intervals_are_merged_as_by_alertmanager() {
        // Both fire, one says when it ends: the later end rules.
        assert_eq!(
            merged(held(0, Some(5_000), 10), held(20, None, 30), 30),
            (0, 5_000)
        );
        // A time-out does not rule.
        assert_eq!(
            merged(held(0, None, 900), held(20, Some(1_500), 910), 910),
            (0, 1_500)
        );
        // It is over: an end that has come rules over one that has not.
        assert_eq!(
            merged(held(0, Some(5_000), 10), held(20, Some(40), 50), 50),
            (0, 40)
        );
        // Both are over: the later end.
        assert_eq!(
            merged(held(0, Some(60), 100), held(20, Some(40), 100), 100),
            (0, 60)
        );
        // They do not overlap.
        assert_eq!(
            merged(held(0, Some(10), 10), held(20, None, 30), 30),
            (20, 1_030)
        );
        // The same start is no overlap.
        assert_eq!(
            merged(held(0, Some(5_000), 10), held(0, Some(6_000), 30), 30),
            (0, 6_000)
        );
    }

    #[test]
    fn times_that_are_not_said_are_those_of_alertmanager() {
        let posted = PostedAlert::new(Labels::new([("a", "b")]));
        let times = |posted: PostedAlert| {
            let held = HeldAlert::new(posted, 70, 1_000);
            (held.starts_at, held.ends_at)
        };
        assert_eq!(times(posted.clone()), (70, 1_070));
        assert_eq!(times(posted.clone().with_end(50)), (50, 50));
        assert_eq!(times(posted.without_timeout()), (70, i64::MAX));
    }
}
