//! Functions.

use crate::ast::{Call, NodeKind, Unary};
use crate::error::Error;
use crate::labels::Labels;
use crate::syntax::Function;

use super::calendar::Moment;
use super::context::{Context, Evaluated};
use super::frame::{ABSENT, Clash, Frame, is_present};
use super::grid::Grid;
use super::math;
use super::numbers::Numbers;

impl Context<'_> {
    pub(super) fn call(&self, call: &Call, grid: Grid) -> Result<Evaluated, Error> {
        match call.signature.function {
            Function::Pi => Ok(Evaluated::Scalar(Numbers::Constant(std::f64::consts::PI))),
            Function::Time => Ok(Evaluated::Scalar(times(grid))),
            Function::Scalar => self.only_value(call, grid).map(Evaluated::Scalar),
            function => self
                .vector_function(call, function, grid)
                .map(Evaluated::Vector)
                .map_err(|error| error.at(call.name_range.clone())),
        }
    }

    pub(super) fn unary(&self, unary: &Unary, grid: Grid) -> Result<Evaluated, Error> {
        match self.eval(&unary.operand, grid)? {
            Evaluated::Scalar(numbers) if unary.is_minus => {
                Ok(Evaluated::Scalar(numbers.map(|number| -number)))
            }
            Evaluated::Vector(mut frame) if unary.is_minus => {
                frame.map(|_, value| -value);
                frame.drop_names_as(Clash::Ever).map(Evaluated::Vector)
            }
            unchanged => Ok(unchanged),
        }
    }

    fn vector_function(&self, call: &Call, function: Function, grid: Grid) -> Result<Frame, Error> {
        match function {
            Function::Map(change) => self.mapped(call, grid, |_, value| change(value)),
            Function::Calendar(part) => self.calendar(call, part, grid),
            Function::Range(function) => self.range_function(call, function, grid),
            Function::Absent => self.absent(call, grid),
            Function::AbsentOverTime => self.absent_over_time(call, grid),
            Function::Clamp => self.clamp(call, grid),
            Function::ClampMax => {
                let most = self.scalar(&call.arguments[1], grid)?;
                self.mapped(call, grid, |step, value| math::min(most.at(step), value))
            }
            Function::ClampMin => {
                let least = self.scalar(&call.arguments[1], grid)?;
                self.mapped(call, grid, |step, value| math::max(least.at(step), value))
            }
            Function::HistogramQuantile => self.histogram_quantile(call, grid),
            Function::LabelJoin => self.label_join(call, grid),
            Function::LabelReplace => self.label_replace(call, grid),
            Function::Round => {
                let nearest = match call.arguments.get(1) {
                    Some(argument) => self.scalar(argument, grid)?,
                    None => Numbers::Constant(1.0),
                };
                // Half is rounded up. The inverse makes 0.1 exact where 0.1 itself is not.
                self.mapped(call, grid, |step, value| {
                    let inverse = 1.0 / nearest.at(step);
                    (value * inverse + 0.5).floor() / inverse
                })
            }
            Function::Sort { descending } => self.sort(call, descending, grid),
            Function::SortByLabel { descending } => self.sort_by_label(call, descending, grid),
            Function::Timestamp => self.timestamp(call, grid),
            Function::Vector => {
                let numbers = self.scalar(&call.arguments[0], grid)?;
                let values = (0..grid.count).map(|step| numbers.at(step)).collect();
                Ok(Frame::single(Labels::empty(), values))
            }
            // Those that give a scalar.
            Function::Pi | Function::Time | Function::Scalar => Ok(Frame::new(grid.count)),
        }
    }

    /// Each value of the first argument changed, without the metric's name.
    fn mapped(
        &self,
        call: &Call,
        grid: Grid,
        change: impl FnMut(usize, f64) -> f64,
    ) -> Result<Frame, Error> {
        let mut frame = self.vector(&call.arguments[0], grid)?;
        frame.map(change);
        frame.drop_names()
    }

    fn clamp(&self, call: &Call, grid: Grid) -> Result<Frame, Error> {
        let least = self.scalar(&call.arguments[1], grid)?;
        let most = self.scalar(&call.arguments[2], grid)?;
        let mut frame = self.mapped(call, grid, |step, value| {
            if most.at(step) < least.at(step) {
                return ABSENT;
            }
            math::max(least.at(step), math::min(most.at(step), value))
        })?;
        frame.compact();
        Ok(frame)
    }

    /// A part of the date that each value is, or of the moment itself where there is no argument.
    fn calendar(&self, call: &Call, part: fn(&Moment) -> f64, grid: Grid) -> Result<Frame, Error> {
        let part_of = |seconds| Moment::new(seconds).map_or(f64::NAN, |moment| part(&moment));
        if call.arguments.is_empty() {
            let values = (0..grid.count).map(|step| part_of(grid.seconds(step)));
            return Ok(Frame::single(Labels::empty(), values.collect()));
        }
        self.mapped(call, grid, |_, value| part_of(value))
    }

    /// When a selector's samples are of; of anything that is computed, the moment itself.
    fn timestamp(&self, call: &Call, grid: Grid) -> Result<Frame, Error> {
        match call.arguments[0].without_parens().kind() {
            NodeKind::Selector(selector) => self.timestamps(selector, grid),
            _ => self.mapped(call, grid, |step, _| grid.seconds(step)),
        }
    }

    /// The value of the only series, NaN where there is none or more than one.
    fn only_value(&self, call: &Call, grid: Grid) -> Result<Numbers, Error> {
        let frame = self.vector(&call.arguments[0], grid)?;
        let only = |step| {
            let mut values = (0..frame.len())
                .map(|row| frame.value(row, step))
                .filter(|value| is_present(*value));
            match (values.next(), values.next()) {
                (Some(value), None) => value,
                _ => f64::NAN,
            }
        };
        Ok(Numbers::Steps((0..grid.count).map(only).collect()))
    }
}

fn times(grid: Grid) -> Numbers {
    if grid.count == 1 {
        return Numbers::Constant(grid.seconds(0));
    }
    Numbers::Steps((0..grid.count).map(|step| grid.seconds(step)).collect())
}
