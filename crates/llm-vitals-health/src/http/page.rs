//! What is asked for, and what there is to say about it.

use std::time::Duration;

use crate::group::Group;
use crate::health::Health;
use crate::http::access::Access;
use crate::state::CheckState;
use crate::status::Status;

/// What is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Question {
    Live,
    Group(Group),
}

/// What there is to say about it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) question: Question,
    pub(crate) status: Status,
    pub(crate) passes: bool,
    pub(crate) is_draining: bool,
    /// The checks that have a say in it, for those who may know of them.
    pub(crate) checks: Vec<CheckState>,
    pub(crate) has_details: bool,
    pub(crate) release: Option<String>,
    pub(crate) live: Option<LiveDetails>,
}

/// What liveness depends on.
#[derive(Debug)]
pub(crate) struct LiveDetails {
    pub(crate) heartbeat_age: Duration,
    pub(crate) flags: Vec<(String, bool)>,
}

impl Question {
    /// From the last part of a path, so that it does not matter what the service is nested in.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        match path.rsplit('/').next().unwrap_or_default() {
            "" | "health" => Some(Self::Group(Group::Overall)),
            "live" => Some(Self::Live),
            "ready" => Some(Self::Group(Group::Ready)),
            "startup" => Some(Self::Group(Group::Startup)),
            _ => None,
        }
    }
}

impl Page {
    pub(crate) fn of(health: &Health, question: Question, access: Access) -> Self {
        match question {
            Question::Live => Self::live(health, access),
            Question::Group(group) => Self::group(health, group, access),
        }
    }

    fn live(health: &Health, access: Access) -> Self {
        let is_live = health.is_live();
        let details = || LiveDetails {
            heartbeat_age: health.heartbeat_age(),
            flags: (health.live().flags.iter())
                .map(|(name, flag)| (name.to_string(), flag.is_good()))
                .collect(),
        };
        Self {
            question: Question::Live,
            status: if is_live { Status::Up } else { Status::Down },
            passes: is_live,
            is_draining: false,
            checks: Vec::new(),
            has_details: access >= Access::Details,
            release: None,
            live: (access >= Access::Details).then(details),
        }
    }

    fn group(health: &Health, group: Group, access: Access) -> Self {
        let overview = health.shared().overview();
        let mut checks = Vec::new();
        if access >= Access::Summary {
            checks = health.checks();
            checks.retain(|check| check.criticality(group).is_some());
        }
        let has_details = access >= Access::Details;
        let status = overview.groups[group.index()];
        Self {
            question: Question::Group(group),
            status,
            passes: overview.passes[group.index()],
            // Whoever stays ready while draining has nothing to say about it.
            is_draining: group == Group::Ready && status == Status::Down && health.is_draining(),
            checks,
            has_details,
            release: health
                .shared()
                .release
                .as_deref()
                .filter(|_| has_details)
                .map(str::to_owned),
            live: None,
        }
    }
}
