//! The metrics of notifying.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use super::core::Core;
use crate::compile::quoted;
use crate::metrics::{self, Metric};
use crate::notify::delivery::Counts;
use crate::notify::dispatcher::SeenState;
use crate::notify::silence::SilenceState;

pub(super) fn render(core: &Core, now_ms: i64, out: &mut String) {
    let counts = by_integration(core);
    let of_kind = |out: &mut String, metric: Metric, value: fn(&Counts) -> u64| {
        head(out, metric);
        for (kind, counts) in &counts {
            line(out, metric, "", &[("integration", kind)], value(counts));
        }
    };
    of_kind(out, metrics::NOTIFICATIONS, |counts| counts.attempts);
    head(out, metrics::NOTIFICATIONS_FAILED);
    for (kind, counts) in &counts {
        for (reason, count) in &counts.failed {
            let labels = [("integration", *kind), ("reason", reason)];
            line(out, metrics::NOTIFICATIONS_FAILED, "", &labels, count);
        }
    }
    of_kind(out, metrics::NOTIFICATIONS_DELIVERED, |counts| {
        counts.delivered
    });
    of_kind(out, metrics::NOTIFICATIONS_GIVEN_UP, |counts| {
        counts.given_up
    });
    of_kind(out, metrics::NOTIFICATIONS_MERGED, |counts| counts.merged);
    of_kind(out, metrics::NOTIFICATIONS_REFUSED, |counts| counts.refused);
    for (metric, sum, count) in [
        (
            metrics::NOTIFICATION_LATENCY,
            (|counts| counts.attempt_ms) as fn(&Counts) -> i64,
            (|counts| counts.finished) as fn(&Counts) -> u64,
        ),
        (
            metrics::NOTIFICATION_DELAY,
            |counts| counts.delivery_ms,
            |counts| counts.delivered,
        ),
    ] {
        head(out, metric);
        for (kind, counts) in &counts {
            let labels = [("integration", *kind)];
            line(out, metric, "_sum", &labels, sum(counts) as f64 / 1e3);
            line(out, metric, "_count", &labels, count(counts));
        }
    }
    lanes(core, now_ms, out);
    dispatcher(core, now_ms, out);
    head(out, metrics::HEARTBEATS);
    for heart in &core.hearts {
        let receiver = heart.status().receiver;
        for (result, count) in [
            ("sent", heart.sent),
            ("failed", heart.failed),
            ("withheld", heart.withheld),
        ] {
            line(
                out,
                metrics::HEARTBEATS,
                "",
                &[("receiver", &receiver), ("result", result)],
                count,
            );
        }
    }
    head(out, metrics::NOTIFY_SAVE_FAILURES);
    line(
        out,
        metrics::NOTIFY_SAVE_FAILURES,
        "",
        &[],
        core.save_failures,
    );
}

fn by_integration(core: &Core) -> BTreeMap<&'static str, Counts> {
    let mut counts = core.retired.clone();
    for lane in &core.lanes {
        counts
            .entry(lane.integration())
            .or_default()
            .add(&lane.counts());
    }
    counts
}

fn lanes(core: &Core, now_ms: i64, out: &mut String) {
    let queued = metrics::NOTIFICATIONS_QUEUED;
    head(out, queued);
    for lane in &core.lanes {
        let labels = [("receiver", &*lane.receiver), ("integration", &*lane.name)];
        line(out, queued, "", &labels, lane.queued());
    }
    let failing = metrics::NOTIFICATIONS_FAILING;
    head(out, failing);
    for lane in &core.lanes {
        let labels = [("receiver", &*lane.receiver), ("integration", &*lane.name)];
        line(
            out,
            failing,
            "",
            &labels,
            u8::from(lane.failing(now_ms).is_some()),
        );
    }
}

fn dispatcher(core: &Core, now_ms: i64, out: &mut String) {
    let alerts = core.dispatcher.alerts(now_ms);
    head(out, metrics::NOTIFIED_ALERTS);
    for state in [
        SeenState::Active,
        SeenState::Suppressed,
        SeenState::Unprocessed,
    ] {
        let count = alerts.iter().filter(|alert| alert.state == state).count();
        line(
            out,
            metrics::NOTIFIED_ALERTS,
            "",
            &[("state", state.as_str())],
            count,
        );
    }
    let silences = core.dispatcher.silences().query(now_ms);
    head(out, metrics::SILENCES);
    for (name, state) in [
        ("active", SilenceState::Active),
        ("pending", SilenceState::Pending),
        ("expired", SilenceState::Expired),
    ] {
        let count = silences
            .iter()
            .filter(|silence| silence.state(now_ms) == state)
            .count();
        line(out, metrics::SILENCES, "", &[("state", name)], count);
    }
    let counts = core.dispatcher.counts();
    head(out, metrics::ALERTS_RECEIVED);
    for (status, count) in [
        ("firing", counts.received_firing),
        ("resolved", counts.received_resolved),
    ] {
        line(
            out,
            metrics::ALERTS_RECEIVED,
            "",
            &[("status", status)],
            count,
        );
    }
    for (metric, count) in [
        (metrics::ALERTS_INVALID, counts.refused),
        (metrics::ALERTS_UNNOTIFIED, counts.unnotified),
    ] {
        head(out, metric);
        line(out, metric, "", &[], count);
    }
}

fn head(out: &mut String, metric: Metric) {
    let Metric { name, kind, help } = metric;
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(
    out: &mut String,
    metric: Metric,
    suffix: &str,
    labels: &[(&str, &str)],
    value: impl Display,
) {
    let labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}={}", quoted(value)))
        .collect();
    let labels = match labels.is_empty() {
        true => String::new(),
        false => format!("{{{}}}", labels.join(",")),
    };
    let _ = writeln!(out, "{}{suffix}{labels} {value}", metric.name);
}
