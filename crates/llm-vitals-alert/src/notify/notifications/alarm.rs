//! The alert that says that a receiver cannot be told anything.

use std::collections::BTreeMap;

use llm_vitals_promql::Labels;
use serde::{Deserialize, Serialize};

use crate::notify::delivery::Lane;
use crate::notify::dispatcher::PostedAlert;
use crate::notify::notification::{Notification, NotifiedAlert, NotifyReason};

/// Its name.
pub(crate) const NAME: &str = "NotificationFailing";

/// One lane's.
#[derive(Debug)]
pub(crate) struct Alarm {
    /// [`Lane::id`].
    pub(crate) lane: u64,
    pub(crate) labels: Labels,
    pub(crate) summary: String,
    pub(crate) since: i64,
    /// To whom it goes.
    pub(crate) way: Way,
}

/// What is kept of an alarm over a restart, so that whoever was told of it is told of its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedAlarm {
    lane: LaneName,
    labels: BTreeMap<String, String>,
    summary: String,
    since: i64,
    /// Who was told past the tree.
    told: Vec<LaneName>,
}

/// What a lane is known by in another process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct LaneName {
    receiver: String,
    index: usize,
    integration: String,
}

/// How an alarm finds somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// No other receiver works.
    None,
    /// The routing tree leads to one that works.
    Routed,
    /// It does not: these lanes are told past the tree.
    Direct(Vec<u64>),
}

impl Alarm {
    pub(crate) fn new(lane: &Lane, reason: &str, now_ms: i64) -> Self {
        let (receiver, name) = (&*lane.receiver, &*lane.name);
        let labels = Labels::new([
            ("alertname", NAME),
            ("integration", name),
            ("reason", reason),
            ("receiver", receiver),
            ("severity", "critical"),
        ]);
        let error = lane.last_error().unwrap_or("unknown");
        Self {
            lane: lane.id,
            labels,
            summary: format!("{receiver} cannot be notified by {name}: {error}"),
            since: now_ms,
            way: Way::None,
        }
    }

    /// As an alert for the dispatcher; with an end if it is over.
    pub(crate) fn post(&self, ends_at: Option<i64>) -> PostedAlert {
        let mut posted = PostedAlert::new(self.labels.clone())
            .with_annotations(self.annotations())
            .with_start(self.since)
            .without_timeout();
        posted.ends_at = ends_at;
        posted
    }

    /// As a message for one lane, past the dispatcher.
    pub(crate) fn notification(
        &self,
        to: &Lane,
        ends_at: Option<i64>,
        now_ms: i64,
        external_url: &str,
    ) -> Notification {
        let labels = crate::alert::label_map(&self.labels);
        let alert = NotifiedAlert {
            labels: labels.clone(),
            annotations: self.annotations(),
            starts_at: self.since,
            ends_at,
            generator_url: String::new(),
            evidence: None,
        };
        Notification {
            receiver: to.receiver.clone(),
            integration: to.index,
            group_key: format!("{{}}:{}", self.labels),
            group_labels: labels,
            alerts: vec![alert],
            reason: match ends_at {
                None => NotifyReason::First,
                Some(_) => NotifyReason::AllResolved,
            },
            at: now_ms,
            external_url: external_url.to_owned(),
        }
    }

    /// `None` where its lane is gone.
    pub(crate) fn save(&self, lanes: &[Lane]) -> Option<SavedAlarm> {
        let name = |id: u64| lanes.iter().find(|lane| lane.id == id).map(LaneName::of);
        let told: &[u64] = match &self.way {
            Way::Direct(told) => told,
            Way::None | Way::Routed => &[],
        };
        Some(SavedAlarm {
            lane: name(self.lane)?,
            labels: crate::alert::label_map(&self.labels),
            summary: self.summary.clone(),
            since: self.since,
            told: told.iter().filter_map(|&id| name(id)).collect(),
        })
    }

    /// `None` where its lane is gone. One that the tree led somewhere finds its way anew.
    pub(crate) fn restore(saved: SavedAlarm, lanes: &[Lane]) -> Option<Self> {
        let id = |name: &LaneName| {
            let lane = lanes.iter().find(|lane| LaneName::of(lane) == *name);
            lane.map(|lane| lane.id)
        };
        let told: Vec<u64> = saved.told.iter().filter_map(id).collect();
        Some(Self {
            lane: id(&saved.lane)?,
            labels: Labels::new(&saved.labels),
            summary: saved.summary,
            since: saved.since,
            way: match told.is_empty() {
                true => Way::None,
                false => Way::Direct(told),
            },
        })
    }

    fn annotations(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("summary".to_owned(), self.summary.clone())])
    }
}

impl SavedAlarm {
    /// With all times so much earlier.
    pub(crate) fn move_back(&mut self, by_ms: i64) {
        self.since = self.since.saturating_sub(by_ms);
    }
}

impl LaneName {
    fn of(lane: &Lane) -> Self {
        Self {
            receiver: lane.receiver.clone(),
            index: lane.index,
            integration: lane.integration().to_owned(),
        }
    }
}

/// Takes alarms about a lane out of what is told by it: nobody is told by a receiver that it cannot be told anything, nor that this is over.
pub(crate) fn leave_out(notification: &mut Notification, receiver: &str, name: &str) {
    notification.alerts.retain(|alert| {
        let has =
            |label: &str, value: &str| alert.labels.get(label).is_some_and(|have| have == value);
        !(has("alertname", NAME) && has("receiver", receiver) && has("integration", name))
    });
}
