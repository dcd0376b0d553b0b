//! What can go wrong when a check is registered.

use std::fmt;

/// Why a check was not registered.
#[derive(Debug, thiserror::Error)]
#[error("cannot register the check {name:?}: {problem}")]
pub struct Error {
    name: String,
    problem: Problem,
}

/// What is wrong with a check.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ErrorKind {
    /// Its name, or that of its set, is empty, too long, holds control characters, or is one that the answers use.
    Name,
    /// There is a check, or a set, of this name already.
    Duplicate,
    /// A number of it makes no sense.
    Setting,
}

#[derive(Debug)]
pub(crate) enum Problem {
    Name,
    Duplicate,
    Setting(&'static str),
}

impl Error {
    pub(crate) fn new(name: &str, problem: Problem) -> Self {
        Self {
            name: name.to_owned(),
            problem,
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self.problem {
            Problem::Name => ErrorKind::Name,
            Problem::Duplicate => ErrorKind::Duplicate,
            Problem::Setting(_) => ErrorKind::Setting,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => {
                "names have 1 to 100 bytes without control characters, and are not \"status\", \"checks\" or \"release\""
            }
            Self::Duplicate => "the name is taken; unregister the other one first",
            Self::Setting(setting) => setting,
        })
    }
}
