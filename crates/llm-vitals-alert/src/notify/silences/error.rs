//! Why a silence is not set.

use std::fmt;

/// Why a silence was not made, changed or ended.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SilenceError {
    /// There is none with this id.
    NotFound(String),
    /// The one with this id is over.
    Expired(String),
    /// It has no matchers.
    NoMatchers,
    /// One of its matchers names no label.
    NoName,
    /// Each of its matchers matches an empty label, so that it is meant for everything.
    MatchesEmpty,
    /// It ends before it begins.
    EndBeforeStart,
    /// It is over before it is made.
    EndInPast,
    /// Its texts are too long.
    TooLarge {
        /// How long they are.
        bytes: usize,
        /// How long they may be.
        most: usize,
    },
    /// It has too many matchers.
    TooManyMatchers {
        /// How many there may be.
        most: usize,
    },
    /// The value of a matcher is too long.
    LongValue {
        /// How many bytes it may have.
        most: usize,
    },
    /// There are as many as may be.
    TooMany {
        /// How many.
        most: usize,
    },
    /// All silences together have as many regular expressions as may be.
    TooManyPatterns {
        /// How many.
        most: usize,
    },
}

impl fmt::Display for SilenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(id) => write!(f, "there is no silence {id}"),
            Self::Expired(id) => write!(f, "silence {id} already expired"),
            Self::NoMatchers => f.write_str("a silence needs at least one matcher"),
            Self::NoName => f.write_str("a matcher of the silence names no label"),
            Self::MatchesEmpty => f.write_str(
                "the silence would be for all alerts: at least one matcher must not match the empty string",
            ),
            Self::EndBeforeStart => f.write_str("start time must be before end time"),
            Self::EndInPast => f.write_str("end time can't be in the past"),
            Self::TooLarge { bytes, most } => {
                write!(f, "the silence has {bytes} bytes of text, and may have {most}")
            }
            Self::TooManyMatchers { most } => write!(f, "a silence has at most {most} matchers"),
            Self::LongValue { most } => {
                write!(f, "the value of a matcher has at most {most} bytes")
            }
            Self::TooManyPatterns { most } => write!(
                f,
                "all silences together have at most {most} regular expressions: expire some first"
            ),
            Self::TooMany { most } => {
                write!(f, "there are {most} silences, which is the most: expire some first")
            }
        }
    }
}

impl std::error::Error for SilenceError {}
