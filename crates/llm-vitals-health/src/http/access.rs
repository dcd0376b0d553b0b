//! How much a caller may see.

/// How much a caller may see.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Access {
    /// The status of what was asked for, and nothing else.
    #[default]
    Status,
    /// Also the names of the checks and whether each works.
    Summary,
    /// Also causes, details, measurements and times.
    Details,
}
