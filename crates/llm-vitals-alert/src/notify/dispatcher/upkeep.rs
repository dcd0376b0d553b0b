//! What is done by time alone, and a clock that jumps.

use super::Dispatcher;

/// Groups without alerts are removed this often, counted from the first call, as by Alertmanager.
pub(super) const SWEEP_MS: i64 = 30_000;
/// What is too old is forgotten this often: the log, and silences.
const GARBAGE_MS: i64 = 15 * 60_000;
/// An alert is remembered for so long after its end: an end that is posted again must be known.
const KEPT_RESOLVED_MS: i64 = 30 * 60_000;
/// Times from several threads may be out of order by this much. A clock that goes back further was set.
const DISORDER_MS: i64 = 1_000;

impl Dispatcher {
    /// The time that counts, after what is done by time.
    pub(super) fn advance(&mut self, now_ms: i64) -> i64 {
        if self.next_sweep.is_none() {
            self.now = now_ms;
            self.next_sweep = Some(now_ms.saturating_add(SWEEP_MS));
            self.next_garbage = now_ms.saturating_add(GARBAGE_MS);
        }
        let back = self.now.saturating_sub(now_ms);
        if back > DISORDER_MS {
            self.groups.set_back(back);
            self.log.set_back(now_ms);
            self.next_sweep = self.next_sweep.map(|next| next.saturating_sub(back));
            self.next_garbage = self.next_garbage.saturating_sub(back);
            self.now = now_ms;
        }
        self.now = self.now.max(now_ms);
        if let Some(next) = self.next_sweep.filter(|next| *next <= self.now) {
            self.groups.remove_empty();
            self.next_sweep = Some(next_after(next, SWEEP_MS, self.now));
        }
        if self.next_garbage <= self.now {
            self.collect_garbage();
            self.next_garbage = next_after(self.next_garbage, GARBAGE_MS, self.now);
        }
        self.now
    }

    fn collect_garbage(&mut self) {
        let now = self.now;
        self.silences.collect_garbage(now);
        let groups = &self.groups;
        self.log.collect_garbage(now, |key| groups.has_key(key));
        self.forget_resolved(now.saturating_sub(KEPT_RESOLVED_MS));
    }

    /// Forgets alerts that ended before a moment and are in no group.
    pub(super) fn forget_resolved(&mut self, ended_before: i64) {
        for (fingerprint, alert) in self.alerts.take_ended(ended_before) {
            self.inhibition.remove(fingerprint, &alert.labels);
        }
    }
}

/// The next point of a grid after a moment.
fn next_after(point: i64, step: i64, now: i64) -> i64 {
    let missed = now.saturating_sub(point) / step;
    point.saturating_add((missed + 1).saturating_mul(step))
}
