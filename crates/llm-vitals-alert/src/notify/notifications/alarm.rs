//! The alert that says that a receiver cannot be told anything.

use std::collections::BTreeMap;

use llm_vitals_promql::Labels;

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

    fn annotations(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("summary".to_owned(), self.summary.clone())])
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
