//! What notifying remembers over a restart, in a file.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::delivery::SavedLane;
use super::dispatcher::DispatcherState;
use crate::error::{Error, ErrorKind, Problem};

/// What was told, the silences, and what waits to be sent. There are no secrets in it: receivers are there by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct NotifyState {
    version: u32,
    pub(crate) dispatcher: DispatcherState,
    pub(crate) lanes: Vec<SavedLane>,
}

/// The version of the format.
const VERSION: u32 = 1;

impl NotifyState {
    pub(crate) fn new(dispatcher: DispatcherState, lanes: Vec<SavedLane>) -> Self {
        Self {
            version: VERSION,
            dispatcher,
            lanes,
        }
    }

    /// Reads a state. A file that is not there is an empty one.
    pub(crate) fn load(path: &Path) -> Result<Self, Error> {
        let wrong =
            |message: String| Problem::new(ErrorKind::State, path.display().to_string(), message);
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(wrong(format!("cannot read the state: {error}")).into()),
        };
        let state: Self = serde_json::from_slice(&bytes).map_err(|error| {
            wrong(format!(
                "the state is damaged: {error}; remove the file to start without it"
            ))
        })?;
        match state.version {
            VERSION => Ok(state),
            other => {
                Err(wrong(format!("the state has version {other}, expected {VERSION}")).into())
            }
        }
    }

    /// Writes it as [`State::save`](crate::State::save) does: the old file or the new one, at any moment.
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        crate::state::replace(path, &serde_json::to_vec(self)?)
    }
}
