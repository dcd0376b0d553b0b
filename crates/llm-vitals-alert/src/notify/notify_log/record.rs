//! One entry of the log, and what follows from it.

use serde::{Deserialize, Serialize};

use crate::notify::notification::NotifyReason;

/// What was told with one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Fingerprints, sorted.
    pub(crate) firing: Vec<u64>,
    /// Fingerprints, sorted.
    pub(crate) resolved: Vec<u64>,
    /// When it was told, in milliseconds since 1970.
    pub(crate) at: i64,
    /// For how many milliseconds it matters.
    pub(crate) keep: i64,
}

impl Record {
    pub(crate) fn expires_at(&self) -> i64 {
        self.at.saturating_add(self.keep)
    }

    pub(crate) fn has_firing(&self, fingerprint: u64) -> bool {
        self.firing.binary_search(&fingerprint).is_ok()
    }

    pub(crate) fn has_resolved(&self, fingerprint: u64) -> bool {
        self.resolved.binary_search(&fingerprint).is_ok()
    }
}

/// Whether a group has to be told to an integration, and why: Alertmanager's `needsUpdate`.
///
/// With all alerts over, the answer does not depend on whether the integration wants to know: the log has to.
pub(crate) fn needs_update(
    last: Option<&Record>,
    firing: &[u64],
    resolved: &[u64],
    sends_resolved: bool,
    repeat_ms: i64,
    now_ms: i64,
) -> Option<NotifyReason> {
    let Some(last) = last else {
        return (!firing.is_empty()).then_some(NotifyReason::First);
    };
    if !firing.iter().all(|&alert| last.has_firing(alert)) {
        return Some(NotifyReason::NewAlerts);
    }
    if firing.is_empty() {
        // What has begun and ended between two messages is unknown to the receiver and stays so.
        return (!last.firing.is_empty()).then_some(NotifyReason::AllResolved);
    }
    if sends_resolved && !resolved.iter().all(|&alert| last.has_resolved(alert)) {
        return Some(NotifyReason::NewResolved);
    }
    (last.at < now_ms.saturating_sub(repeat_ms)).then_some(NotifyReason::Repeat)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(firing: &[u64], resolved: &[u64]) -> Record {
        Record {
            firing: firing.to_vec(),
            resolved: resolved.to_vec(),
            at: 1_000,
            keep: 100,
        }
    }

    #[test]
    fn decisions_are_those_of_alertmanager() {
        use NotifyReason::{AllResolved, First, NewAlerts, NewResolved, Repeat};
        let told = record(&[1, 2], &[3]);
        let quiet = record(&[], &[1]);
        type Case<'a> = (
            Option<&'a Record>,
            &'a [u64],
            &'a [u64],
            bool,
            Option<NotifyReason>,
        );
        let cases: [Case<'_>; 12] = [
            (None, &[1], &[], true, Some(First)),
            (None, &[1], &[2], true, Some(First)),
            (None, &[], &[1], true, None),
            (Some(&told), &[1, 2], &[], true, None),
            (Some(&told), &[1], &[], true, None),
            (Some(&told), &[1, 4], &[], true, Some(NewAlerts)),
            (Some(&told), &[1], &[2], true, Some(NewResolved)),
            (Some(&told), &[1], &[2], false, None),
            (Some(&told), &[1], &[3], true, None),
            (Some(&told), &[], &[1, 2], true, Some(AllResolved)),
            (Some(&told), &[], &[1, 2], false, Some(AllResolved)),
            (Some(&quiet), &[], &[1, 2], true, None),
        ];
        for (index, (last, firing, resolved, sends, expected)) in cases.into_iter().enumerate() {
            let found = needs_update(last, firing, resolved, sends, 500, 1_500);
            assert_eq!(found, expected, "case {index}");
        }
        let at = |now| needs_update(Some(&told), &[1], &[], true, 500, now);
        assert_eq!([at(1_500), at(1_501)], [None, Some(Repeat)]);
    }
}
