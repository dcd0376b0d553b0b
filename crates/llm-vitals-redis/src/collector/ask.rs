//! What is asked of a node in one round trip, and how the answers are read.

use tokio::time::Instant;

use super::Settings;
use crate::error::{Error, ErrorKind};
use crate::info::Info;
use crate::sample::{LatencyEvent, Sample, SlowLog};
use crate::source::{Command, Reply};
use crate::state::NodeState;

/// More events than this are not looked at; Redis has about 20.
const MAX_EVENTS: usize = 64;

/// An optional command: asked for only while the server allows it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Optional {
    ClusterInfo,
    SlowLog,
    Latency,
    Scan,
    MemoryUsage,
}

impl Optional {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ClusterInfo => "cluster_info",
            Self::SlowLog => "slowlog",
            Self::Latency => "latency",
            Self::Scan => "scan",
            Self::MemoryUsage => "memory_usage",
        }
    }
}

/// The commands beside INFO, which is always the first.
pub(crate) fn commands(
    settings: &Settings,
    node: &NodeState,
    now: Instant,
) -> (Vec<Command>, Vec<Optional>) {
    // INFO with several sections is an error before Redis 7; `all` has been there from the start.
    let mut commands = vec![if settings.commands || settings.latency_statistics {
        Command::new(["INFO", "all"])
    } else {
        Command::new(["INFO"])
    }];
    let wanted = [
        (Optional::ClusterInfo, node.is_cluster()),
        (Optional::SlowLog, settings.slow_log),
        (Optional::Latency, settings.latency_events),
    ];
    let mut asked = Vec::new();
    for (optional, wanted) in wanted {
        if wanted && node.may(optional, now) {
            asked.push(optional);
            match optional {
                Optional::ClusterInfo => commands.push(Command::new(["CLUSTER", "INFO"])),
                Optional::SlowLog => {
                    commands.push(Command::new(["SLOWLOG", "LEN"]));
                    commands.push(Command::new(["SLOWLOG", "GET", "1"]));
                }
                Optional::Latency => commands.push(Command::new(["LATENCY", "LATEST"])),
                Optional::Scan | Optional::MemoryUsage => {}
            }
        }
    }
    (commands, asked)
}

/// Reads the answers; says of each optional command whether it was allowed.
pub(crate) fn read(
    replies: &[Reply],
    asked: &[Optional],
    now: Instant,
) -> Result<(Sample, Vec<(Optional, bool)>), Error> {
    let mut replies = replies.iter();
    let mut next = || replies.next().unwrap_or(&Reply::Nil);
    let info = match next() {
        Reply::Bytes(text) => Info::parse(text),
        Reply::Error(code, _) => {
            let kind = match code.as_str() {
                "NOPERM" => ErrorKind::Denied,
                "NOAUTH" => ErrorKind::Auth,
                _ => ErrorKind::Server,
            };
            return Err(Error::new(kind, "INFO was refused: the user needs +info"));
        }
        _ => {
            return Err(Error::new(
                ErrorKind::Protocol,
                "INFO was answered with no text",
            ));
        }
    };
    let mut sample = Sample::new(now, info);
    let mut allowed = Vec::new();
    for optional in asked {
        let reply = next();
        allowed.push((*optional, reply.error_code().is_none()));
        match optional {
            Optional::ClusterInfo => sample.cluster = reply.bytes().map(Info::parse),
            Optional::SlowLog => sample.slow_log = slow_log(reply, next()),
            Optional::Latency => sample.latency = latency(reply),
            Optional::Scan | Optional::MemoryUsage => {}
        }
    }
    Ok((sample, allowed))
}

fn slow_log(length: &Reply, entries: &Reply) -> Option<SlowLog> {
    let last = entries.list().and_then(<[_]>::first).and_then(Reply::list);
    let number = |at: usize| last.and_then(|entry| entry.get(at)?.integer());
    Some(SlowLog {
        length: length.integer()?,
        last_id: number(0).unwrap_or(0),
        last_micros: number(2).unwrap_or(0),
    })
}

fn latency(reply: &Reply) -> Vec<LatencyEvent> {
    let events = reply.list().unwrap_or_default().iter().take(MAX_EVENTS);
    let read = |event: &Reply| {
        let event = event.list()?;
        Some(LatencyEvent {
            name: event.first()?.text()?.to_owned(),
            at: event.get(1)?.integer()?,
            millis: event.get(2)?.integer()?,
        })
    };
    events.filter_map(read).collect()
}
