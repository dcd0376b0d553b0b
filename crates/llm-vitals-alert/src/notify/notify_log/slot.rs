//! The log of one group for one integration.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::SavedSlot;
use super::record::Record;
use crate::notify::notifier::Receipt;

/// More messages than this do not wait for one group and one integration: the queue merges them.
const MOST_PENDING: usize = 8;

/// The time a group was flushed: the group's number, and the moment.
pub(crate) type FlushId = (u64, i64);

/// What is known to be told, and what is on its way.
#[derive(Debug)]
pub(crate) struct Slot {
    group_key: Arc<str>,
    confirmed: Option<Record>,
    /// The oldest first.
    pending: VecDeque<Pending>,
    receipt: Option<Receipt>,
    /// The moment of the last record: no two have the same.
    last_at: i64,
}

/// A record that holds unless its message fails for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// [`Notification::at`](crate::notify::Notification::at).
    pub(crate) at: i64,
    pub(crate) record: Record,
    /// Fingerprint and end of the alerts that it tells to be over.
    pub(crate) ended: Vec<(u64, i64)>,
    /// Without a message, because the integration does not want to know: it holds when those before it are through.
    pub(crate) is_silent: bool,
    /// Who waits for it. Unknown after a restart.
    #[serde(skip)]
    pub(crate) flush: Option<FlushId>,
}

impl Slot {
    pub(super) fn new(group_key: Arc<str>) -> Self {
        Self {
            group_key,
            confirmed: None,
            pending: VecDeque::new(),
            receipt: None,
            last_at: i64::MIN,
        }
    }

    pub(super) fn save(&self, key: &str) -> SavedSlot {
        SavedSlot {
            key: key.to_owned(),
            group_key: self.group_key.to_string(),
            confirmed: self.confirmed.clone(),
            pending: self.pending.iter().map(Pending::saved).collect(),
            receipt: self.receipt.clone(),
        }
    }

    pub(super) fn restore(saved: SavedSlot, now_ms: i64) -> Self {
        let last = saved.pending.last().map(|pending| pending.at);
        let mut slot = Self {
            group_key: saved.group_key.into(),
            last_at: last.unwrap_or(i64::MIN),
            confirmed: saved.confirmed,
            pending: saved.pending.into(),
            receipt: saved.receipt,
        };
        slot.set_back(now_ms);
        slot
    }

    pub(crate) fn group_key(&self) -> &str {
        &self.group_key
    }

    pub(crate) fn receipt(&self) -> Option<&Receipt> {
        self.receipt.as_ref()
    }

    /// What the next message is decided against: what is told, or will be when all that is on its way has arrived.
    pub(crate) fn latest(&self) -> Option<&Record> {
        let pending = self.pending.back().map(|pending| &pending.record);
        pending.or(self.confirmed.as_ref())
    }

    /// Whether a message on its way, but not of this flush, tells that this alert, with this end, is over.
    pub(crate) fn is_telling_end(&self, fingerprint: u64, ends_at: i64, flush: FlushId) -> bool {
        let mut pending = self.pending.iter();
        pending.any(|pending| {
            pending.flush != Some(flush) && pending.ended.contains(&(fingerprint, ends_at))
        })
    }

    /// A moment for a new record, this one or a little later.
    pub(crate) fn next_at(&mut self, now_ms: i64) -> i64 {
        self.last_at = now_ms.max(self.last_at.saturating_add(1));
        self.last_at
    }

    /// Whether a message on its way, but not of this flush, tells that this alert is over, with whatever end.
    pub(crate) fn is_ending(&self, fingerprint: u64, flush: FlushId) -> bool {
        let mut pending = self.pending.iter();
        pending.any(|pending| {
            let mut ended = pending.ended.iter();
            pending.flush != Some(flush) && ended.any(|(alert, _)| *alert == fingerprint)
        })
    }

    /// Adds a record; gives the flush that waits in vain where there are too many.
    pub(crate) fn push(&mut self, pending: Pending) -> Option<FlushId> {
        self.pending.push_back(pending);
        self.settle_silent();
        let oldest = (self.pending.len() > MOST_PENDING).then(|| self.pending.pop_front());
        oldest.flatten().and_then(|pending| pending.flush)
    }

    /// A message has arrived, and with it all before it, which were merged into it or arrived earlier. Gives who has waited.
    pub(crate) fn deliver(&mut self, at: i64, receipt: Receipt, now_ms: i64) -> Vec<FlushId> {
        let taken = self.take_until(at);
        if let Some(last) = taken.last() {
            let mut record = last.record.clone();
            record.at = now_ms;
            self.receipt = (!record.firing.is_empty()).then_some(receipt);
            self.confirmed = Some(record);
        }
        self.settle_silent();
        taken.into_iter().filter_map(|taken| taken.flush).collect()
    }

    /// A message has failed for good: it was never told. Gives who has waited.
    pub(crate) fn fail(&mut self, at: i64) -> Vec<FlushId> {
        let taken = self.take_until(at);
        if let (Some(last), Some(base)) = (taken.last(), &self.confirmed) {
            // The ends that it would have told are still to be told: what comes after it has not been decided so.
            let mut untold = last.record.resolved.clone();
            untold.retain(|&alert| base.has_firing(alert));
            for pending in &mut self.pending {
                let record = &mut pending.record;
                let missing = untold
                    .iter()
                    .filter(|&&alert| !record.has_firing(alert) && !record.has_resolved(alert));
                let missing: Vec<u64> = missing.copied().collect();
                record.firing.extend(missing);
                record.firing.sort_unstable();
            }
        }
        self.settle_silent();
        taken.into_iter().filter_map(|taken| taken.flush).collect()
    }

    pub(super) fn expires_at(&self) -> i64 {
        // What is on its way is kept: its end is not known.
        match (self.pending.is_empty(), &self.confirmed) {
            (false, _) => i64::MAX,
            (true, Some(record)) => record.expires_at(),
            (true, None) => i64::MIN,
        }
    }

    pub(super) fn set_back(&mut self, now_ms: i64) {
        let pending = self.pending.iter_mut().map(|pending| &mut pending.record);
        for record in pending.chain(&mut self.confirmed) {
            record.at = record.at.min(now_ms);
        }
    }

    fn take_until(&mut self, at: i64) -> Vec<Pending> {
        let count = self
            .pending
            .iter()
            .take_while(|pending| pending.at <= at)
            .count();
        self.pending.drain(..count).collect()
    }

    fn settle_silent(&mut self) {
        while self.pending.front().is_some_and(|first| first.is_silent)
            && let Some(pending) = self.pending.pop_front()
        {
            if pending.record.firing.is_empty() {
                self.receipt = None;
            }
            self.confirmed = Some(pending.record);
        }
    }
}

impl Pending {
    /// Who waits for it is known to this process only.
    fn saved(&self) -> Self {
        Self {
            flush: None,
            ..self.clone()
        }
    }
}
