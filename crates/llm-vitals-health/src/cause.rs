//! Why something is not up, in words that are safe to show.

/// Why something is not up.
///
/// These are the only words about a failure that this crate finds by itself; the text of a driver's error or of a panic is
/// never kept, because it may hold addresses, names and secrets.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Cause {
    /// The credentials were refused.
    Auth,
    /// The answer was not what the protocol says.
    BadAnswer,
    /// A check that costs money has used up its budget.
    Budget,
    /// No connection came about.
    Connect,
    /// Anything else.
    Failed,
    /// A resource of this machine or process is nearly used up.
    Exhausted,
    /// It answered that it is overloaded.
    Overloaded,
    /// The check panicked.
    Panicked,
    /// The account has no quota or credit left.
    Quota,
    /// It asks for fewer requests.
    RateLimited,
    /// It answered with an error of its own.
    Server,
    /// The last result is older than its limit.
    Stale,
    /// An answer began and broke off.
    StreamInterrupted,
    /// It took longer than its deadline.
    Timeout,
    /// This platform does not tell.
    Unsupported,
}

impl Cause {
    /// The cause in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::BadAnswer => "bad_answer",
            Self::Budget => "budget",
            Self::Connect => "connect",
            Self::Failed => "failed",
            Self::Exhausted => "exhausted",
            Self::Overloaded => "overloaded",
            Self::Panicked => "panicked",
            Self::Quota => "quota",
            Self::RateLimited => "rate_limited",
            Self::Server => "server",
            Self::Stale => "stale",
            Self::StreamInterrupted => "stream_interrupted",
            Self::Timeout => "timeout",
            Self::Unsupported => "unsupported",
        }
    }
}
