//! A notification to try a receiver with.

use std::collections::BTreeMap;

use super::notification::{Evidence, Notification, NotifiedAlert, NotifyReason, Unit};

impl Notification {
    /// A sample, which says so: one alert `NotificationTest` that fires since a minute. `now_ms` is in milliseconds since 1970.
    #[must_use]
    pub fn sample(receiver: &str, integration: usize, now_ms: i64) -> Self {
        let text = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        let group_labels = BTreeMap::from([text("alertname", "NotificationTest")]);
        let mut labels = group_labels.clone();
        labels.extend([text("receiver", receiver), text("severity", "info")]);
        let annotations = BTreeMap::from([
            text(
                "summary",
                "This is a test of notifications: nothing is wrong",
            ),
            text(
                "description",
                "Somebody sent it with \"llm-vitals notify test\". The value is made up.",
            ),
        ]);
        let alert = NotifiedAlert {
            labels,
            annotations,
            starts_at: now_ms - 60_000,
            ends_at: None,
            generator_url: String::new(),
            evidence: Some(Evidence {
                value: Some(0.08),
                threshold: Some((">".to_owned(), 0.05)),
                history: [0.01, 0.01, 0.02, 0.01, 0.03, 0.08].map(Some).to_vec(),
                history_seconds: 3600,
                unit: Unit::Ratio,
                ..Evidence::default()
            }),
        };
        Self {
            receiver: receiver.to_owned(),
            integration,
            group_key: "{}:{alertname=\"NotificationTest\"}".to_owned(),
            group_labels,
            alerts: vec![alert],
            reason: NotifyReason::First,
            at: now_ms,
            external_url: String::new(),
        }
    }

    /// The same group when all its alerts are over.
    #[must_use]
    pub fn resolved(&self, now_ms: i64) -> Self {
        let mut over = self.clone();
        for alert in &mut over.alerts {
            alert.ends_at.get_or_insert(now_ms);
        }
        over.reason = NotifyReason::AllResolved;
        over.at = now_ms;
        over
    }
}
