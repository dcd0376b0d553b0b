//! The right to watch: several processes, one that does.
//!
//! Several replicas of an application would each show the counters of the same Redis, and a sum over them would count it
//! several times. So the one that holds a key in that Redis watches, and the others show nothing. The key expires by itself
//! when its owner is gone, and another one takes it.
//!
//! The commands are chosen so that they change neither hits nor misses: a lookup for writing is counted by no server.

use std::time::Duration;

use crate::random::Random;
use crate::source::{Command, Reply};

/// Keeps the key, if it holds our token or is gone. It is compared by what BITFIELD SET says was there before.
const RENEW: &str = "\
local old = redis.call('BITFIELD', KEYS[1], 'SET', 'i64', 0, ARGV[1])[1]
if old == tonumber(ARGV[1]) or old == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) return 1 end
redis.call('BITFIELD', KEYS[1], 'SET', 'i64', 0, old)
return 0";

const RELEASE: &str = "\
local old = redis.call('BITFIELD', KEYS[1], 'SET', 'i64', 0, ARGV[1])[1]
if old == tonumber(ARGV[1]) or old == 0 then redis.call('DEL', KEYS[1]) return 1 end
redis.call('BITFIELD', KEYS[1], 'SET', 'i64', 0, old)
return 0";

/// Tokens are numbers that Lua holds exactly.
const TOKEN_BITS: u32 = 52;

/// The lease by which one of several processes watches a Redis: a key in that Redis.
///
/// The default key is `llm-vitals:redis-collector`: all processes that watch the same Redis, of whatever application, are
/// one group, and one of them watches. Applications with a Prometheus each need a key each. In Redis' access control the user needs
/// `+set +eval +bitfield +pexpire +del` on this key; without them, and while the server cannot say, every process watches.
#[derive(Clone, Debug)]
pub struct Lease {
    key: String,
    ttl: Option<Duration>,
}

impl Default for Lease {
    fn default() -> Self {
        Self::new("llm-vitals:redis-collector")
    }
}

impl Lease {
    /// A lease that is this key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            ttl: None,
        }
    }

    /// How long the key lives without being renewed, and so how long nobody watches after the owner died. Default: six
    /// intervals, at least 30 s. Below three intervals it could be lost between two ticks.
    #[must_use]
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }
}

/// A process' side of the lease.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    key: String,
    token: u64,
    pub(crate) ttl: Duration,
}

/// What the server said to a claim.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Held,
    HeldByAnother,
    /// The key lives on the node at this address.
    Elsewhere(String),
    /// The user may not, or the server cannot, and that will not change soon.
    Refused,
    /// The server cannot for now.
    Unavailable,
}

impl Claim {
    pub(crate) fn new(lease: &Lease, interval: Duration, random: &mut Random) -> Self {
        Self {
            key: lease.key.clone(),
            // 0 stands for a key that is not there.
            token: (random.next() >> (64 - TOKEN_BITS)).max(1),
            ttl: lease
                .ttl
                .unwrap_or_else(|| (interval * 6).max(Duration::from_secs(30))),
        }
    }

    /// Takes the key if nobody has it.
    pub(crate) fn take(&self) -> Command {
        let ttl = self.millis();
        let token = self.token.to_be_bytes();
        let words: [&[u8]; 6] = [
            b"SET",
            self.key.as_bytes(),
            &token,
            b"NX",
            b"PX",
            ttl.as_bytes(),
        ];
        Command::new(words)
    }

    /// Keeps the key if it is ours, or gone.
    pub(crate) fn renew(&self) -> Command {
        let (token, ttl) = (self.token.to_string(), self.millis());
        Command::new(["EVAL", RENEW, "1", &self.key, &token, &ttl])
    }

    /// Gives the key back if it is ours.
    pub(crate) fn release(&self) -> Command {
        Command::new(["EVAL", RELEASE, "1", &self.key, &self.token.to_string()])
    }

    pub(crate) fn verdict(reply: &Reply) -> Verdict {
        match reply {
            Reply::Integer(1) => Verdict::Held,
            Reply::Bytes(text) if text == b"OK" => Verdict::Held,
            Reply::Integer(_) | Reply::Nil => Verdict::HeldByAnother,
            Reply::Error(code, text) if code == "MOVED" => match text.split_once(' ') {
                Some((_, address)) => Verdict::Elsewhere(address.to_owned()),
                None => Verdict::Unavailable,
            },
            Reply::Error(code, text) => match code.as_str() {
                // An error inside a script comes as ERR with its own code in the text, before Redis 7.
                "NOPERM" | "WRONGTYPE" => Verdict::Refused,
                "ERR" if !text.contains("OOM") && !text.contains("READONLY") => Verdict::Refused,
                _ => Verdict::Unavailable,
            },
            _ => Verdict::Unavailable,
        }
    }

    fn millis(&self) -> String {
        self.ttl.as_millis().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_the_server_said() {
        let error = |code: &str, text: &str| Reply::Error(code.to_owned(), text.to_owned());
        for (reply, verdict) in [
            (Reply::Bytes(b"OK".to_vec()), Verdict::Held),
            (Reply::Integer(1), Verdict::Held),
            (Reply::Integer(0), Verdict::HeldByAnother),
            (Reply::Nil, Verdict::HeldByAnother),
            (
                error("MOVED", "93 10.0.0.1:7000"),
                Verdict::Elsewhere("10.0.0.1:7000".into()),
            ),
            (error("NOPERM", "x"), Verdict::Refused),
            (error("ERR", "unknown command 'EVAL'"), Verdict::Refused),
            (
                error("ERR", "Error running script: -OOM command not allowed"),
                Verdict::Unavailable,
            ),
            (error("OOM", "x"), Verdict::Unavailable),
            (error("READONLY", "x"), Verdict::Unavailable),
            (error("CLUSTERDOWN", "x"), Verdict::Unavailable),
            (Reply::List(Vec::new()), Verdict::Unavailable),
        ] {
            assert_eq!(Claim::verdict(&reply), verdict, "{reply:?}");
        }
    }

    #[test]
    fn tokens_differ_and_fit_into_a_number_of_lua() {
        let mut random = Random::new();
        let claims: Vec<_> = (0..100)
            .map(|_| Claim::new(&Lease::default(), Duration::from_secs(5), &mut random).token)
            .collect();
        assert!(claims.iter().all(|token| (1..1 << 53).contains(token)));
        let unique: std::collections::HashSet<_> = claims.iter().collect();
        assert_eq!(unique.len(), 100);
    }

    #[test]
    fn lives_for_six_intervals_and_at_least_half_a_minute() {
        let ttl = |seconds| {
            let interval = Duration::from_secs(seconds);
            Claim::new(&Lease::default(), interval, &mut Random::new())
                .ttl
                .as_secs()
        };
        assert_eq!((ttl(1), ttl(5), ttl(60)), (30, 30, 360));
    }
}
