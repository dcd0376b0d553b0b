//! The state of the alerts, in a file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Problem};

/// What an evaluator knows of its alerts, to be taken up after a restart.
///
/// It is a small JSON file. See [`Evaluator::state`](crate::Evaluator::state) and [`Evaluator::restore`](crate::Evaluator::restore).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub(crate) version: u32,
    pub(crate) alerts: Vec<SavedAlert>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedAlert {
    pub(crate) file: String,
    pub(crate) group: String,
    pub(crate) rule: String,
    pub(crate) rule_labels: Vec<(String, String)>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) source: BTreeMap<String, String>,
    pub(crate) annotations: Vec<(String, String)>,
    pub(crate) state: SavedState,
    /// The bits of the value: JSON has no word for what is not a number.
    pub(crate) value: u64,
    pub(crate) active_at: i64,
    pub(crate) fired_at: Option<i64>,
    pub(crate) resolved_at: Option<i64>,
    pub(crate) keep_firing_since: Option<i64>,
    /// When its rule was evaluated last.
    pub(crate) evaluated_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SavedState {
    Pending,
    Firing,
    Resolved,
}

/// The version of the format.
pub(crate) const VERSION: u32 = 1;

impl State {
    /// Reads a state. A file that is not there is an empty one.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(path, &format!("cannot read the state: {error}"))),
        };
        let state: Self = serde_json::from_slice(&bytes).map_err(|error| {
            wrong(
                path,
                &format!("the state is damaged: {error}; remove the file to start without it"),
            )
        })?;
        if state.version != VERSION {
            let message = format!(
                "the state has version {}, expected {VERSION}",
                state.version
            );
            return Err(wrong(path, &message));
        }
        Ok(state)
    }

    /// Writes the state so that the file is the old one or the new one at any moment, also after a crash or with a full disk.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let done = serde_json::to_vec(self).map_err(io::Error::from);
        done.and_then(|bytes| replace(path, &bytes))
            .map_err(|error| wrong(path, &format!("cannot save the state: {error}")))
    }

    /// How many alerts there are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.alerts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.alerts.is_empty()
    }
}

/// Makes this the content of a file, which is the old one or the new one at any moment, also after a crash or with a full disk.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = PathBuf::from(path).into_os_string();
    temporary.push(".new");
    let temporary = PathBuf::from(temporary);
    let done = write(&temporary, bytes).and_then(|()| {
        fs::rename(&temporary, path)?;
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        // Without this the new name may be lost with the power.
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    });
    if done.is_err() {
        // What could not be written to its end is of no use, and takes room.
        let _ = fs::remove_file(&temporary);
    }
    done
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn wrong(path: &Path, message: &str) -> Error {
    Problem::new(ErrorKind::State, path.display().to_string(), message).into()
}
