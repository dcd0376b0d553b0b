//! The values of series at moments.

use crate::ast::{RangeSelector, Selector};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::store::{Samples, Series, is_stale};
use crate::value;

use super::context::Context;
use super::frame::{ABSENT, Frame};
use super::grid::Grid;

impl Context<'_> {
    pub(super) fn selector(&self, selector: &Selector, grid: Grid) -> Result<Frame, Error> {
        self.look_up(selector, grid, |_, value| value)
    }

    /// When the samples are of that the selector finds, in seconds.
    pub(super) fn timestamps(&self, selector: &Selector, grid: Grid) -> Result<Frame, Error> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "exact in all years that have a calendar"
        )]
        let frame = self.look_up(selector, grid, |time, _| time as f64 / 1000.0)?;
        frame.drop_names()
    }

    /// The series that a selector finds.
    pub(super) fn find(&self, selector: &Selector) -> Result<Vec<&Series>, Error> {
        self.check()?;
        let found = self.source.select(&selector.matchers);
        let limit = self.engine.max_series();
        if found.len() > limit {
            let message = format!(
                "the selector finds {} series; the limit is {limit}",
                found.len()
            );
            return Err(Error::new(ErrorKind::Limit, message));
        }
        Ok(found)
    }

    /// The samples of a range selector as they are.
    pub(super) fn raw_range(
        &self,
        range: &RangeSelector,
        at: i64,
    ) -> Result<Vec<value::Series>, Error> {
        let end = self.look_at(&range.selector.modifiers, at);
        let start = self.first_of(end, range.range_ms);
        let mut found = Vec::new();
        for series in self.find(&range.selector)? {
            let mut samples = Samples::default();
            series.read(start, end, &mut samples);
            samples.drop_stale();
            self.charge(samples.len())?;
            if samples.len() > 0 {
                found.push(value::Series::new(
                    series.labels().clone(),
                    samples.iter().collect(),
                ));
            }
        }
        found.sort_by(|a, b| a.labels().cmp(b.labels()));
        Ok(found)
    }

    /// The first moment that belongs to a range that ends at `end`.
    pub(super) fn first_of(&self, end: i64, range: i64) -> i64 {
        let start = end.saturating_sub(range);
        match self.dialect {
            Dialect::V2 => start,
            Dialect::V3 => start.saturating_add(1),
        }
    }

    fn look_up(
        &self,
        selector: &Selector,
        grid: Grid,
        pick: impl Fn(i64, f64) -> f64,
    ) -> Result<Frame, Error> {
        let found = self.find(selector)?;
        let mut frame = Frame::new(grid.count);
        frame.reserve(found.len());
        let lookback = self.engine.lookback_ms();
        let valid = |sample: Option<(i64, f64)>, at: i64| match sample {
            Some((time, value)) if time >= self.first_of(at, lookback) && !is_stale(value) => {
                pick(time, value)
            }
            _ => ABSENT,
        };
        if grid.count == 1 || selector.modifiers.at.is_some() {
            let at = self.look_at(&selector.modifiers, grid.start);
            for series in found {
                self.charge(grid.count)?;
                let value = valid(series.at(at), at);
                frame.push(
                    series.labels().clone(),
                    std::iter::repeat_n(value, grid.count),
                );
            }
            return Ok(frame);
        }
        let (first, last) = (
            self.look_at(&selector.modifiers, grid.start),
            self.look_at(&selector.modifiers, grid.end()),
        );
        let mut samples = Samples::default();
        for series in found {
            samples.clear();
            series.read(first.saturating_sub(lookback), last, &mut samples);
            self.charge(samples.len() + grid.count)?;
            let mut next = 0;
            let row = grid.times().map(|time| {
                let at = self.look_at(&selector.modifiers, time);
                while samples.times.get(next).is_some_and(|time| *time <= at) {
                    next += 1;
                }
                let found = next
                    .checked_sub(1)
                    .map(|at| (samples.times[at], samples.values[at]));
                valid(found, at)
            });
            frame.push(series.labels().clone(), row);
        }
        Ok(frame)
    }
}
