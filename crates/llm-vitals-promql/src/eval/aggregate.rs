//! Aggregations over series.

use crate::ast::{Aggregate, Aggregation};
use crate::error::{Error, ErrorKind};
use crate::labels::{LabelsBuilder, is_label_name};
use crate::store::LabelMap;
use crate::text::format_float;

use super::context::{Context, text_of};
use super::frame::{ABSENT, Frame, is_present};
use super::grid::Grid;
use super::grouping::{Grouping, Groups};
use super::numbers::Numbers;
use super::window::quantile;

mod accumulator;
mod top;

use self::accumulator::Accumulator;
use self::top::Top;

impl Context<'_> {
    pub(super) fn aggregate(&self, aggregate: &Aggregate, grid: Grid) -> Result<Frame, Error> {
        if aggregate.op == Aggregation::CountValues {
            return self.count_values(aggregate, grid);
        }
        let parameter = match &aggregate.parameter {
            Some(parameter) => self.scalar(parameter, grid)?,
            None => Numbers::Constant(f64::NAN),
        };
        let frame = self.vector(&aggregate.operand, grid)?;
        self.charge(frame.len() * grid.count)?;
        let names = aggregate.labels.iter().map(String::as_str);
        let grouping = if aggregate.is_without {
            Grouping::without_name_and(names)
        } else {
            Grouping::by(names)
        };
        let mut groups = Groups::default();
        let numbers = grouping.assign(&mut groups, frame.labels());
        match aggregate.op {
            Aggregation::TopK | Aggregation::BottomK => {
                let is_top = aggregate.op == Aggregation::TopK;
                top_of(&frame, &numbers, groups.len(), &parameter, is_top)
            }
            Aggregation::Quantile => {
                let rows = quantiles_of(&frame, &numbers, groups.len(), &parameter);
                let mut result = Frame::new(grid.count);
                for (first, row) in groups.first().iter().zip(rows) {
                    result.push(grouping.apply(first), row);
                }
                Ok(result)
            }
            op => {
                let mut states = vec![Accumulator::default(); groups.len() * grid.count];
                let dialect = self.dialect;
                accumulator::fold(op, dialect, &frame, &numbers, &mut states);
                let mut result = Frame::new(grid.count);
                result.reserve(groups.len());
                for (first, states) in groups.first().iter().zip(states.chunks(grid.count.max(1))) {
                    let values = states.iter().map(|state| state.finish(op, dialect));
                    result.push(grouping.apply(first), values);
                }
                Ok(result)
            }
        }
    }

    /// Counts how many series have each value, which becomes a label.
    fn count_values(&self, aggregate: &Aggregate, grid: Grid) -> Result<Frame, Error> {
        let parameter = aggregate.parameter.as_ref();
        let label = parameter
            .map(|label| text_of(label))
            .transpose()?
            .unwrap_or_default();
        if !is_label_name(label) {
            let message = format!("\"{label}\" is no name of a label");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let frame = self.vector(&aggregate.operand, grid)?;
        self.charge(frame.len() * grid.count)?;
        let names = aggregate.labels.iter().map(String::as_str);
        let grouping = if aggregate.is_without {
            Grouping::without_name_and(names)
        } else {
            Grouping::by(names.chain([label]))
        };
        let mut result = Frame::new(grid.count);
        let mut rows = LabelMap::default();
        for (labels, row) in frame.rows() {
            for (step, value) in row
                .iter()
                .enumerate()
                .filter(|(_, value)| is_present(**value))
            {
                let mut valued = LabelsBuilder::from_labels(labels);
                valued.set(label, &format_float(*value));
                let labels = grouping.apply(&valued.build());
                let into = *rows
                    .entry(labels.clone())
                    .or_insert_with(|| result.push_empty(labels));
                let count = result.value_mut(into, step);
                *count = if is_present(*count) {
                    *count + 1.0
                } else {
                    1.0
                };
            }
        }
        Ok(result)
    }
}

/// The `k` largest or smallest of each group, at each moment.
fn top_of(
    frame: &Frame,
    numbers: &[u32],
    groups: usize,
    k: &Numbers,
    is_top: bool,
) -> Result<Frame, Error> {
    let mut result = frame.clone();
    let mut order = Vec::new();
    for step in 0..frame.steps() {
        let k = k.at(step);
        // Beyond 64 bits of an integer, as in Prometheus.
        if !(k > -9.223_372_036_854_775e18 && k < 9.223_372_036_854_775e18) {
            let message = format!("{} of {k} series", if is_top { "topk" } else { "bottomk" });
            return Err(Error::new(ErrorKind::Argument, message));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates"
        )]
        let k = (k as i64).max(0) as usize;
        let mut tops = vec![Top::new(k, is_top); groups];
        for (row, number) in numbers.iter().enumerate() {
            let value = frame.value(row, step);
            if is_present(value) {
                tops[*number as usize].offer(value, row);
                *result.value_mut(row, step) = ABSENT;
            }
        }
        order.clear();
        for top in tops {
            for (value, row) in top.finish() {
                *result.value_mut(row, step) = value;
                order.push(row);
            }
        }
    }
    if frame.steps() == 1 {
        return Ok(result.select(&order));
    }
    result.compact();
    Ok(result)
}

/// The quantile of each group at each moment.
fn quantiles_of(frame: &Frame, numbers: &[u32], groups: usize, q: &Numbers) -> Vec<Vec<f64>> {
    let mut values = vec![Vec::new(); groups];
    let mut rows = vec![Vec::with_capacity(frame.steps()); groups];
    for step in 0..frame.steps() {
        for (row, number) in numbers.iter().enumerate() {
            let value = frame.value(row, step);
            if is_present(value) {
                values[*number as usize].push(value);
            }
        }
        for (values, row) in values.iter_mut().zip(&mut rows) {
            let found = !values.is_empty();
            row.push(if found {
                quantile(q.at(step), values)
            } else {
                ABSENT
            });
            values.clear();
        }
    }
    rows
}
