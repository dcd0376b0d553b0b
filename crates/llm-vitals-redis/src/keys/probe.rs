//! What is asked of a server about its keys.

use tokio::time::{Instant, timeout_at};

use super::settings::KeySampling;
use super::sweep::Seen;
use crate::source::{Command, Node, RedisSource, Reply};

/// Keys that are asked about in one round trip.
pub(super) const BATCH: usize = 50;

/// Why a pass ended before its time, as the label `reason`.
pub(super) type Skipped = &'static str;

/// What is asked of each key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Questions {
    pub(super) memory: bool,
    pub(super) types: bool,
    pub(super) ttls: bool,
    /// A replica in a cluster speaks of its keys only after READONLY.
    pub(super) read_only: bool,
}

pub(super) async fn scan(
    settings: &KeySampling,
    source: &dyn RedisSource,
    node: &Node,
    cursor: u64,
    read_only: bool,
    deadline: Instant,
) -> Result<(u64, Vec<Vec<u8>>), Skipped> {
    let (cursor, count) = (cursor.to_string(), settings.scan_count.to_string());
    let command = Command::new(["SCAN", &cursor, "COUNT", &count]);
    let replies = send(source, node, vec![command], read_only, deadline).await?;
    let reply = replies.last().ok_or("protocol")?;
    if let Some(code) = reply.error_code() {
        return Err(if code == "NOPERM" || code == "ERR" {
            "denied"
        } else {
            "error"
        });
    }
    let Some([next, keys]) = reply.list() else {
        return Err("protocol");
    };
    let next = next
        .text()
        .and_then(|next| next.parse().ok())
        .ok_or("protocol")?;
    let keys = keys.list().unwrap_or_default().iter();
    let mut keys: Vec<Vec<u8>> = keys
        .filter_map(|key| key.bytes().map(<[u8]>::to_vec))
        .collect();
    // SCAN may name a key twice.
    keys.sort_unstable();
    keys.dedup();
    Ok((next, keys))
}

#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) seen: Vec<Seen>,
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) memory_denied: bool,
}

pub(super) async fn ask(
    settings: &KeySampling,
    source: &dyn RedisSource,
    node: &Node,
    keys: &[Vec<u8>],
    questions: Questions,
    deadline: Instant,
) -> Result<Answers, Skipped> {
    let samples = settings.samples.to_string();
    let mut commands = Vec::new();
    for key in keys {
        if questions.memory {
            let words: [&[u8]; 5] = [b"MEMORY", b"USAGE", key, b"SAMPLES", samples.as_bytes()];
            commands.push(Command::new(words));
        }
        if questions.types {
            commands.push(Command::new([&b"TYPE"[..], key]));
        }
        if questions.ttls {
            commands.push(Command::new([&b"PTTL"[..], key]));
        }
    }
    let mut answers = Answers::default();
    let replies = match commands.is_empty() {
        true => Vec::new(),
        false => send(source, node, commands, questions.read_only, deadline).await?,
    };
    let mut replies = replies.iter().skip(usize::from(questions.read_only));
    for key in keys {
        let mut seen = Seen {
            group: settings.group(key),
            bytes: None,
            kind: None,
            ttl: None,
        };
        let mut is_there = true;
        if questions.memory {
            let reply = replies.next().unwrap_or(&Reply::Nil);
            seen.bytes = reply.integer().and_then(|bytes| u64::try_from(bytes).ok());
            answers.memory_denied |= reply.error_code() == Some("NOPERM");
            is_there &= *reply != Reply::Nil;
        }
        if questions.types {
            match replies.next().and_then(Reply::text) {
                Some("none") => (is_there, answers.misses) = (false, answers.misses + 1),
                Some(kind) => (seen.kind, answers.hits) = (Some(kind.to_owned()), answers.hits + 1),
                None => {}
            }
        }
        if questions.ttls {
            match replies.next().and_then(Reply::integer) {
                Some(-2) => (is_there, answers.misses) = (false, answers.misses + 1),
                Some(ttl) => (seen.ttl, answers.hits) = (Some(ttl), answers.hits + 1),
                None => {}
            }
        }
        // A key that went between SCAN and now is in no class.
        if is_there {
            answers.seen.push(seen);
        }
    }
    Ok(answers)
}

async fn send(
    source: &dyn RedisSource,
    node: &Node,
    mut commands: Vec<Command>,
    read_only: bool,
    deadline: Instant,
) -> Result<Vec<Reply>, Skipped> {
    if read_only {
        commands.insert(0, Command::new(["READONLY"]));
    }
    // A timer is a millisecond late at worst; what is over is not begun.
    if Instant::now() >= deadline {
        return Err("budget");
    }
    match timeout_at(deadline, source.query(node, &commands)).await {
        Ok(Ok(replies)) => Ok(replies),
        Ok(Err(_)) => Err("down"),
        Err(_) => Err("budget"),
    }
}
