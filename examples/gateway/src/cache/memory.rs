//! Answers in this process.

use async_trait::async_trait;
use bytes::Bytes;

use super::Key;
use super::store::Store;
use crate::config::Cache as Options;
use crate::redis_link::Broken;

/// What an entry takes beside its own bytes, roughly.
const OVERHEAD: usize = 200;

/// Answers in this process, up to so many bytes; those that are asked for least go first.
pub(super) struct Memory(moka::future::Cache<Key, Bytes>);

impl Memory {
    pub(super) fn new(options: &Options) -> Self {
        let weigh =
            |_: &Key, entry: &Bytes| u32::try_from(entry.len() + OVERHEAD).unwrap_or(u32::MAX);
        let cache = moka::future::Cache::builder()
            .max_capacity(options.memory.0 as u64)
            .weigher(weigh)
            .time_to_live(options.ttl.0)
            .build();
        Self(cache)
    }
}

#[async_trait]
impl Store for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn get(&self, key: &Key) -> Result<Option<Bytes>, Broken> {
        Ok(self.0.get(key).await)
    }

    async fn put(&self, key: Key, entry: Bytes) {
        self.0.insert(key, entry).await;
    }
}
