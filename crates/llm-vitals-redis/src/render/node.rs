//! What a node says of itself: single values.

use super::Family;
use crate::error::ErrorKind;
use crate::info::number;
use crate::metrics::{
    CAPABILITY, CLUSTER_INFO, Conversion, FAILURES, INFO, INSTANCE_INFO, LAST_SUCCESS,
    LATENCY_SPIKE_DURATION, LATENCY_SPIKE_LAST, Metric, SLAVE_INFO, SLOWLOG_LAST_DURATION,
    SLOWLOG_LAST_ID, SLOWLOG_LENGTH, START_TIME, UP,
};
use crate::sample::Sample;
use crate::state::NodeState;

pub(super) fn render(nodes: &[&NodeState], out: &mut String) {
    let mut up = Family::new(out, UP);
    for node in nodes {
        if let Some(is_up) = node.up {
            up.sample(&[("node", &node.label)], u8::from(is_up));
        }
    }
    for (field, conversion, metric) in INFO {
        let values = |sample: &Sample| convert(sample.info.get(field)?, *conversion);
        each(nodes, *metric, values, out);
    }
    for (field, conversion, metric) in CLUSTER_INFO {
        let values = |sample: &Sample| convert(sample.cluster.as_ref()?.get(field)?, *conversion);
        each(nodes, *metric, values, out);
    }
    each(
        nodes,
        START_TIME,
        |sample| Some(sample.start_time()?.to_string()),
        out,
    );
    let slow_log = |read: fn(crate::sample::SlowLog) -> String| {
        move |sample: &Sample| sample.slow_log.map(read)
    };
    each(
        nodes,
        SLOWLOG_LENGTH,
        slow_log(|log| log.length.to_string()),
        out,
    );
    each(
        nodes,
        SLOWLOG_LAST_ID,
        slow_log(|log| log.last_id.to_string()),
        out,
    );
    let seconds = slow_log(|log| scaled(log.last_micros, 1e6).to_string());
    each(nodes, SLOWLOG_LAST_DURATION, seconds, out);
    info(nodes, out);
    latency(nodes, out);
    own(nodes, out);
}

/// The text of a field as a value. A number is written as the server wrote it, so that no digit is lost.
fn convert(text: &str, conversion: Conversion) -> Option<String> {
    match conversion {
        Conversion::Number => number(text).map(|_| text.trim_end_matches('%').to_owned()),
        Conversion::Status => Some(u8::from(text == "ok").to_string()),
        Conversion::Micros => Some((number(text)? / 1e6).to_string()),
    }
}

fn each(
    nodes: &[&NodeState],
    metric: Metric,
    value: impl Fn(&Sample) -> Option<String>,
    out: &mut String,
) {
    let mut family = Family::new(out, metric);
    for node in nodes {
        if let Some(value) = node.sample.as_ref().and_then(&value) {
            family.sample(&[("node", &node.label)], value);
        }
    }
}

fn info(nodes: &[&NodeState], out: &mut String) {
    let mut family = Family::new(out, INSTANCE_INFO);
    for (node, sample) in with_samples(nodes) {
        let field = |name| sample.info.get(name).unwrap_or_default();
        let mut labels = vec![("node", node.label.as_str())];
        labels.push(("role", field("role")));
        labels.push(("redis_version", field("redis_version")));
        labels.push(("redis_build_id", field("redis_build_id")));
        labels.push(("redis_mode", sample.info.mode().unwrap_or_default()));
        for name in [
            "os",
            "maxmemory_policy",
            "tcp_port",
            "run_id",
            "process_id",
            "master_replid",
            "valkey_version",
        ] {
            labels.push((name, field(name)));
        }
        family.sample(&labels, 1);
    }
    let mut family = Family::new(out, SLAVE_INFO);
    for (node, sample) in with_samples(nodes).filter(|(_, sample)| !sample.is_primary()) {
        let field = |name| sample.info.get(name).unwrap_or_default();
        let labels = [
            ("node", node.label.as_str()),
            ("master_host", field("master_host")),
            ("master_port", field("master_port")),
            ("read_only", field("slave_read_only")),
        ];
        if !labels[1].1.is_empty() {
            family.sample(&labels, 1);
        }
    }
}

fn latency(nodes: &[&NodeState], out: &mut String) {
    let mut last = Family::list(out, LATENCY_SPIKE_LAST);
    for (node, sample) in with_samples(nodes) {
        for event in &sample.latency {
            last.sample(
                &[("node", &node.label), ("event_name", &event.name)],
                event.at,
            );
        }
    }
    let mut duration = Family::list(out, LATENCY_SPIKE_DURATION);
    for (node, sample) in with_samples(nodes) {
        for event in &sample.latency {
            let labels = [("node", node.label.as_str()), ("event_name", &event.name)];
            duration.sample(&labels, scaled(event.millis, 1e3));
        }
    }
}

/// What the collector itself went through.
fn own(nodes: &[&NodeState], out: &mut String) {
    let mut failures = Family::new(out, FAILURES);
    for node in nodes {
        // All of them, so that the first failure is a step from 0.
        for kind in ErrorKind::ALL {
            let count = node.failures.get(&kind).unwrap_or(&0);
            failures.sample(&[("node", &node.label), ("reason", kind.as_str())], count);
        }
    }
    let mut capability = Family::new(out, CAPABILITY);
    for node in nodes.iter().filter(|node| node.sample.is_some()) {
        for (optional, (allowed, _)) in &node.allowed {
            let labels = [
                ("node", node.label.as_str()),
                ("command", optional.as_str()),
            ];
            capability.sample(&labels, u8::from(*allowed));
        }
    }
    let mut success = Family::new(out, LAST_SUCCESS);
    for node in nodes {
        if let Some(unix) = node.last_success {
            success.sample(&[("node", &node.label)], unix);
        }
    }
}

pub(super) fn with_samples<'a>(
    nodes: &'a [&NodeState],
) -> impl Iterator<Item = (&'a NodeState, &'a Sample)> {
    nodes
        .iter()
        .filter_map(|node| Some((*node, node.sample.as_ref()?)))
}

fn scaled(value: i64, by: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a time is a float")]
    let value = value as f64;
    value / by
}
