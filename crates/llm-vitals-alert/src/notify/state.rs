//! What notifying remembers over a restart, in a file.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::delivery::SavedLane;
use super::dispatcher::DispatcherState;
use super::notifications::SavedAlarm;
use crate::error::Error;
use crate::state;

/// What was told, the silences, what waits to be sent, and which receivers fail. There are no secrets in it: receivers are there by name.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct NotifyState {
    version: u32,
    pub(crate) dispatcher: DispatcherState,
    pub(crate) lanes: Vec<SavedLane>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) alarms: Vec<SavedAlarm>,
}

/// The version of the format.
const VERSION: u32 = 1;

impl NotifyState {
    pub(crate) fn new(
        dispatcher: DispatcherState,
        lanes: Vec<SavedLane>,
        alarms: Vec<SavedAlarm>,
    ) -> Self {
        Self {
            version: VERSION,
            dispatcher,
            lanes,
            alarms,
        }
    }

    /// Reads a state. A file that is not there is an empty one.
    pub(crate) fn load(path: &Path) -> Result<Self, Error> {
        match state::read(path)? {
            Some(bytes) => state::parse(path, &bytes, VERSION),
            None => Ok(Self::default()),
        }
    }

    /// Renames a file that is damaged or of another version. Gives what is wrong with it.
    pub(crate) fn set_aside_damaged(path: &Path) -> Result<Option<Error>, Error> {
        state::set_aside_damaged(path, |bytes| {
            state::parse::<Self>(path, bytes, VERSION).map(drop)
        })
    }

    /// Writes it as [`State::save`](crate::State::save) does: the old file or the new one, at any moment.
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        state::replace(path, &serde_json::to_vec(self)?)
    }
}
