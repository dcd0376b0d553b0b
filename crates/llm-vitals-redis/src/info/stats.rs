//! Lists in INFO: commands, errors, latencies, replicas.

use super::{Info, Pairs, number};

/// How often a command ran and how long it took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CommandStats<'a> {
    /// The command as the server names it, such as `get` or `config|get`.
    pub command: &'a str,
    /// Calls that ran.
    pub calls: u64,
    /// Time in the command, in microseconds.
    pub micros: u64,
    /// Calls that were refused before they ran; of Redis 6.2 and later.
    pub rejected: Option<u64>,
    /// Calls that failed while they ran; of Redis 6.2 and later.
    pub failed: Option<u64>,
}

/// Percentiles of the time of a command since the last reset, in microseconds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LatencyPercentiles<'a> {
    /// The command as the server names it.
    pub command: &'a str,
    /// The percentile, 0 to 100, as text, and its time.
    pub percentiles: Vec<(&'a str, f64)>,
}

/// A replica, as its primary sees it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Replica<'a> {
    /// The address from which it is connected.
    pub ip: &'a str,
    /// The port on which it serves.
    pub port: &'a str,
    /// Such as `online` or `wait_bgsave`.
    pub state: &'a str,
    /// How far it is in the stream of changes, in bytes.
    pub offset: u64,
    /// Seconds since it was last heard of.
    pub lag: Option<u64>,
}

impl Info {
    /// The commands that ran since the last reset, by name.
    pub fn commands(&self) -> impl Iterator<Item = CommandStats<'_>> {
        self.with_prefix("cmdstat_").filter_map(|(command, value)| {
            let pairs = Pairs::new(value);
            Some(CommandStats {
                command,
                calls: pairs.count("calls")?,
                micros: pairs.count("usec")?,
                rejected: pairs.count("rejected_calls"),
                failed: pairs.count("failed_calls"),
            })
        })
    }

    /// Error replies since the last reset, by their code. Scripts can make up codes.
    pub fn errors(&self) -> impl Iterator<Item = (&str, u64)> {
        self.with_prefix("errorstat_")
            .filter_map(|(code, value)| Some((code, Pairs::new(value).count("count")?)))
    }

    /// Percentiles of the time of each command, by name; of Redis 7.0 and later.
    pub fn latencies(&self) -> impl Iterator<Item = LatencyPercentiles<'_>> {
        self.with_prefix("latency_percentiles_usec_")
            .map(|(command, value)| LatencyPercentiles {
                command,
                percentiles: value
                    .split(',')
                    .filter_map(|part| part.strip_prefix('p')?.split_once('='))
                    .filter_map(|(percentile, micros)| {
                        number(percentile)?;
                        Some((percentile, number(micros)?))
                    })
                    .collect(),
            })
    }

    /// The replicas that are connected to this server.
    pub fn replicas(&self) -> impl Iterator<Item = Replica<'_>> {
        self.with_prefix("slave").filter_map(|(index, value)| {
            index.parse::<u32>().ok()?;
            let pairs = Pairs::new(value);
            Some(Replica {
                ip: pairs.get("ip")?,
                port: pairs.get("port")?,
                state: pairs.get("state").unwrap_or(""),
                offset: pairs.count("offset")?,
                lag: pairs.count("lag"),
            })
        })
    }
}
