//! An answer as it is kept.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An answer as it is kept.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Entry {
    /// As the provider gave it, or as its chunks make it.
    pub(super) answer: Value,
    /// When it was kept, in milliseconds since 1970.
    pub(super) at: u64,
    /// Prompt and completion, where the provider counted them.
    pub(super) tokens: Option<u64>,
    /// What it cost, where that is known.
    pub(super) cost_nanousd: Option<u64>,
}

/// What the bytes of an entry are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    Fresh(Entry),
    /// Older than entries are believed, as when that time became shorter.
    Stale,
    Unreadable,
}

impl Entry {
    pub(super) fn new(answer: Value, tokens: Option<u64>, cost_nanousd: Option<u64>) -> Self {
        Self {
            answer,
            at: now(),
            tokens,
            cost_nanousd,
        }
    }

    pub(super) fn to_bytes(&self) -> Option<Bytes> {
        serde_json::to_vec(self).ok().map(Bytes::from)
    }

    pub(super) fn read(bytes: &[u8], ttl: Duration) -> Found {
        let Ok(entry) = serde_json::from_slice::<Self>(bytes) else {
            return Found::Unreadable;
        };
        // The clocks of two gateways differ a little.
        if Duration::from_millis(now().saturating_sub(entry.at)) > ttl {
            Found::Stale
        } else {
            Found::Fresh(entry)
        }
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_old_is_stale_and_what_is_no_entry_unreadable() {
        let mut entry = Entry::new("x".into(), Some(18), None);
        let minute = Duration::from_secs(60);
        let read = |entry: &Entry| Entry::read(&entry.to_bytes().unwrap(), minute);
        assert_eq!(read(&entry), Found::Fresh(entry.clone()));
        entry.at -= 60_001;
        assert_eq!(read(&entry), Found::Stale);
        for bytes in [&b""[..], b"{}", b"[1", b"\xff"] {
            assert_eq!(Entry::read(bytes, minute), Found::Unreadable);
        }
    }
}
