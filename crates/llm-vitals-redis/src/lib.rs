//! A collector of Redis and Valkey cache metrics: one server, a Sentinel's primary with its replicas, or a cluster.
//!
//! It reads INFO on a connection of its own and shows it as Prometheus text, with redis_exporter's names and labels, and as
//! [`CacheMetrics`]. What is shown was read before: a scrape waits for no server.
//!
//! ```no_run
//! use llm_vitals_redis::{RedisCollector, RedisTarget};
//!
//! # async fn example() -> Result<(), llm_vitals_redis::Error> {
//! let client = RedisTarget::standalone("redis://127.0.0.1:6379").build()?;
//! let collector = RedisCollector::new(client);
//! let metrics = collector.metrics();
//! // The application runs the one task, for example `tokio::spawn(collector.run(shutdown))`.
//! collector.run(std::future::pending()).await;
//! # let mut text = String::new();
//! metrics.render(&mut text);
//! # Ok(()) }
//! ```
//!
//! Customised:
//!
//! ```
//! use std::time::Duration;
//!
//! use llm_vitals_redis::{Credentials, KeySampling, Lease, RedisCollector, RedisTarget};
//!
//! let client = RedisTarget::cluster(["redis://10.0.0.1:7000", "redis://10.0.0.2:7000"])
//!     .with_credentials(Credentials::new("vitals", "secret"))
//!     .with_response_timeout(Duration::from_millis(200))
//!     .build()?;
//! let collector = RedisCollector::new(client)
//!     .with_name("cache")
//!     .with_interval(Duration::from_secs(10))
//!     .with_lease(Lease::new("my-app:redis-collector"))
//!     .with_slow_log()
//!     .with_key_sampling(KeySampling::new().with_segments(2));
//! # let _ = collector;
//! # Ok::<(), llm_vitals_redis::Error>(())
//! ```
//!
//! # What the numbers mean
//!
//! A series is what the server says, and begins anew when the server's counter does. `redis_up` is 1 if the node answered
//! when it was last asked; all else that a node says is gone as soon as it does not answer. The label `node` is the address
//! of the node, behind the collector's name if it has one; it does not change with the node's role.
//!
//! A hit or a miss is the lookup of one key by any reading command: MGET of ten keys is ten lookups, a SET is none. The
//! ratios, the evictions a second and [`CacheMetrics`] are of the differences in a window of 5 minutes, for each node and run
//! of it, so that they stay right across CONFIG RESETSTAT, a restart and a failover. What cannot be said is absent: a ratio
//! without lookups, the share of memory without `maxmemory`.
//!
//! # Several processes
//!
//! Processes that watch the same Redis agree by a [`Lease`] in it: one watches, the others show `redis_collector_owner 0` and
//! nothing else. So a sum over all of them counts everything once.
//!
//! # What it does not do
//!
//! It does not read keys' values, run MONITOR or change settings. Beside the lease it writes nothing. It keeps one
//! connection to each node, sends one request to each at a time, and does not repeat a request: a node that does not answer
//! is asked again later and later, up to 30 s apart.
//!
//! # Features
//!
//! `client` (default) is [`RedisClient`], over the `redis` crate. `tls` adds `rediss://`. Without `client`, implement
//! [`RedisSource`].

mod admitted;
mod backoff;
mod cache_metrics;
#[cfg(feature = "client")]
mod client;
mod collector;
mod error;
mod history;
mod info;
mod keys;
mod lease;
mod metrics;
mod metrics_handle;
mod random;
mod render;
mod sample;
mod source;
mod state;

pub use self::cache_metrics::CacheMetrics;
#[cfg(feature = "tls")]
pub use self::client::Tls;
#[cfg(feature = "client")]
pub use self::client::{Credentials, RedisClient, RedisTarget};
pub use self::collector::RedisCollector;
pub use self::error::{Error, ErrorKind};
pub use self::info::{CommandStats, Database, Info, LatencyPercentiles, Lengths, Replica};
pub use self::keys::KeySampling;
pub use self::lease::Lease;
pub use self::metrics::METRICS;
pub use self::metrics_handle::RedisMetrics;
pub use self::source::{Command, Node, NodeRole, RedisSource, Reply};
