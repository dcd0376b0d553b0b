//! The four statuses.

/// How well something works.
///
/// ```
/// use llm_vitals_health::Status;
///
/// assert!(Status::Degraded.is_serving());
/// assert!(!Status::Unknown.is_serving());
/// ```
#[expect(
    clippy::exhaustive_enums,
    reason = "the four are what dashboards and alerts are written against"
)]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Status {
    /// It works.
    Up,
    /// It works, and worse than it should.
    Degraded,
    /// It does not work.
    Down,
    /// Nothing was found out yet, or what was found out is too old.
    Unknown,
}

impl Status {
    /// All four, in the order in which they are exported.
    pub const ALL: [Self; 4] = [Self::Up, Self::Degraded, Self::Down, Self::Unknown];

    /// The status in lower case, as labels have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }

    /// Whether requests can still be served: up or degraded.
    #[must_use]
    pub const fn is_serving(self) -> bool {
        matches!(self, Self::Up | Self::Degraded)
    }

    /// The worse of two. Known to be down is worse than unknown, and unknown is worse than degraded.
    #[must_use]
    pub const fn worse(self, other: Self) -> Self {
        if self.severity() >= other.severity() {
            self
        } else {
            other
        }
    }

    const fn severity(self) -> u8 {
        match self {
            Self::Up => 0,
            Self::Degraded => 1,
            Self::Unknown => 2,
            Self::Down => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Status::{Degraded, Down, Unknown, Up};

    #[test]
    fn the_worst_is_down_then_unknown_then_degraded() {
        assert_eq!(Up.worse(Degraded), Degraded);
        assert_eq!(Degraded.worse(Unknown), Unknown);
        assert_eq!(Down.worse(Unknown), Down);
        assert_eq!(Unknown.worse(Up), Unknown);
    }
}
