//! The dashboard over this process' samples, and what only the gateway knows.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use llm_vitals_alert::notify::{LaneState, ReceiverStatus};
use llm_vitals_alert::now_ms;
use llm_vitals_dashboard::{
    Application, CheckRow, CheckState, Dashboard, HistoryEntry, ReceiverRow, ReceiverState,
    RecentError, RecentErrors, SpendReport,
};
use llm_vitals_health::{self as health, Health, Status};

use crate::alerts::Alerts;

/// What is shown beside the samples.
struct Shown {
    health: Health,
    errors: RecentErrors,
    alerts: Alerts,
}

/// Shows what there is. Nothing is let in or kept out here.
pub(crate) fn build(
    alerts: &Alerts,
    health: Health,
    errors: RecentErrors,
    sample_interval: Duration,
) -> Dashboard {
    alerts
        .dashboard()
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_started_at(now_ms())
        .with_sample_interval(sample_interval)
        .with_write_access()
        .with_clock(now_ms)
        .with_application(Shown {
            health,
            errors,
            alerts: alerts.clone(),
        })
}

impl Application for Shown {
    fn checks(&self) -> Option<Vec<CheckRow>> {
        Some(self.health.checks().iter().map(check).collect())
    }

    fn errors(&self) -> Option<Vec<RecentError>> {
        Some(self.errors.recent())
    }

    fn receivers(&self) -> Option<Vec<ReceiverRow>> {
        let receivers = self.alerts.notify().notifications().receivers();
        Some(receivers.into_iter().map(receiver).collect())
    }

    fn history(&self) -> Option<Vec<HistoryEntry>> {
        Some(self.alerts.history())
    }

    fn spend(&self) -> Option<SpendReport> {
        Some(self.alerts.spend())
    }
}

fn receiver(status: ReceiverStatus) -> ReceiverRow {
    let state = match status.state {
        LaneState::Working if status.last_success.is_some() => ReceiverState::Ok,
        LaneState::Retrying => ReceiverState::Retrying,
        LaneState::Failing => ReceiverState::Failing,
        _ => ReceiverState::Unused,
    };
    let row = ReceiverRow::new(status.receiver, status.integration, state)
        .with_queued(status.queued as u64)
        .with_counts(status.sent, status.failed);
    let row = match status.last_success {
        Some(at) => row.with_last_success(at),
        None => row,
    };
    match status.last_error {
        Some(error) => row.with_last_error(&error),
        None => row,
    }
}

/// Without the details of drivers: the cause is a word of ours.
fn check(check: &health::CheckState) -> CheckRow {
    let state = match check.status {
        Status::Up => CheckState::Up,
        Status::Degraded => CheckState::Degraded,
        Status::Down => CheckState::Down,
        Status::Unknown => CheckState::Unknown,
    };
    let mut row = CheckRow::new(&*check.name, state).with_since(millis(check.since));
    if let Some(at) = check.last_run {
        row = row.with_last_run(millis(at), check.last_duration);
    }
    if let Some(cause) = check.cause {
        row = row.with_message(cause.as_str());
    }
    if let Some(set) = &check.set {
        row = row.with_group(&**set);
    }
    check
        .tags
        .iter()
        .fold(row, |row, (name, value)| row.with_tag(&**name, &**value))
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
