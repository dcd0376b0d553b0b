//! From a measured value to a report.

use crate::cause::Cause;
use crate::report::Report;

/// From where on a value is degraded, and from where on it is down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) degraded: f64,
    /// None where no value is bad enough.
    pub(crate) down: Option<f64>,
}

impl Limits {
    pub(crate) fn report(&self, value: f64, name: &'static str, unit: &'static str) -> Report {
        let report = if self.down.is_some_and(|down| value >= down) {
            Report::down(Cause::Exhausted)
        } else if value >= self.degraded {
            Report::degraded(Cause::Exhausted)
        } else {
            Report::up()
        };
        report.with_measurement(name, value, unit)
    }
}
