//! Answers in Redis, which several gateways share.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::Key;
use super::store::Store;
use crate::config::{Cache as Options, ConfigError, RedisConfig};
use crate::redis_link::{Broken, RedisLink};

/// A lookup stands between a client and its answer: what takes longer is no help.
const TIMEOUT: Duration = Duration::from_millis(100);

/// The number changes with the form of the entries.
const PREFIX: &str = "llm-vitals:answer:1:";

/// Answers in Redis, on a connection of their own.
pub(super) struct InRedis {
    link: RedisLink,
    ttl: Duration,
    longest: usize,
}

impl InRedis {
    pub(super) fn new(config: &RedisConfig, options: &Options) -> Result<Self, ConfigError> {
        Ok(Self {
            link: RedisLink::new(&config.url, TIMEOUT)?,
            ttl: options.ttl.0,
            longest: options.entry.0,
        })
    }
}

#[async_trait]
impl Store for InRedis {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn get(&self, key: &Key) -> Result<Option<Bytes>, Broken> {
        // Somebody else's value may be longer than any of ours.
        let command = redis::cmd("GETRANGE")
            .arg(format!("{PREFIX}{}", key.to_hex()))
            .arg(0)
            .arg(self.longest)
            .to_owned();
        let entry: Vec<u8> = self.link.send(&command).await?;
        match entry.len() {
            0 => Ok(None),
            length if length > self.longest => Err(Broken),
            _ => Ok(Some(entry.into())),
        }
    }

    async fn put(&self, key: Key, entry: Bytes) {
        let millis = u64::try_from(self.ttl.as_millis()).unwrap_or(u64::MAX);
        let command = redis::cmd("SET")
            .arg(format!("{PREFIX}{}", key.to_hex()))
            .arg(&entry[..])
            .arg("PX")
            .arg(millis)
            .to_owned();
        if self.link.send::<String>(&command).await.is_err() {
            tracing::debug!("an answer could not be kept in Redis");
        }
    }
}
