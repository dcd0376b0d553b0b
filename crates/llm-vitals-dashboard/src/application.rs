//! What only the application knows.

use crate::checks::CheckRow;
use crate::history::HistoryEntry;
use crate::receivers::ReceiverRow;
use crate::recent_errors::RecentError;
use crate::spend::SpendReport;

/// Hands in what only the application knows. Each is `None` unless told otherwise, and then `null` in the answer.
///
/// Called for each `/api/dashboard` on a thread for blocking work, so a lock may be waited for.
pub trait Application: Send + Sync {
    /// Health checks.
    fn checks(&self) -> Option<Vec<CheckRow>> {
        None
    }

    /// Calls that failed lately, newest first; [`RecentErrors`](crate::RecentErrors) keeps them.
    fn errors(&self) -> Option<Vec<RecentError>> {
        None
    }

    /// Those whom alerts are sent to.
    fn receivers(&self) -> Option<Vec<ReceiverRow>> {
        None
    }

    /// What happened to alerts lately, newest first; [`History`](crate::History) keeps it.
    fn history(&self) -> Option<Vec<HistoryEntry>> {
        None
    }

    /// What was spent; [`Spend`](crate::Spend) counts it.
    fn spend(&self) -> Option<SpendReport> {
        None
    }
}

/// Of which nothing more is known than its samples.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Nothing;

impl Application for Nothing {}
