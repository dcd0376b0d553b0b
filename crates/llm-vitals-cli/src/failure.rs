//! Why a command could not do its work.

use std::fmt;

use crate::arguments::UsageError;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line is wrong: exit code 2.
    Usage(UsageError),
    /// Anything else: exit code 1. The text may have several lines.
    Other(String),
}

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Self {
        Self::Usage(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(error) => error.fmt(f),
            Self::Other(text) => f.write_str(text.trim_end()),
        }
    }
}
