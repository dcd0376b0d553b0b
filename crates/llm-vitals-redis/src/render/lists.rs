//! What a node says of its databases, commands, errors, replicas and primary.

use super::Family;
use super::node::with_samples;
use crate::admitted::is_known_error;
use crate::info::{CommandStats, Database, Info, Replica};
use crate::metrics::{
    COMMANDS, COMMANDS_DURATION, COMMANDS_FAILED, COMMANDS_REJECTED, DB_AVG_TTL, DB_KEYS,
    DB_KEYS_CACHED, DB_KEYS_EXPIRING, ERRORS, LATENCY_PERCENTILES, MASTER_LAST_IO, MASTER_LINK_UP,
    MASTER_SYNC, Metric, SLAVE_LAG, SLAVE_LAG_BYTES, SLAVE_OFFSET, SLAVE_REPL_OFFSET,
};
use crate::state::{NodeState, State};

const OTHER: &str = "other";

pub(super) fn render(nodes: &[&NodeState], state: &State, out: &mut String) {
    databases(nodes, DB_KEYS, |database| Some(float(database.keys)), out);
    databases(
        nodes,
        DB_KEYS_EXPIRING,
        |database| Some(float(database.expires)),
        out,
    );
    databases(
        nodes,
        DB_KEYS_CACHED,
        |database| database.cached_keys.map(float),
        out,
    );
    databases(
        nodes,
        DB_AVG_TTL,
        |database| Some(float(database.avg_ttl_millis?) / 1e3),
        out,
    );
    commands(nodes, state, COMMANDS, |stats| Some(stats.calls), 1.0, out);
    commands(
        nodes,
        state,
        COMMANDS_DURATION,
        |stats| Some(stats.micros),
        1e6,
        out,
    );
    commands(
        nodes,
        state,
        COMMANDS_REJECTED,
        |stats| stats.rejected,
        1.0,
        out,
    );
    commands(
        nodes,
        state,
        COMMANDS_FAILED,
        |stats| stats.failed,
        1.0,
        out,
    );
    if state.shows_latency {
        percentiles(nodes, state, out);
    }
    errors(nodes, out);
    replicas(nodes, SLAVE_OFFSET, |replica, _| Some(replica.offset), out);
    replicas(nodes, SLAVE_LAG, |replica, _| replica.lag, out);
    let behind = |replica: &Replica<'_>, info: &Info| {
        info.count("master_repl_offset")
            .map(|offset| offset.saturating_sub(replica.offset))
    };
    replicas(nodes, SLAVE_LAG_BYTES, behind, out);
    primary(nodes, out);
}

fn databases(
    nodes: &[&NodeState],
    metric: Metric,
    value: impl Fn(&Database) -> Option<f64>,
    out: &mut String,
) {
    let mut family = Family::list(out, metric);
    for (node, sample) in with_samples(nodes) {
        let found: Vec<Database> = sample.info.databases().collect();
        for index in node.databases() {
            // Redis does not mention a database without keys.
            let empty = Database {
                index,
                keys: 0,
                expires: 0,
                avg_ttl_millis: None,
                cached_keys: None,
            };
            let database = found.iter().find(|database| database.index == index);
            if let Some(value) = value(database.unwrap_or(&empty)) {
                let name = format!("db{index}");
                family.sample(&[("node", &node.label), ("db", &name)], value);
            }
        }
    }
}

fn commands(
    nodes: &[&NodeState],
    state: &State,
    metric: Metric,
    count: impl Fn(&CommandStats<'_>) -> Option<u64>,
    scale: f64,
    out: &mut String,
) {
    let mut family = Family::list(out, metric);
    for (node, sample) in with_samples(nodes) {
        let mut rest = None;
        for stats in sample.info.commands() {
            let Some(count) = count(&stats) else { continue };
            if state.commands.has(stats.command) {
                let labels = [("node", node.label.as_str()), ("cmd", stats.command)];
                family.sample(&labels, float(count) / scale);
            } else {
                rest = Some(rest.unwrap_or(0_u64).saturating_add(count));
            }
        }
        if let Some(rest) = rest {
            family.sample(
                &[("node", &node.label), ("cmd", OTHER)],
                float(rest) / scale,
            );
        }
    }
}

fn percentiles(nodes: &[&NodeState], state: &State, out: &mut String) {
    let mut family = Family::list(out, LATENCY_PERCENTILES);
    for (node, sample) in with_samples(nodes) {
        let node = node.label.as_str();
        for latency in sample
            .info
            .latencies()
            .filter(|latency| state.commands.has(latency.command))
        {
            let labels = [("node", node), ("cmd", latency.command)];
            for (percentile, micros) in &latency.percentiles {
                family.sample(&[labels[0], labels[1], ("quantile", percentile)], micros);
            }
            if let Some(stats) = sample
                .info
                .commands()
                .find(|stats| stats.command == latency.command)
            {
                family.suffixed("_sum", &labels, stats.micros);
                family.suffixed("_count", &labels, stats.calls);
            }
        }
    }
}

fn errors(nodes: &[&NodeState], out: &mut String) {
    let mut family = Family::list(out, ERRORS);
    for (node, sample) in with_samples(nodes) {
        let mut rest = None;
        for (code, count) in sample.info.errors() {
            if is_known_error(code) {
                family.sample(&[("node", &node.label), ("err", code)], count);
            } else {
                rest = Some(rest.unwrap_or(0_u64).saturating_add(count));
            }
        }
        if let Some(rest) = rest {
            family.sample(&[("node", &node.label), ("err", OTHER)], rest);
        }
    }
}

fn replicas(
    nodes: &[&NodeState],
    metric: Metric,
    value: impl Fn(&Replica<'_>, &Info) -> Option<u64>,
    out: &mut String,
) {
    let mut family = Family::list(out, metric);
    for (node, sample) in with_samples(nodes) {
        for replica in sample.info.replicas().take(MAX_REPLICAS) {
            if let Some(value) = value(&replica, &sample.info) {
                let labels = [
                    ("node", node.label.as_str()),
                    ("slave_ip", replica.ip),
                    ("slave_port", replica.port),
                    ("slave_state", replica.state),
                ];
                family.sample(&labels, value);
            }
        }
    }
}

/// A replica's view of the primary that it follows.
fn primary(nodes: &[&NodeState], out: &mut String) {
    type Value = fn(&Info) -> Option<i64>;
    let values: [(Metric, Value); 4] = [
        (MASTER_LINK_UP, |info| {
            Some(i64::from(info.get("master_link_status")? == "up"))
        }),
        (MASTER_LAST_IO, |info| {
            info.get("master_last_io_seconds_ago")?.parse().ok()
        }),
        (MASTER_SYNC, |info| {
            info.get("master_sync_in_progress")?.parse().ok()
        }),
        (SLAVE_REPL_OFFSET, |info| {
            info.get("slave_repl_offset")?.parse().ok()
        }),
    ];
    for (metric, value) in values {
        let mut family = Family::list(out, metric);
        for (node, sample) in with_samples(nodes) {
            let field = |name| sample.info.get(name).unwrap_or_default();
            let labels = [
                ("node", node.label.as_str()),
                ("master_host", field("master_host")),
                ("master_port", field("master_port")),
            ];
            if let Some(value) = value(&sample.info) {
                family.sample(&labels, value);
            }
        }
    }
}

/// More replicas than this of one primary are not shown.
const MAX_REPLICAS: usize = 100;

fn float(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a sample is a float")]
    let float = count as f64;
    float
}
