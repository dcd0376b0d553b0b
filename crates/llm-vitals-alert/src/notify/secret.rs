//! Keys, passwords and secret URLs that no log, error or `Debug` shows.

use std::fmt;
use std::path::{Path, PathBuf};

/// A secret. `Debug` shows none of it, and it has no `Display` and no `Serialize`.
///
/// ```
/// use llm_vitals_alert::notify::Secret;
///
/// let key = Secret::new("https://hooks.example/T0/B0/secret");
/// assert_eq!(format!("{key:?}"), "Secret(***)");
/// assert_eq!(key.expose(), "https://hooks.example/T0/B0/secret");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    /// The file that it was read from.
    file: Option<PathBuf>,
}

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            file: None,
        }
    }

    /// A secret that stands in a file of its own.
    pub(crate) fn of_file(text: impl Into<String>, file: PathBuf) -> Self {
        Self {
            text: text.into(),
            file: Some(file),
        }
    }

    /// The secret itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The file that it was read from.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}
