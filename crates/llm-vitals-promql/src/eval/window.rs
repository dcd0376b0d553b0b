//! What range functions make of the samples of one series in a span of time.

use crate::dialect::Dialect;
use crate::syntax::RangeFunction;

mod changes;
mod kahan;
mod over_time;
mod quantile;
mod rate;
mod regression;
mod smoothing;

pub(super) use self::kahan::{Mean, Sum, Variance};
pub(super) use self::quantile::quantile;

/// The samples of a series in a span of time, at least one, without markers of ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    pub(super) times: &'a [i64],
    pub(super) values: &'a [f64],
    /// The span.
    pub(super) start: i64,
    pub(super) end: i64,
    /// The moment of the evaluation.
    pub(super) at: i64,
    pub(super) range_ms: i64,
    pub(super) dialect: Dialect,
    /// Whether it is known that no value is lower than the one before, as of a counter that never began anew.
    pub(super) never_falls: bool,
    /// The numbers among the function's arguments.
    pub(super) parameters: [f64; 2],
}

/// A function from a window to a value, or to [`ABSENT`](super::frame::ABSENT).
pub(super) type Kernel = fn(&Window<'_>) -> f64;

pub(super) fn kernel(function: RangeFunction) -> Kernel {
    match function {
        RangeFunction::Avg => over_time::avg,
        RangeFunction::Changes => changes::changes,
        RangeFunction::Count => over_time::count,
        RangeFunction::Delta => rate::delta,
        RangeFunction::Deriv => regression::deriv,
        RangeFunction::Idelta => rate::idelta,
        RangeFunction::Increase => rate::increase,
        RangeFunction::Irate => rate::irate,
        RangeFunction::Last => over_time::last,
        RangeFunction::Mad => quantile::mad,
        RangeFunction::Max => over_time::max,
        RangeFunction::Min => over_time::min,
        RangeFunction::PredictLinear => regression::predict_linear,
        RangeFunction::Present => over_time::present,
        RangeFunction::Quantile => quantile::quantile_over_time,
        RangeFunction::Rate => rate::rate,
        RangeFunction::Resets => changes::resets,
        RangeFunction::Smoothed => smoothing::smoothed,
        RangeFunction::Stddev => over_time::stddev,
        RangeFunction::Stdvar => over_time::stdvar,
        RangeFunction::Sum => over_time::sum,
    }
}

/// Milliseconds as seconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "spans of time are far below 2^53 ms"
)]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}
