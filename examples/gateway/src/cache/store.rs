//! Where answers are kept.

use async_trait::async_trait;
use bytes::Bytes;

use super::Key;
use crate::redis_link::Broken;

/// Where answers are kept, for as long as the store was told.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// The value of the label `cache`.
    fn name(&self) -> &'static str;

    /// Finds an entry. An error is a store that does not work.
    async fn get(&self, key: &Key) -> Result<Option<Bytes>, Broken>;

    /// Keeps an entry, if that is possible.
    async fn put(&self, key: Key, entry: Bytes);
}
