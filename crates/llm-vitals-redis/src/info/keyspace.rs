//! The section Keyspace: one line for each database that has keys.

use super::{Info, Pairs};

/// What a server says of one database. Fields of other server families are left alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Database {
    /// The number of the database.
    pub index: u32,
    /// Keys, those included that have expired and are not yet removed.
    pub keys: u64,
    /// Keys that will expire.
    pub expires: u64,
    /// The estimated mean time until keys expire, in milliseconds.
    pub avg_ttl_millis: Option<u64>,
    /// Keys that are cached from storage, of KeyDB.
    pub cached_keys: Option<u64>,
}

impl Info {
    /// The databases that have keys, by their numbers' names.
    pub fn databases(&self) -> impl Iterator<Item = Database> {
        self.with_prefix("db").filter_map(|(index, value)| {
            let index = index.parse().ok()?;
            let pairs = Pairs::new(value);
            Some(Database {
                index,
                keys: pairs.count("keys")?,
                expires: pairs.count("expires").unwrap_or(0),
                avg_ttl_millis: pairs.count("avg_ttl"),
                cached_keys: pairs.count("cached_keys"),
            })
        })
    }

    /// The keys of one database; 0 where it has none.
    #[must_use]
    pub fn keys_in(&self, database: u32) -> u64 {
        let mut databases = self.databases();
        databases
            .find(|found| found.index == database)
            .map_or(0, |found| found.keys)
    }
}
