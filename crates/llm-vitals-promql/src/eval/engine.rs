//! Instant and range queries.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::ast::{NodeKind, ValueType};
use crate::error::{Error, ErrorKind};
use crate::expr::Expr;
use crate::labels::Labels;
use crate::store::Store;
use crate::value::{Sample, Series, Value};

use super::context::{Context, Evaluated, Source};
use super::frame::{Frame, is_present};
use super::grid::Grid;

/// Evaluates expressions over a store, within limits.
///
/// A clone is cheap. The engine has no clock: what ends an evaluation that takes too long is
/// [`with_interrupt`](Self::with_interrupt).
#[derive(Clone)]
pub struct Engine {
    lookback_ms: i64,
    subquery_step_ms: i64,
    max_samples: u64,
    max_series: usize,
    interrupt: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            lookback_ms: 300_000,
            subquery_step_ms: 60_000,
            max_samples: 50_000_000,
            max_series: 1_000_000,
            interrupt: None,
        }
    }
}

impl Engine {
    /// An engine with the defaults of Prometheus.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How long a sample stands for its series; 5 minutes by default.
    #[must_use]
    pub fn with_lookback(mut self, lookback: Duration) -> Self {
        self.lookback_ms = milliseconds(lookback);
        self
    }

    /// The step of a subquery that says none, `[1h:]`; 1 minute by default. Prometheus takes its global evaluation interval.
    #[must_use]
    pub fn with_subquery_step(mut self, step: Duration) -> Self {
        self.subquery_step_ms = milliseconds(step).max(1);
        self
    }

    /// How many samples an evaluation may read and make altogether; 50 million by default.
    #[must_use]
    pub fn with_max_samples(mut self, samples: u64) -> Self {
        self.max_samples = samples;
        self
    }

    /// How many series one selector may find; 1 million by default.
    #[must_use]
    pub fn with_max_series(mut self, series: usize) -> Self {
        self.max_series = series;
        self
    }

    /// Asked now and then, about every 8,000 samples, whether to stop. An evaluation that stops gives an error of kind
    /// [`ErrorKind::Interrupted`].
    #[must_use]
    pub fn with_interrupt(mut self, interrupt: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.interrupt = Some(Arc::new(interrupt));
        self
    }

    /// Evaluates an expression at one moment, in milliseconds since 1970.
    ///
    /// Gives a matrix for a range selector such as `x[5m]`, which then has its samples as they are, and else what
    /// [`Expr::value_type`] says.
    pub fn eval_instant(&self, store: &Store, expr: &Expr, at_ms: i64) -> Result<Value, Error> {
        self.instant(Source::Store(store), expr, at_ms)
    }

    pub(crate) fn instant(
        &self,
        source: Source<'_>,
        expr: &Expr,
        at_ms: i64,
    ) -> Result<Value, Error> {
        check_time(at_ms)?;
        let grid = Grid::instant(at_ms);
        let context = Context::new(source, self, expr.dialect(), grid);
        let value = || match expr.root().without_parens().kind() {
            NodeKind::Range(range) => context.raw_range(range, at_ms).map(Value::Matrix),
            NodeKind::Subquery(subquery) => context.raw_subquery(subquery, grid).map(Value::Matrix),
            _ => context.eval(expr.root(), grid).map(instant_value),
        };
        value().map_err(|error| error.at(expr.root().range()).located(expr.text()))
    }

    /// Evaluates an expression at each moment from `start_ms` to `end_ms`, both included, `step_ms` apart.
    ///
    /// Gives a matrix. An error if the expression is a text or a range, or the step is not positive.
    pub fn eval_range(
        &self,
        store: &Store,
        expr: &Expr,
        start_ms: i64,
        end_ms: i64,
        step_ms: i64,
    ) -> Result<Value, Error> {
        self.range(Source::Store(store), expr, start_ms, end_ms, step_ms)
    }

    pub(crate) fn range(
        &self,
        source: Source<'_>,
        expr: &Expr,
        start_ms: i64,
        end_ms: i64,
        step_ms: i64,
    ) -> Result<Value, Error> {
        check_time(start_ms)?;
        check_time(end_ms)?;
        if step_ms <= 0 {
            return Err(Error::new(
                ErrorKind::Argument,
                "the step must be greater than 0",
            ));
        }
        if !matches!(expr.value_type(), ValueType::Scalar | ValueType::Vector) {
            let message = format!(
                "a range query needs a scalar or an instant vector, and this is a {}",
                expr.value_type()
            );
            return Err(Error::typed(expr.root().range(), message).located(expr.text()));
        }
        let grid = Grid::range(start_ms, end_ms, step_ms);
        let context = Context::new(source, self, expr.dialect(), grid);
        let value = || {
            context.charge(grid.count)?;
            context.eval(expr.root(), grid)
        };
        let value = value().map_err(|error| error.at(expr.root().range()).located(expr.text()))?;
        Ok(Value::Matrix(match value {
            Evaluated::Vector(frame) => series_of(&frame, grid),
            Evaluated::Scalar(numbers) if grid.count > 0 => {
                let points = (0..grid.count).map(|step| (grid.time(step), numbers.at(step)));
                vec![Series::new(Labels::empty(), points.collect())]
            }
            Evaluated::Scalar(_) | Evaluated::Text(_) => Vec::new(),
        }))
    }

    pub(super) fn lookback_ms(&self) -> i64 {
        self.lookback_ms
    }

    pub(super) fn subquery_step_ms(&self) -> i64 {
        self.subquery_step_ms
    }

    pub(super) fn max_samples(&self) -> u64 {
        self.max_samples
    }

    pub(super) fn max_series(&self) -> usize {
        self.max_series
    }

    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupt.as_ref().is_some_and(|interrupt| interrupt())
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("lookback_ms", &self.lookback_ms)
            .field("subquery_step_ms", &self.subquery_step_ms)
            .field("max_samples", &self.max_samples)
            .field("max_series", &self.max_series)
            .finish_non_exhaustive()
    }
}

/// The series of a frame with their values, sorted by labels.
pub(super) fn series_of(frame: &Frame, grid: Grid) -> Vec<Series> {
    let points = |row: &[f64]| {
        let present = grid
            .times()
            .zip(row.iter().copied())
            .filter(|(_, value)| is_present(*value));
        present.collect::<Vec<_>>()
    };
    let rows = frame
        .rows()
        .map(|(labels, row)| Series::new(labels.clone(), points(row)));
    let mut series: Vec<Series> = rows.filter(|series| !series.points().is_empty()).collect();
    series.sort_by(|a, b| a.labels().cmp(b.labels()));
    series
}

fn instant_value(value: Evaluated) -> Value {
    match value {
        Evaluated::Scalar(numbers) => Value::Scalar(numbers.at(0)),
        Evaluated::Text(text) => Value::String(text),
        Evaluated::Vector(frame) => {
            let rows = frame.rows().filter(|(_, row)| is_present(row[0]));
            Value::Vector(
                rows.map(|(labels, row)| Sample::new(labels.clone(), row[0]))
                    .collect(),
            )
        }
    }
}

/// Far from where sums of times could overflow.
fn check_time(time: i64) -> Result<(), Error> {
    if time.unsigned_abs() > i64::MAX.unsigned_abs() / 1024 {
        return Err(Error::new(
            ErrorKind::Argument,
            format!("no time: {time} ms since 1970"),
        ));
    }
    Ok(())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis())
        .unwrap_or(i64::MAX)
        .min(i64::MAX / 1024)
}
