//! Which questions a check has a say in.

use crate::status::Status;

/// A question that is answered from several checks.
///
/// Liveness is none of them: a check cannot have a say in it. What is not up elsewhere does not get better when this process
/// is restarted. See [`HealthBuilder::with_liveness_flag`](crate::HealthBuilder::with_liveness_flag).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Group {
    /// How is the service as a whole? `/health`. Every check has a say in it.
    Overall,
    /// May requests be sent to this process? `/health/ready`.
    Ready,
    /// Has this process started? `/health/startup`. Once it has, that stays so.
    Startup,
}

/// What the failure of a check means for a group.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Criticality {
    /// Nothing: it is shown, and that is all.
    Informational,
    /// The group is degraded.
    Degrading,
    /// The group is down. While the check is unknown, so is the group.
    Critical,
}

/// How a group's status becomes a yes or no, which is the HTTP status 200 or 503.
#[derive(Clone, Copy, Debug)]
pub struct GroupPolicy {
    empty: Status,
    unknown_passes: bool,
    degraded_passes: bool,
}

impl Group {
    /// All groups.
    pub const ALL: [Self; 3] = [Self::Overall, Self::Ready, Self::Startup];

    /// The group in lower case, as labels have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overall => "overall",
            Self::Ready => "ready",
            Self::Startup => "startup",
        }
    }

    pub(crate) const fn index(self) -> usize {
        match self {
            Self::Overall => 0,
            Self::Ready => 1,
            Self::Startup => 2,
        }
    }
}

impl GroupPolicy {
    /// Degraded passes, unknown does not, and a group without checks is up.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            empty: Status::Up,
            unknown_passes: false,
            degraded_passes: true,
        }
    }

    /// Sets the status of a group in which no check has a say.
    #[must_use]
    pub const fn with_empty(mut self, status: Status) -> Self {
        self.empty = status;
        self
    }

    /// Sets whether an unknown group passes.
    #[must_use]
    pub const fn with_unknown_passing(mut self, passes: bool) -> Self {
        self.unknown_passes = passes;
        self
    }

    /// Sets whether a degraded group passes.
    #[must_use]
    pub const fn with_degraded_passing(mut self, passes: bool) -> Self {
        self.degraded_passes = passes;
        self
    }

    pub(crate) const fn empty(&self) -> Status {
        self.empty
    }

    pub(crate) const fn passes(&self, status: Status) -> bool {
        match status {
            Status::Up => true,
            Status::Degraded => self.degraded_passes,
            Status::Unknown => self.unknown_passes,
            Status::Down => false,
        }
    }
}

impl Default for GroupPolicy {
    fn default() -> Self {
        Self::new()
    }
}
