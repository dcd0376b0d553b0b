//! The metrics of this crate. They are rendered as text: their values are owned by the evaluator.

macro_rules! metrics {
    ($($constant:ident = $name:literal $kind:literal ($labels:literal) $help:literal;)*) => {
        /// Every metric that this crate renders: name, type, labels, help text.
        ///
        /// ```
        /// let (name, kind, labels, _help) = llm_vitals_alert::METRICS[0];
        /// assert_eq!((name, kind, labels), ("alert_rule_evaluations_total", "counter", "rule_group"));
        /// ```
        pub const METRICS: &[(&str, &str, &str, &str)] = &[$(($name, $kind, $labels, $help),)*];

        $(pub(crate) const $constant: Metric = Metric { name: $name, kind: $kind, help: $help };)*
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
}
