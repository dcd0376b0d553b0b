//! Range functions: each series walked once, with a window that slides over it.

use crate::ast::{Call, Modifiers, Node, NodeKind, RangeSelector, Subquery};
use crate::error::{Error, ErrorKind};
use crate::labels::Labels;
use crate::store::Samples;
use crate::syntax::RangeFunction;
use crate::value;

use super::context::Context;
use super::engine::series_of;
use super::frame::{ABSENT, Clash, Frame, is_present};
use super::grid::Grid;
use super::numbers::Numbers;
use super::window::{Window, kernel};

/// What a range function looks at.
pub(super) struct Ranged<'a> {
    range_ms: i64,
    modifiers: &'a Modifiers,
    source: Source<'a>,
}

enum Source<'a> {
    Series(&'a RangeSelector),
    /// The values of a subquery, with their moments.
    Computed(Frame, Grid),
}

impl Context<'_> {
    pub(super) fn range_function(
        &self,
        call: &Call,
        function: RangeFunction,
        grid: Grid,
    ) -> Result<Frame, Error> {
        let place = function.range_argument();
        let mut parameters = [Numbers::Constant(f64::NAN), Numbers::Constant(f64::NAN)];
        let others = call
            .arguments
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != place);
        for ((_, argument), parameter) in others.zip(&mut parameters) {
            *parameter = self.scalar(argument, grid)?;
        }
        let ranged = self.ranged(&call.arguments[place], grid)?;
        let kernel = kernel(function);
        let mut frame = Frame::new(grid.count);
        let mut wrong = Ok(());
        self.each_window(&ranged, grid, |labels, windows| {
            let row = windows.map(|(step, mut window)| {
                if window.times.is_empty() {
                    return ABSENT;
                }
                window.parameters = [parameters[0].at(step), parameters[1].at(step)];
                if let Err(error) = check_parameters(function, window.parameters) {
                    wrong = Err(error);
                    return ABSENT;
                }
                kernel(&window)
            });
            frame.push(labels.clone(), row);
        })?;
        wrong?;
        if function == RangeFunction::Last {
            return Ok(frame);
        }
        frame.drop_names_as(Clash::Ever)
    }

    /// What stands where a range is needed.
    pub(super) fn ranged<'n>(&self, node: &'n Node, grid: Grid) -> Result<Ranged<'n>, Error> {
        match node.without_parens().kind() {
            NodeKind::Range(range) => Ok(Ranged {
                range_ms: range.range_ms,
                modifiers: &range.selector.modifiers,
                source: Source::Series(range),
            }),
            NodeKind::Subquery(subquery) => {
                let (frame, steps) = self.subquery(subquery, grid)?;
                Ok(Ranged {
                    range_ms: subquery.range_ms,
                    modifiers: &subquery.modifiers,
                    source: Source::Computed(frame, steps),
                })
            }
            _ => Err(Error::typed(node.range(), "this is no range vector")),
        }
    }

    /// Calls back for each series that has samples, with its windows at all moments.
    pub(super) fn each_window(
        &self,
        ranged: &Ranged<'_>,
        grid: Grid,
        mut each: impl FnMut(&Labels, &mut dyn Iterator<Item = (usize, Window<'_>)>),
    ) -> Result<(), Error> {
        if grid.count == 0 {
            return Ok(());
        }
        let mut samples = Samples::default();
        match &ranged.source {
            Source::Series(range) => {
                let (start, end) = self.span(ranged, grid);
                for series in self.find(&range.selector)? {
                    samples.clear();
                    series.read(start, end, &mut samples);
                    samples.drop_stale();
                    self.charge(samples.len() + grid.count)?;
                    if samples.len() > 0 {
                        each(series.labels(), &mut self.windows(ranged, grid, &samples));
                    }
                }
            }
            Source::Computed(frame, steps) => {
                for (labels, row) in frame.rows() {
                    samples.clear();
                    for (time, value) in steps.times().zip(row) {
                        if is_present(*value) {
                            samples.push(time, *value);
                        }
                    }
                    self.charge(samples.len() + grid.count)?;
                    each(labels, &mut self.windows(ranged, grid, &samples));
                }
            }
        }
        Ok(())
    }

    /// The values of a subquery, with their moments. Those are multiples of its step, whenever it is asked.
    fn subquery(&self, subquery: &Subquery, grid: Grid) -> Result<(Frame, Grid), Error> {
        let step = subquery.step_ms.unwrap_or(self.engine.subquery_step_ms());
        let end = self.look_at(&subquery.modifiers, grid.end());
        let first = self.first_of(
            self.look_at(&subquery.modifiers, grid.start),
            subquery.range_ms,
        );
        // Towards zero, as in Prometheus.
        let mut start = step * (first / step);
        if start < first {
            start += step;
        }
        let steps = Grid::range(start, end, step);
        self.charge(steps.count)?;
        Ok((self.vector(&subquery.operand, steps)?, steps))
    }

    /// The values of a subquery that is the whole query.
    pub(super) fn raw_subquery(
        &self,
        subquery: &Subquery,
        grid: Grid,
    ) -> Result<Vec<value::Series>, Error> {
        let (frame, steps) = self.subquery(subquery, grid)?;
        Ok(series_of(&frame, steps))
    }

    /// The first and the last moment that any window needs.
    fn span(&self, ranged: &Ranged<'_>, grid: Grid) -> (i64, i64) {
        let first = self.look_at(ranged.modifiers, grid.start);
        let last = self.look_at(ranged.modifiers, grid.end());
        (self.first_of(first, ranged.range_ms), last)
    }

    /// Moves a window over samples, which have no markers of ends in them.
    fn windows<'s>(
        &'s self,
        ranged: &'s Ranged<'_>,
        grid: Grid,
        samples: &'s Samples,
    ) -> impl Iterator<Item = (usize, Window<'s>)> {
        let (mut from, mut to) = (0, 0);
        // Looked at once for all windows, which would each look at it again.
        let never_falls =
            grid.count > 1 && !samples.values.windows(2).any(|pair| pair[1] < pair[0]);
        (0..grid.count).map(move |step| {
            let at = grid.time(step);
            let end = self.look_at(ranged.modifiers, at);
            let first = self.first_of(end, ranged.range_ms);
            while samples.times.get(to).is_some_and(|time| *time <= end) {
                to += 1;
            }
            while from < to && samples.times[from] < first {
                from += 1;
            }
            let window = Window {
                times: &samples.times[from..to],
                values: &samples.values[from..to],
                start: end.saturating_sub(ranged.range_ms),
                end,
                at,
                range_ms: ranged.range_ms,
                dialect: self.dialect,
                never_falls,
                parameters: [f64::NAN; 2],
            };
            (step, window)
        })
    }
}

/// Whether the numbers among the arguments are such that the function takes them.
fn check_parameters(function: RangeFunction, parameters: [f64; 2]) -> Result<(), Error> {
    if function != RangeFunction::Smoothed {
        return Ok(());
    }
    for (factor, name) in parameters.into_iter().zip(["smoothing", "trend"]) {
        if !(factor > 0.0 && factor < 1.0) {
            let message = format!("the {name} factor must lie between 0 and 1, and is {factor}");
            return Err(Error::new(ErrorKind::Argument, message));
        }
    }
    Ok(())
}
