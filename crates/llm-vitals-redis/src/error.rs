//! Why a server could not be read.

use std::error::Error as StdError;
use std::fmt;

/// Why a server could not be read, or a collector not be set up.
///
/// Its text names addresses, never user names, passwords or keys.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The settings are wrong: a URL, a certificate, a missing feature.
    Config,
    /// No connection could be made, or it was lost.
    Connection,
    /// The server did not answer in time.
    Timeout,
    /// The server refused the user or the password.
    Auth,
    /// The user may not run the command.
    Denied,
    /// The nodes could not be looked up.
    Discovery,
    /// The server answered with an error.
    Server,
    /// The server answered something else than asked for.
    Protocol,
}

impl ErrorKind {
    pub(crate) const ALL: [Self; 8] = [
        Self::Config,
        Self::Connection,
        Self::Timeout,
        Self::Auth,
        Self::Denied,
        Self::Discovery,
        Self::Server,
        Self::Protocol,
    ];

    /// The value of the label `reason`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Auth => "auth",
            Self::Denied => "denied",
            Self::Discovery => "discovery",
            Self::Server => "server",
            Self::Protocol => "protocol",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Error {
    /// Creates an error from its kind and a sentence that says what was tried and what to do.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What kind of failure it was.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }
}
