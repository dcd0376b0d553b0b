//! The metrics of this crate. They are rendered as text: their values are owned by the evaluator, and by what notifies.

macro_rules! metrics {
    ($($constant:ident = $name:literal $kind:literal ($labels:literal) $help:literal;)*) => {
        /// Every metric that this crate renders: name, type, labels, help text.
        ///
        /// ```
        /// let (name, kind, labels, _help) = llm_vitals_alert::METRICS[0];
        /// assert_eq!((name, kind, labels), ("alert_rule_evaluations_total", "counter", "rule_group"));
        /// ```
        pub const METRICS: &[(&str, &str, &str, &str)] = &[$(($name, $kind, $labels, $help),)*];

        $(#[cfg_attr(not(feature = "notify"), allow(dead_code))]
        pub(crate) const $constant: Metric = Metric { name: $name, kind: $kind, help: $help };)*
    };
}

/// A metric that is written out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) help: &'static str,
}

metrics! {
    EVALUATIONS = "alert_rule_evaluations_total" "counter" ("rule_group") "Evaluations of rules.";
    FAILURES = "alert_rule_evaluation_failures_total" "counter" ("rule_group") "Evaluations of rules that failed.";
    ITERATIONS = "alert_rule_group_iterations_total" "counter" ("rule_group") "Evaluations of a group of rules.";
    MISSED = "alert_rule_group_iterations_missed_total" "counter" ("rule_group") "Times of evaluation that passed without one.";
    DURATION = "alert_rule_group_last_duration_seconds" "gauge" ("rule_group") "Time that the last evaluation of a group took.";
    LAST = "alert_rule_group_last_evaluation_timestamp_seconds" "gauge" ("rule_group") "When a group was evaluated last.";
    INTERVAL = "alert_rule_group_interval_seconds" "gauge" ("rule_group") "Time between two evaluations of a group.";
    RULES = "alert_rule_group_rules" "gauge" ("rule_group") "Rules of a group.";
    ALERTS = "alert_alerts" "gauge" ("state") "Alerts that are pending or firing.";
    TEMPLATE_FAILURES = "alert_template_failures_total" "counter" ("") "Texts of labels and annotations that could not be filled in.";
    REFUSED_SAMPLES = "alert_refused_samples_total" "counter" ("") "Samples of rules that the store did not take.";
    SAVE_FAILURES = "alert_state_save_failures_total" "counter" ("") "Times that the state of the alerts could not be saved.";
    NOTIFICATIONS = "alert_notifications_total" "counter" ("integration") "Attempts to deliver a notification.";
    NOTIFICATIONS_FAILED = "alert_notifications_failed_total" "counter" ("integration, reason") "Attempts to deliver a notification that failed.";
    NOTIFICATIONS_DELIVERED = "alert_notifications_delivered_total" "counter" ("integration") "Notifications that arrived.";
    NOTIFICATIONS_GIVEN_UP = "alert_notifications_given_up_total" "counter" ("integration") "Notifications that will never arrive.";
    NOTIFICATIONS_MERGED = "alert_notifications_merged_total" "counter" ("integration") "Notifications that became part of a newer one before they were sent.";
    NOTIFICATIONS_REFUSED = "alert_notifications_refused_total" "counter" ("integration") "Notifications for which a queue had no room.";
    NOTIFICATION_LATENCY = "alert_notification_latency_seconds" "summary" ("integration") "Time that attempts to deliver a notification took.";
    NOTIFICATION_DELAY = "alert_notification_delivery_seconds" "summary" ("integration") "Time from being due to having arrived.";
    NOTIFICATIONS_QUEUED = "alert_notifications_queue_length" "gauge" ("receiver, integration") "Notifications that wait or are being sent.";
    NOTIFICATIONS_FAILING = "alert_notifications_failing" "gauge" ("receiver, integration") "Whether the alert NotificationFailing fires for a receiver.";
    NOTIFIED_ALERTS = "alert_dispatcher_alerts" "gauge" ("state") "Alerts in the dispatcher: active, suppressed (silenced, inhibited or muted) or unprocessed.";
    SILENCES = "alert_silences" "gauge" ("state") "Silences: active, pending or expired.";
    ALERTS_RECEIVED = "alert_alerts_received_total" "counter" ("status") "Alerts that the dispatcher took.";
    ALERTS_INVALID = "alert_alerts_invalid_total" "counter" ("") "Alerts that the dispatcher did not take.";
    ALERTS_UNNOTIFIED = "alert_alerts_unnotified_total" "counter" ("") "Alerts that began and ended before their group was due, so that nobody was told.";
    NOTIFY_SAVE_FAILURES = "alert_notify_state_save_failures_total" "counter" ("") "Times that the state of notifying could not be saved.";
    HEARTBEATS = "alert_heartbeats_total" "counter" ("receiver, result") "Heartbeats: sent, failed, or withheld because evaluation or delivery stood still.";
}
