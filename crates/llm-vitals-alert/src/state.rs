//! The state of the alerts, in a file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
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
        match read(path)? {
            Some(bytes) => parse(path, &bytes, VERSION),
            None => Ok(Self::default()),
        }
    }

    /// Puts a file out of the way that is damaged or of another version, so that an application can start without it: it is renamed to
    /// `<file>.damaged`, in place of an older one of that name.
    ///
    /// Gives what is wrong with the file, to be logged; `None` where nothing is. An error if it can be neither read nor renamed.
    pub fn set_aside_damaged(path: &Path) -> Result<Option<Error>, Error> {
        set_aside_damaged(path, |bytes| parse::<Self>(path, bytes, VERSION).map(drop))
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

    /// By how much the last evaluation lies in the future, in milliseconds.
    pub(crate) fn ahead_of(&self, now_ms: i64) -> i64 {
        let evaluated = self.alerts.iter().map(|alert| alert.evaluated_at);
        let last = evaluated.max().unwrap_or(now_ms);
        last.saturating_sub(now_ms).max(0)
    }
}

impl SavedAlert {
    /// The same with all times so much earlier.
    pub(crate) fn moved_back(&self, by_ms: i64) -> Self {
        let back = |time: i64| time.saturating_sub(by_ms);
        Self {
            active_at: back(self.active_at),
            fired_at: self.fired_at.map(back),
            resolved_at: self.resolved_at.map(back),
            keep_firing_since: self.keep_firing_since.map(back),
            evaluated_at: back(self.evaluated_at),
            ..self.clone()
        }
    }
}

/// The content of a state's file; `None` without a file.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(path, &format!("cannot read the state: {error}"))),
    }
}

/// Reads the version and then, if it is this one, the rest.
pub(crate) fn parse<S: DeserializeOwned>(
    path: &Path,
    bytes: &[u8],
    version: u32,
) -> Result<S, Error> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u64,
    }
    let damaged = |error: serde_json::Error| {
        let message = format!("the state is damaged: {error}; remove the file to start without it");
        wrong(path, &message)
    };
    let found: Versioned = serde_json::from_slice(bytes).map_err(damaged)?;
    if found.version != u64::from(version) {
        let found = found.version;
        let message = format!("the state has version {found}, expected {version}");
        return Err(wrong(path, &message));
    }
    serde_json::from_slice(bytes).map_err(damaged)
}

/// Renames a file that `check` does not take. Gives what is wrong with it.
pub(crate) fn set_aside_damaged(
    path: &Path,
    check: impl FnOnce(&[u8]) -> Result<(), Error>,
) -> Result<Option<Error>, Error> {
    let Some(bytes) = read(path)? else {
        return Ok(None);
    };
    let Err(error) = check(&bytes) else {
        return Ok(None);
    };
    let mut aside = PathBuf::from(path).into_os_string();
    aside.push(".damaged");
    match fs::rename(path, &aside) {
        Ok(()) => Ok(Some(error)),
        Err(rename) => {
            let message = format!("cannot rename the state, which cannot be used: {rename}");
            Err(wrong(path, &message))
        }
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
