//! The snapshot as JSON.

use serde::Serialize;

/// How a cache is doing, over all nodes of one Redis.
///
/// ```
/// use llm_vitals_redis::CacheMetrics;
///
/// let json = serde_json::to_string(&CacheMetrics::default())?;
/// assert_eq!(json, r#"{"hitRate":null,"missRate":null,"evictionRate":null,"memoryUsage":null,"keyCount":null}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CacheMetrics {
    /// Hits over lookups in the window, 0 to 1, of every reading command and all nodes; null without lookups.
    pub hit_rate: Option<f64>,
    /// Misses over lookups in the window, 0 to 1; null without lookups.
    pub miss_rate: Option<f64>,
    /// Evicted keys a second in the window; null before there are two samples.
    pub eviction_rate: Option<f64>,
    /// Memory that the primaries have allocated, in bytes; null while one of them is not known.
    pub memory_usage: Option<u64>,
    /// Keys of the primaries, in all databases; null while one of them is not known. The lease is one of them.
    pub key_count: Option<u64>,
}
