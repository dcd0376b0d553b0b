//! Every series of this crate: names, help texts, units, buckets and labels stand here and nowhere else.

use std::sync::Arc;
use std::time::Duration;

use metrics::{SharedString, Unit};

/// The histograms of this crate and their buckets, for the exporter's set-up. They go through the `metrics` facade;
/// everything else is written by `render`, because it may fall or vanish.
///
/// ```
/// let (name, buckets) = llm_vitals_health::HISTOGRAMS[0];
/// assert_eq!(name, "health_check_duration_seconds");
/// assert!(buckets.is_sorted());
/// ```
pub const HISTOGRAMS: &[(&str, &[f64])] = &[(CHECK_DURATION.0, DURATION_BUCKETS)];

/// From a look at memory to a deadline of half a minute.
const DURATION_BUCKETS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// Every metric of this crate: name, type, labels, help text.
///
/// ```
/// let (name, kind, labels, _help) = llm_vitals_health::METRICS[0];
/// assert_eq!((name, kind, labels), ("health_check_status", "gauge", "check, status"));
/// ```
pub const METRICS: &[(&str, &str, &str, &str)] = &[
    CHECK_STATUS,
    CHECK_DURATION,
    LAST_RUN,
    LAST_SUCCESS,
    TRANSITIONS,
    PROBE_COST,
    GROUP_STATUS,
    HEARTBEAT,
    TARGET_HELD,
    TARGET_HOLDS,
];

/// Name, type, labels, help text.
pub(crate) type Metric = (&'static str, &'static str, &'static str, &'static str);

pub(crate) const CHECK_STATUS: Metric = (
    "health_check_status",
    "gauge",
    "check, status",
    "1 for the status that a check has, 0 for the others.",
);
pub(crate) const CHECK_DURATION: Metric = (
    "health_check_duration_seconds",
    "histogram",
    "check",
    "Time of one run of a check; of one that was cancelled, its deadline.",
);
pub(crate) const LAST_RUN: Metric = (
    "health_check_last_run_timestamp_seconds",
    "gauge",
    "check",
    "When the last run of a check ended.",
);
pub(crate) const LAST_SUCCESS: Metric = (
    "health_check_last_success_timestamp_seconds",
    "gauge",
    "check",
    "When a run of a check last found it up.",
);
pub(crate) const TRANSITIONS: Metric = (
    "health_check_transitions_total",
    "counter",
    "check, status",
    "How often a check came to have a status.",
);
pub(crate) const PROBE_COST: Metric = (
    "health_probe_cost_usd_total",
    "counter",
    "check",
    "What the runs of a check that costs money have cost.",
);
pub(crate) const GROUP_STATUS: Metric = (
    "health_group_status",
    "gauge",
    "group, status",
    "1 for the status that a group of checks has, 0 for the others.",
);
pub(crate) const HEARTBEAT: Metric = (
    "health_scheduler_heartbeat_timestamp_seconds",
    "gauge",
    "",
    "When the scheduler of the checks last had its turn.",
);
pub(crate) const TARGET_HELD: Metric = (
    "health_target_held",
    "gauge",
    "target, reason",
    "1 while calls to a target are held, by the reason.",
);
pub(crate) const TARGET_HOLDS: Metric = (
    "health_target_holds_total",
    "counter",
    "target, reason",
    "How often calls to a target came to be held, by the reason.",
);

/// Tells the recorder the help texts of what goes through the facade.
pub(crate) fn describe() {
    metrics::describe_histogram!(CHECK_DURATION.0, Unit::Seconds, CHECK_DURATION.3);
}

/// Looked up at each run, so that a recorder that is installed later is not missed.
pub(crate) fn record_duration(check: &Arc<str>, duration: Duration) {
    let check = SharedString::from_shared(Arc::clone(check));
    metrics::histogram!(CHECK_DURATION.0, "check" => check).record(duration);
}
