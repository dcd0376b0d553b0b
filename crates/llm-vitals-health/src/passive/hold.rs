//! Why a target is held.

/// Why a target is held.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Hold {
    /// It failed too often: it is down.
    Failed,
    /// It asked for fewer requests: it is degraded.
    Throttled,
    /// It refuses the key or the account: it is degraded.
    Refused,
}

impl Hold {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Failed, Self::Throttled, Self::Refused];

    /// The reason in lower case, as labels have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
        }
    }
}
