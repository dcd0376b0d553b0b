//! What is known of one check, as it is shown.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::cause::Cause;
use crate::group::{Criticality, Group};
use crate::report::Measurement;
use crate::status::Status;

/// What is known of one check.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq)]
pub struct CheckState {
    /// Its name.
    pub name: Arc<str>,
    /// Its status, damped by the thresholds.
    pub status: Status,
    /// Why it is not up.
    pub cause: Option<Cause>,
    /// What the last run said about it, for those who may see details.
    pub detail: Option<Box<str>>,
    /// What the last run measured.
    pub measurement: Option<Measurement>,
    /// What the last run found by itself.
    pub last_result: Option<Status>,
    /// Since when it has its status.
    pub since: SystemTime,
    /// When the last run ended.
    pub last_run: Option<SystemTime>,
    /// When a run last found it up.
    pub last_success: Option<SystemTime>,
    /// How long the last run took.
    pub last_duration: Duration,
    /// How many runs have ended.
    pub runs: u64,
    /// The set it belongs to.
    pub set: Option<Arc<str>>,
    /// Its tags.
    pub tags: Vec<(Arc<str>, Arc<str>)>,
    pub(crate) criticality: [Option<Criticality>; Group::ALL.len()],
}

impl CheckState {
    /// What its failure means for a group; `None` when it has no say in it.
    #[must_use]
    pub const fn criticality(&self, group: Group) -> Option<Criticality> {
        self.criticality[group.index()]
    }
}
