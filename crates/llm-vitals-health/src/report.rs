//! What one run of a check found.

use crate::cause::Cause;
use crate::status::Status;

/// How much of a detail is kept.
const LONGEST_DETAIL: usize = 200;

/// What one run of a check found.
///
/// ```
/// use llm_vitals_health::{Cause, Report, Status};
///
/// let report = Report::degraded(Cause::Exhausted).with_measurement("utilization", 0.93, "ratio");
/// assert_eq!(report.status(), Status::Degraded);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    status: Status,
    cause: Option<Cause>,
    detail: Option<Box<str>>,
    measurement: Option<Measurement>,
}

/// A value that a check measured, such as the share of a disk that is in use.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// What was measured, such as `utilization`.
    pub name: &'static str,
    /// The value.
    pub value: f64,
    /// Its unit, such as `ratio`, `seconds` or `bytes`.
    pub unit: &'static str,
}

/// What a check may answer with.
///
/// Of an error only the fact is kept. To say more, answer with a [`Report`] or an [`Outcome`](crate::Outcome).
pub trait IntoReport {
    /// Makes a report of it.
    fn into_report(self) -> Report;
}

impl Report {
    /// It works.
    #[must_use]
    pub const fn up() -> Self {
        Self::found(Status::Up, None)
    }

    /// It works, and worse than it should.
    #[must_use]
    pub const fn degraded(cause: Cause) -> Self {
        Self::found(Status::Degraded, Some(cause))
    }

    /// It does not work.
    #[must_use]
    pub const fn down(cause: Cause) -> Self {
        Self::found(Status::Down, Some(cause))
    }

    /// The run found nothing out. Such a report is no evidence: the status before it stays until it is too old.
    #[must_use]
    pub const fn unknown() -> Self {
        Self::found(Status::Unknown, None)
    }

    /// Adds words for those who may see details, and for the log. Control characters are taken out, and what is longer than
    /// 200 bytes is cut. Write no secret into it, and no text of a driver's error.
    #[must_use]
    pub fn with_detail(mut self, detail: impl AsRef<str>) -> Self {
        self.detail = Some(clean(detail.as_ref()));
        self
    }

    /// Adds what was measured.
    #[must_use]
    pub const fn with_measurement(
        mut self,
        name: &'static str,
        value: f64,
        unit: &'static str,
    ) -> Self {
        self.measurement = Some(Measurement { name, value, unit });
        self
    }

    /// The status that was found.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// Why it is not up.
    #[must_use]
    pub const fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// The words of [`with_detail`](Self::with_detail).
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// What was measured.
    #[must_use]
    pub const fn measurement(&self) -> Option<Measurement> {
        self.measurement
    }

    pub(crate) const fn unknown_because(cause: Cause) -> Self {
        Self::found(Status::Unknown, Some(cause))
    }

    /// The platform does not tell.
    #[cfg(all(feature = "system", unix))]
    pub(crate) const fn unsupported() -> Self {
        Self::unknown_because(Cause::Unsupported)
    }

    /// Makes a status that is down degraded.
    pub(crate) fn capped(mut self) -> Self {
        if self.status == Status::Down {
            self.status = Status::Degraded;
        }
        self
    }

    pub(crate) fn into_detail(self) -> Option<Box<str>> {
        self.detail
    }

    pub(crate) const fn found(status: Status, cause: Option<Cause>) -> Self {
        Self {
            status,
            cause,
            detail: None,
            measurement: None,
        }
    }
}

impl IntoReport for Report {
    fn into_report(self) -> Report {
        self
    }
}

/// A check that came to its end found it up.
impl IntoReport for () {
    fn into_report(self) -> Report {
        Report::up()
    }
}

/// True is up, false is down.
impl IntoReport for bool {
    fn into_report(self) -> Report {
        if self {
            Report::up()
        } else {
            Report::down(Cause::Failed)
        }
    }
}

/// An error is down; its text is dropped.
impl<T: IntoReport, E> IntoReport for Result<T, E> {
    fn into_report(self) -> Report {
        match self {
            Ok(found) => found.into_report(),
            Err(_) => Report::down(Cause::Failed),
        }
    }
}

fn clean(text: &str) -> Box<str> {
    let mut cleaned = String::with_capacity(text.len().min(LONGEST_DETAIL));
    for character in text.chars() {
        if cleaned.len() + character.len_utf8() > LONGEST_DETAIL {
            break;
        }
        cleaned.push(if character.is_control() {
            ' '
        } else {
            character
        });
    }
    cleaned.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_down_and_its_text_is_gone() {
        let failed: Result<(), &str> = Err("password=hunter2");
        let report = failed.into_report();
        assert_eq!(report, Report::down(Cause::Failed));
        assert!(!format!("{report:?}").contains("hunter2"));
    }

    #[test]
    fn details_are_bounded_and_one_line() {
        let report = Report::up().with_detail(format!("a\r\nb\u{1b}[31m{}", "é".repeat(300)));
        let detail = report.detail().unwrap();
        assert!(detail.starts_with("a  b [31mé"), "{detail}");
        assert_eq!(detail.len(), 199);
    }
}
