//! Who is told that a receiver cannot be told anything.

use std::sync::Arc;

use super::Core;
use crate::notify::config::Config;
use crate::notify::delivery::Lane;
use crate::notify::notifications::alarm::{Alarm, Way};

impl Core {
    /// Raises and ends the alarms about lanes.
    pub(super) fn follow_alarms(&mut self, now_ms: i64) {
        let failing: Vec<(u64, Option<String>)> = self
            .lanes
            .iter()
            .map(|lane| (lane.id, lane.failing(now_ms).map(str::to_owned)))
            .collect();
        let works = |id: u64| {
            failing
                .iter()
                .any(|(lane, why)| *lane == id && why.is_none())
        };
        let is_over = |alarm: &Alarm| {
            !failing
                .iter()
                .any(|(lane, why)| *lane == alarm.lane && why.is_some())
        };
        let (over, mut alarms): (Vec<Alarm>, Vec<Alarm>) = std::mem::take(&mut self.alarms)
            .into_iter()
            .partition(is_over);
        for alarm in over {
            let _ = self.put([alarm.post(Some(now_ms))], now_ms);
            if let Way::Direct(lanes) = &alarm.way {
                self.tell(&alarm, lanes, Some(now_ms), now_ms);
            }
        }
        for (id, reason) in &failing {
            let (Some(reason), false) = (reason, alarms.iter().any(|alarm| alarm.lane == *id))
            else {
                continue;
            };
            let Some(lane) = self.lanes.iter().find(|lane| lane.id == *id) else {
                continue;
            };
            let alarm = Alarm::new(lane, reason, now_ms);
            self.journal.alarms(
                (&lane.receiver, lane.integration()),
                lane.last_error().unwrap_or_default(),
            );
            let _ = self.put([alarm.post(None)], now_ms);
            alarms.push(alarm);
        }
        for alarm in &mut alarms {
            if alarm.way == Way::None {
                alarm.way = self.find_way(alarm, &works, now_ms);
                if let Way::Direct(lanes) = &alarm.way {
                    self.tell(alarm, lanes, None, now_ms);
                }
            }
        }
        self.alarms = alarms;
    }

    /// Who is told of an alarm: whom the tree names, if one of them works, else everybody who works.
    fn find_way(&self, alarm: &Alarm, works: &impl Fn(u64) -> bool, now_ms: i64) -> Way {
        let mut working = self.lanes.iter().filter(|lane| works(lane.id)).peekable();
        if working.peek().is_none() {
            // This is asked at each step: the alerts, which may be many, are not looked at.
            return Way::None;
        }
        let alerts = self.dispatcher.alerts(now_ms);
        let routed = alerts
            .into_iter()
            .find(|alert| alert.labels == alarm.labels);
        let routed = routed.map_or(Vec::new(), |alert| alert.receivers);
        if working.clone().any(|lane| routed.contains(&lane.receiver)) {
            return Way::Routed;
        }
        Way::Direct(working.map(|lane| lane.id).collect())
    }

    /// Tells lanes of an alarm past the dispatcher.
    fn tell(&mut self, alarm: &Alarm, lanes: &[u64], ends_at: Option<i64>, now_ms: i64) {
        let config = Arc::clone(self.dispatcher.config());
        for lane in self
            .lanes
            .iter_mut()
            .filter(|lane| lanes.contains(&lane.id))
        {
            if ends_at.is_some() && !sends_resolved(&config, lane) {
                continue;
            }
            let notification = alarm.notification(lane, ends_at, now_ms, &self.external_url);
            // One that is refused is counted, and raises an alarm itself.
            let _ = lane.push(notification, now_ms);
        }
        self.is_dirty = true;
    }
}

fn sends_resolved(config: &Config, lane: &Lane) -> bool {
    let receiver = config
        .receivers()
        .iter()
        .find(|receiver| receiver.name() == lane.receiver);
    let integration = receiver.and_then(|receiver| receiver.integrations().get(lane.index));
    integration.is_some_and(|integration| integration.send_resolved())
}
