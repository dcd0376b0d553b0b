//! What is kept over a restart.

use super::{Core, is_same};
use crate::notify::delivery::Lane;
use crate::notify::notifications::alarm::Alarm;
use crate::notify::state::NotifyState;

impl Core {
    pub(crate) fn save(&self) -> NotifyState {
        let lanes = self.lanes.iter().map(Lane::save);
        let alarms = self.alarms.iter();
        NotifyState::new(
            self.dispatcher.state(),
            lanes.filter(|lane| !lane.is_empty()).collect(),
            alarms.filter_map(|alarm| alarm.save(&self.lanes)).collect(),
        )
    }

    pub(crate) fn restore(&mut self, mut state: NotifyState, now_ms: i64) {
        let ahead = state.dispatcher.ahead_of(now_ms);
        state
            .lanes
            .iter_mut()
            .for_each(|lane| lane.move_back(ahead));
        state
            .alarms
            .iter_mut()
            .for_each(|alarm| alarm.move_back(ahead));
        self.dispatcher.restore(state.dispatcher, now_ms);
        let dropped = self.dispatcher.counts().dropped_silences;
        if dropped > 0 {
            tracing::warn!(
                dropped,
                "silences were not taken up: they are beyond the limits, or wrong"
            );
        }
        for saved in state.lanes {
            let same = self
                .lanes
                .iter_mut()
                .find(|lane| is_same(lane, &saved.receiver, saved.index, &saved.integration));
            match same {
                Some(lane) => lane.restore(saved, now_ms),
                None if saved.queued() > 0 => {
                    let counts = self.retired.entry("gone").or_default();
                    counts.given_up += saved.queued() as u64;
                    let error = format!(
                        "the receiver is gone since the restart, and {} with it",
                        saved.queued()
                    );
                    self.journal
                        .gives_up(0, (&saved.receiver, "gone"), &error, now_ms);
                }
                None => {}
            }
        }
        for saved in state.alarms {
            if let Some(alarm) = Alarm::restore(saved, &self.lanes) {
                // It does not time out: it is over when the lane works.
                let _ = self.put([alarm.post(None)], now_ms);
                self.alarms.push(alarm);
            }
        }
    }
}
