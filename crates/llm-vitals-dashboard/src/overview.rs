//! `/api/dashboard`: what only the application knows.

use serde::Serialize;

use crate::application::Application;
use crate::checks::CheckRow;
use crate::history::HistoryEntry;
use crate::receivers::ReceiverRow;
use crate::recent_errors::RecentError;
use crate::spend::SpendReport;
use crate::time;

/// What the dashboard was told when it was made.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) version: String,
    pub(crate) started_at: i64,
    pub(crate) sample_interval: Option<f64>,
    pub(crate) can_write: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Overview<'a> {
    version: &'a str,
    #[serde(serialize_with = "time::serialize_some")]
    now: i64,
    #[serde(serialize_with = "time::serialize_some")]
    started_at: i64,
    sample_interval_seconds: Option<f64>,
    retention_seconds: f64,
    can_write: bool,
    checks: Option<Vec<CheckRow>>,
    errors: Option<Vec<RecentError>>,
    receivers: Option<Vec<ReceiverRow>>,
    history: Option<Vec<HistoryEntry>>,
    spend: Option<SpendReport>,
}

/// Rows of each list that are shown.
const MOST: usize = 1_000;

impl<'a> Overview<'a> {
    pub(crate) fn of(
        about: &'a About,
        application: &dyn Application,
        retention_seconds: f64,
        now_ms: i64,
    ) -> Self {
        Self {
            version: &about.version,
            now: now_ms,
            started_at: about.started_at,
            sample_interval_seconds: about.sample_interval,
            retention_seconds,
            can_write: about.can_write,
            checks: cut(application.checks()),
            errors: cut(application.errors()),
            receivers: cut(application.receivers()),
            history: cut(application.history()),
            spend: application.spend(),
        }
    }
}

fn cut<T>(rows: Option<Vec<T>>) -> Option<Vec<T>> {
    rows.map(|mut rows| {
        rows.truncate(MOST);
        rows
    })
}
