//! What the receivers' own messages are made of.

use std::collections::BTreeMap;

use super::notification::{Notification, NotifiedAlert, NotifyReason};

mod alert_message;
mod clean;
mod html;
mod human;
mod links;
mod sparkline;
mod summary;

pub use self::alert_message::AlertMessage;
pub(crate) use self::clean::clean;
#[cfg(any(feature = "msteams", feature = "pagerduty", feature = "slack"))]
pub(crate) use self::clean::misleads;
pub use self::human::human;
pub use self::sparkline::sparkline;

/// How many alerts a message describes.
const MOST_ALERTS: usize = 10;

/// A notification in words. All texts are plain, of one line and of bounded length: escape them for where they go.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Whether an alert of it fires.
    pub is_firing: bool,
    /// `[FIRING:2] HighErrorRate (openai)`
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// The worst severity of what it tells of.
    pub severity: Option<String>,
    /// Why it is sent, where that is not plain from the rest: a reminder, more alerts, some that are over.
    pub reason: Option<String>,
    /// The firing ones, oldest first, then the resolved ones: 10 at most.
    pub alerts: Vec<AlertMessage>,
    /// How many firing ones are not in `alerts`.
    pub more_firing: usize,
    /// How many resolved ones are not in `alerts`.
    pub more_resolved: usize,
    /// The page of the group's alerts.
    pub dashboard: Option<String>,
    /// The page with a silence for the group, to be confirmed there.
    pub silence: Option<String>,
}

impl Message {
    /// The message for a notification. Links lead below `external_url`; without one there are none. Times are told as of
    /// [`Notification::at`].
    ///
    /// ```
    /// # use llm_vitals_alert::notify::{Message, Notification};
    /// let notification: Notification = serde_json::from_value(serde_json::json!({
    ///     "receiver": "team", "integration": 0, "group_key": "{}:{}", "reason": "first", "at": 1_000_000, "external_url": "",
    ///     "group_labels": {"alertname": "HighErrorRate"},
    ///     "alerts": [{
    ///         "labels": {"alertname": "HighErrorRate", "provider": "openai"},
    ///         "annotations": {"summary": "openai fails 10% of the calls"},
    ///         "starts_at": 280_000, "ends_at": null, "generator_url": "",
    ///         "evidence": {
    ///             "value": 0.1, "threshold": [">", 0.05], "unit": "ratio", "contributors": [],
    ///             "history": [0.0, 0.05, 0.1], "history_seconds": 1800,
    ///         },
    ///     }],
    /// }))?;
    /// let message = Message::of(&notification, "https://gateway.example");
    /// assert_eq!(message.title, "[FIRING:1] HighErrorRate (openai)");
    /// assert_eq!(message.summary, "openai fails 10% of the calls");
    /// assert_eq!(message.alerts[0].value_text().as_deref(), Some("10% (alerts above 5%)"));
    /// assert_eq!(message.alerts[0].time, "since 1970-01-01 00:04:40 UTC (12m)");
    /// assert_eq!(message.alerts[0].sparkline.as_deref(), Some("▁▅█"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn of(notification: &Notification, external_url: &str) -> Self {
        let mut alerts: Vec<&NotifiedAlert> = notification.alerts.iter().collect();
        alerts.sort_by_key(|alert| (alert.ends_at.is_some(), alert.starts_at));
        let firing = alerts
            .iter()
            .filter(|alert| alert.ends_at.is_none())
            .count();
        let shown_firing = firing.min(MOST_ALERTS);
        let shown_resolved = (alerts.len() - firing).min(MOST_ALERTS - shown_firing);
        let links = notification.group_labels.clone();
        let links = match &*alerts {
            [one] => one.labels.clone(),
            _ => links,
        };
        Self {
            is_firing: firing > 0,
            title: summary::title(notification),
            summary: summary::summary(notification),
            severity: summary::severity(notification),
            reason: reason(notification.reason).map(str::to_owned),
            more_firing: firing - shown_firing,
            more_resolved: alerts.len() - firing - shown_resolved,
            alerts: alerts
                .into_iter()
                .take(shown_firing + shown_resolved)
                .map(|alert| AlertMessage::of(alert, notification.at, external_url))
                .collect(),
            dashboard: links::dashboard(external_url, &links),
            silence: links::silence(external_url, &links),
        }
    }

    /// How many alerts it does not describe: `and 12 more (10 firing, 2 resolved)`.
    #[must_use]
    pub fn more_text(&self) -> Option<String> {
        let (firing, resolved) = (self.more_firing, self.more_resolved);
        Some(match (firing, resolved) {
            (0, 0) => return None,
            (firing, 0) => format!("and {firing} more firing"),
            (0, resolved) => format!("and {resolved} more resolved"),
            _ => format!(
                "and {} more ({firing} firing, {resolved} resolved)",
                firing + resolved
            ),
        })
    }

    /// All of it as plain text of many lines.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines = vec![self.summary.clone()];
        lines.extend(self.reason.clone());
        for alert in &self.alerts {
            lines.push(String::new());
            lines.extend(alert.lines());
        }
        if let Some(more) = self.more_text() {
            lines.extend([String::new(), more]);
        }
        if self.alerts.len() > 1 {
            let all = [("Alerts", &self.dashboard), ("Silence all", &self.silence)];
            let all: Vec<String> = all
                .iter()
                .filter_map(|(name, url)| Some(format!("{name}: {}", url.as_ref()?)))
                .collect();
            if !all.is_empty() {
                lines.push(String::new());
                lines.extend(all);
            }
        }
        lines.join("\n") + "\n"
    }
}

fn reason(reason: NotifyReason) -> Option<&'static str> {
    match reason {
        NotifyReason::First | NotifyReason::AllResolved => None,
        NotifyReason::NewAlerts => Some("More alerts fire than were told before."),
        NotifyReason::NewResolved => Some("Some alerts are over; others still fire."),
        NotifyReason::Repeat => Some("A reminder: nothing has changed since the last message."),
    }
}

/// Labels that tell an alert from others of its name.
fn telling(labels: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
    labels
        .iter()
        .filter(|(name, value)| !is_plain(name) && !value.is_empty())
}

/// Labels that are told otherwise, or that only say where a metric comes from.
fn is_plain(name: &str) -> bool {
    matches!(name, "alertname" | "severity" | "job") || name.starts_with("__")
}
