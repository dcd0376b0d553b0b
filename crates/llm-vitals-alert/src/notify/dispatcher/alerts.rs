//! All alerts, by fingerprint.

use std::collections::HashMap;

use super::held_alert::HeldAlert;

/// Alerts that may be forgotten are looked for at most this often.
const SEARCH_MS: i64 = 1_000;

#[derive(Debug, Default)]
pub(super) struct Alerts {
    by_fingerprint: HashMap<u64, HeldAlert>,
    last_number: u64,
    next_search: Option<i64>,
}

impl Alerts {
    pub(super) fn len(&self) -> usize {
        self.by_fingerprint.len()
    }

    pub(super) fn get(&self, fingerprint: u64) -> Option<&HeldAlert> {
        self.by_fingerprint.get(&fingerprint)
    }

    pub(super) fn get_mut(&mut self, fingerprint: u64) -> Option<&mut HeldAlert> {
        self.by_fingerprint.get_mut(&fingerprint)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &HeldAlert)> {
        self.by_fingerprint
            .iter()
            .map(|(fingerprint, alert)| (*fingerprint, alert))
    }

    /// The fingerprints in the order in which the alerts came.
    pub(super) fn in_order(&self) -> Vec<u64> {
        let mut all: Vec<(u64, u64)> = self
            .iter()
            .map(|(fingerprint, alert)| (alert.number, fingerprint))
            .collect();
        all.sort_unstable();
        all.into_iter()
            .map(|(_, fingerprint)| fingerprint)
            .collect()
    }

    pub(super) fn put(&mut self, fingerprint: u64, alert: HeldAlert, now: i64) -> &HeldAlert {
        let mut alert = alert;
        match self.by_fingerprint.get_mut(&fingerprint) {
            Some(before) => alert.follow(before, now),
            None => {
                self.last_number += 1;
                alert.number = self.last_number;
            }
        }
        let entry = self.by_fingerprint.entry(fingerprint);
        entry.insert_entry(alert).into_mut()
    }

    /// Whether looking for alerts to forget is worth it again.
    pub(super) fn may_search(&mut self, now: i64) -> bool {
        let may = self.next_search.is_none_or(|next| next <= now);
        if may {
            self.next_search = Some(now.saturating_add(SEARCH_MS));
        }
        may
    }

    /// Removes those that are in no group and ended before a moment.
    pub(super) fn take_ended(&mut self, before: i64) -> Vec<(u64, HeldAlert)> {
        self.by_fingerprint
            .extract_if(|_, alert| alert.homes.is_empty() && alert.is_resolved(before))
            .collect()
    }
}
