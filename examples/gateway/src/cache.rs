//! Answers that are kept, so that an identical request costs no call to a provider.
//!
//! A request is looked up when its temperature is 0, or when its header `x-llm-vitals-cache` says `on`; `off` leaves it
//! alone. Identical means every field but `stream`, `stream_options` and `user`. An answer is kept when it is complete and
//! short enough; a streamed one is kept as a whole answer, and a whole one is streamed to those who ask for a stream.
//!
//! A cache that does not work is a miss.

mod assembly;
mod counts;
mod entry;
mod keep;
mod key;
mod memory;
mod redis;
mod replay;
mod store;
mod wish;

use std::sync::Arc;
use std::time::Duration;

use llm_vitals_cost::Prices;
use llm_vitals_provider::{ChatRequest, EmbedRequest, Operation};
use serde_json::Value;

use self::counts::{Counts, Lookup};
use self::entry::{Entry, Found};
use self::memory::Memory;
use self::redis::InRedis;
use self::store::Store;
use crate::config::{Config, ConfigError};

pub(crate) use self::keep::{Keep, Keeping};
pub(crate) use self::key::Key;
pub(crate) use self::replay::replay;
pub(crate) use self::wish::{Asked, HEADER, Note, Wish};

/// The answers that are kept; clones are the same.
#[derive(Clone)]
pub(crate) struct Cache(Arc<Inner>);

struct Inner {
    store: Box<dyn Store>,
    ttl: Duration,
    /// The longest entry.
    longest: usize,
    counts: Counts,
    prices: Prices,
}

impl Cache {
    /// The cache of the configuration: in Redis where there is one, else in this process.
    pub(crate) fn new(config: &Config, prices: &Prices) -> Result<Option<Self>, ConfigError> {
        let options = &config.cache;
        if !options.enabled {
            return Ok(None);
        }
        let store: Box<dyn Store> = match &config.redis {
            Some(redis) => Box::new(InRedis::new(redis, options)?),
            None => Box::new(Memory::new(options)),
        };
        Ok(Some(Self(Arc::new(Inner {
            counts: Counts::new(store.name()),
            store,
            ttl: options.ttl.0,
            longest: options.entry.0,
            prices: prices.clone(),
        }))))
    }

    /// Looks for an answer that `read` can make something of, and counts what came of it.
    pub(crate) async fn find<T>(
        &self,
        key: &Key,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        let Inner {
            store, ttl, counts, ..
        } = &*self.0;
        let Ok(bytes) = store.get(key).await else {
            counts.lookup(Lookup::Error);
            return None;
        };
        let Some(bytes) = bytes else {
            counts.lookup(Lookup::Miss);
            return None;
        };
        match Entry::read(&bytes, *ttl) {
            Found::Fresh(entry) => {
                // What is kept may not be what this request can be answered with.
                let Some(answer) = read(entry.answer) else {
                    counts.lookup(Lookup::Miss);
                    return None;
                };
                counts.lookup(Lookup::Hit);
                counts.saved(entry.tokens, entry.cost_nanousd);
                Some(answer)
            }
            Found::Stale => {
                counts.lookup(Lookup::Stale);
                None
            }
            Found::Unreadable => {
                counts.lookup(Lookup::Error);
                None
            }
        }
    }

    /// Keeps the answer of a call that is about to be made.
    pub(crate) const fn keep(self, key: Key) -> Keep {
        Keep::new(self, key)
    }

    /// Keeps an answer in the background. One that is too long is not kept.
    fn put(&self, key: Key, entry: &Entry) {
        let Some(bytes) = entry
            .to_bytes()
            .filter(|bytes| bytes.len() <= self.0.longest)
        else {
            return;
        };
        let cache = self.clone();
        tokio::spawn(async move { cache.0.store.put(key, bytes).await });
    }
}

/// A request that may be answered from the cache.
pub(crate) trait Cacheable {
    fn operation(&self) -> Operation;

    /// Every field.
    fn to_json(&self) -> Option<Value>;

    /// Whether the same answer comes again: it is kept without being asked for.
    fn is_repeatable(&self) -> bool;
}

impl Cacheable for ChatRequest {
    fn operation(&self) -> Operation {
        Operation::Chat
    }

    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }

    fn is_repeatable(&self) -> bool {
        self.temperature == Some(0.0)
    }
}

/// Embeddings have no temperature: they are kept when that is asked for.
impl Cacheable for EmbedRequest {
    fn operation(&self) -> Operation {
        Operation::Embeddings
    }

    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }

    fn is_repeatable(&self) -> bool {
        false
    }
}
