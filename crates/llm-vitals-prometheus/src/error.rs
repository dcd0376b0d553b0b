//! What can go wrong in the set-up.

/// Why the set-up failed.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The buckets of a histogram are not finite numbers that grow.
    #[error(
        "the buckets of {name:?} must be finite and grow from one to the next, and are {buckets:?}"
    )]
    Buckets {
        /// The histogram.
        name: String,
        /// Its buckets.
        buckets: Vec<f64>,
    },
    /// Another recorder is installed already.
    #[error(
        "cannot install the recorder: this process has one already; call install() once, in main"
    )]
    Installed,
}
