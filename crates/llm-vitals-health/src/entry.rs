//! What is known of one check. Pure: results and `now` in, a change out.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::billed::Spend;
use crate::cause::Cause;
use crate::check::Settings;
use crate::hysteresis::Hysteresis;
use crate::report::{Measurement, Report};
use crate::state::CheckState;
use crate::status::Status;

/// A moment on both clocks: one that only goes forward, and the one on the wall.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Instant,
    pub(crate) wall: SystemTime,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: Arc<str>,
    pub(crate) settings: Settings,
    pub(crate) spend: Option<Spend>,
    max_age: Duration,
    hysteresis: Hysteresis,
    since: SystemTime,
    found: Option<Status>,
    cause: Option<Cause>,
    detail: Option<Box<str>>,
    measurement: Option<Measurement>,
    last_run: Option<SystemTime>,
    last_success: Option<SystemTime>,
    duration: Duration,
    pub(crate) runs: u64,
    /// When what is known is too old.
    expires: Option<Instant>,
    pub(crate) transitions: [u64; Status::ALL.len()],
}

impl Entry {
    pub(crate) fn new(
        name: Arc<str>,
        settings: Settings,
        usual_age: Duration,
        spend: Option<Spend>,
        wall: SystemTime,
    ) -> Self {
        Self {
            name,
            max_age: settings.max_age.unwrap_or(usual_age),
            settings,
            spend,
            hysteresis: Hysteresis::new(),
            since: wall,
            found: None,
            cause: None,
            detail: None,
            measurement: None,
            last_run: None,
            last_success: None,
            duration: Duration::ZERO,
            runs: 0,
            expires: None,
            transitions: [0; Status::ALL.len()],
        }
    }

    pub(crate) fn status(&self) -> Status {
        self.hysteresis.status()
    }

    /// Why it is not up.
    pub(crate) fn cause(&self) -> Option<Cause> {
        self.cause.filter(|_| self.status() != Status::Up)
    }

    pub(crate) const fn expires(&self) -> Option<Instant> {
        self.expires
    }

    /// Counts a run. Returns the status before it, if it changed.
    pub(crate) fn record(
        &mut self,
        report: Report,
        duration: Duration,
        at: Moment,
    ) -> Option<Status> {
        let report = if self.settings.is_capped {
            report.capped()
        } else {
            report
        };
        self.runs += 1;
        self.duration = duration;
        self.last_run = Some(at.wall);
        let found = report.status();
        self.found = Some(found);
        if found == Status::Unknown {
            // No evidence: what was known stays, and gets no younger.
            if self.status() == Status::Unknown {
                self.cause = report.cause();
            }
            return None;
        }
        if found == Status::Up {
            self.last_success = Some(at.wall);
        } else {
            self.cause = report.cause();
        }
        self.measurement = report.measurement();
        self.detail = report.into_detail();
        self.expires = Some(at.now + self.max_age);
        let before = self.status();
        self.hysteresis
            .record(found, &self.settings.thresholds, at.now);
        self.change(before, at)
    }

    /// Forgets what is too old. Returns the status before that, if it changed.
    pub(crate) fn expire(&mut self, at: Moment) -> Option<Status> {
        self.expires.filter(|expires| at.now >= *expires)?;
        let before = self.status();
        self.expires = None;
        self.hysteresis.reset();
        self.cause = Some(Cause::Stale);
        self.detail = None;
        self.measurement = None;
        self.change(before, at)
    }

    pub(crate) fn state(&self) -> CheckState {
        CheckState {
            name: Arc::clone(&self.name),
            status: self.status(),
            cause: self.cause(),
            detail: self.detail.clone(),
            measurement: self.measurement,
            last_result: self.found,
            since: self.since,
            last_run: self.last_run,
            last_success: self.last_success,
            last_duration: self.duration,
            runs: self.runs,
            set: self.settings.set.clone(),
            tags: self.settings.tags.clone(),
            criticality: self.settings.criticality,
        }
    }

    fn change(&mut self, before: Status, at: Moment) -> Option<Status> {
        let status = self.status();
        if status == before {
            return None;
        }
        self.since = at.wall;
        self.transitions[status as usize] += 1;
        Some(before)
    }
}
