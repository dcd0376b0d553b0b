//! What a scrape shows of the checks.

use std::time::SystemTime;

use crate::group::Group;
use crate::health::Health;
use crate::metrics;
use crate::render::{Family, dollars};
use crate::state::CheckState;
use crate::status::Status;

impl Health {
    /// Appends the statuses in Prometheus' text format, for an exposition. Runs nothing.
    pub fn render(&self, out: &mut String) {
        let shared = self.shared();
        let groups = shared.overview().groups;
        let board = shared.lock();
        let entries: Vec<_> = board
            .entries()
            .map(|entry| (entry.state(), entry.transitions, entry.spend.clone()))
            .collect();
        drop(board);
        let mut family = Family::new(out, metrics::CHECK_STATUS);
        for (state, _, _) in &entries {
            for status in Status::ALL {
                let labels = [("check", &*state.name), ("status", status.as_str())];
                family.sample(&labels, u8::from(state.status == status));
            }
        }
        for (metric, time) in [
            (
                metrics::LAST_RUN,
                (|state| state.last_run) as fn(&CheckState) -> _,
            ),
            (metrics::LAST_SUCCESS, |state| state.last_success),
        ] {
            let mut family = Family::new(out, metric);
            for (state, _, _) in &entries {
                if let Some(time) = time(state) {
                    family.sample(&[("check", &state.name)], seconds(time));
                }
            }
        }
        let mut family = Family::new(out, metrics::TRANSITIONS);
        for (state, transitions, _) in &entries {
            for (status, count) in Status::ALL.into_iter().zip(transitions) {
                let labels = [("check", &*state.name), ("status", status.as_str())];
                family.sample(&labels, count);
            }
        }
        let mut family = Family::new(out, metrics::PROBE_COST);
        let mut told: Vec<_> = Vec::new();
        for (state, _, spend) in &entries {
            // Checks that share a budget share a total, which is told once.
            if let Some(spend) = spend
                && !told.iter().any(|other| spend.is_same(other))
            {
                told.push(spend.clone());
                family.sample(&[("check", &state.name)], dollars(spend.total_nanousd()));
            }
        }
        let mut family = Family::new(out, metrics::GROUP_STATUS);
        for group in Group::ALL {
            for status in Status::ALL {
                let labels = [("group", group.as_str()), ("status", status.as_str())];
                family.sample(&labels, u8::from(groups[group.index()] == status));
            }
        }
        let beat = (shared.wall)().checked_sub(self.heartbeat_age());
        if let Some(beat) = beat {
            Family::new(out, metrics::HEARTBEAT).sample(&[], seconds(beat));
        }
    }
}

/// Seconds since 1970.
fn seconds(time: SystemTime) -> f64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs_f64()
}
