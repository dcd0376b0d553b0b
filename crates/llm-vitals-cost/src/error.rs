//! What can be wrong with prices.

use std::io;
use std::path::PathBuf;

/// Why prices could not be used.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read prices from {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is larger than any price list.
    #[error("cannot use prices from {}: it has more than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How large it may be.
        limit: u64,
    },
    /// A text is not what it should be: no JSON, another shape, or a price that is none. The message says which provider,
    /// model and field, what was expected, and the line and column.
    #[error("cannot use {what}: {source}")]
    Parse {
        /// What it should be, with the path if it was a file.
        what: String,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// A text is well-formed and has no price in it.
    #[error("cannot use {what}: it has no price of any model")]
    Empty {
        /// What it should be, with the path if it was a file.
        what: String,
    },
}

impl Error {
    pub(crate) fn parse(what: impl Into<String>, source: serde_json::Error) -> Self {
        Self::Parse {
            what: what.into(),
            source,
        }
    }

    /// Says which file it was.
    pub(crate) fn in_file(self, path: &std::path::Path) -> Self {
        let name = |what: String| format!("{what} in {}", path.display());
        match self {
            Self::Parse { what, source } => Self::Parse {
                what: name(what),
                source,
            },
            Self::Empty { what } => Self::Empty { what: name(what) },
            other => other,
        }
    }
}
