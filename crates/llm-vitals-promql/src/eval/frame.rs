//! Series with one value for each moment.

use crate::error::{Error, ErrorKind};
use crate::labels::Labels;
use crate::store::{LabelMap, STALE_MARKER, is_stale};

/// What stands where a series has no value. Computed values are never this NaN.
pub(super) const ABSENT: f64 = STALE_MARKER;

pub(super) fn is_present(value: f64) -> bool {
    !is_stale(value)
}

/// Rows of values, one row for each series and one column for each moment. No two rows have the same labels.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    steps: usize,
    labels: Vec<Labels>,
    /// Row by row.
    values: Vec<f64>,
}

impl Frame {
    pub(super) fn new(steps: usize) -> Self {
        Self {
            steps,
            labels: Vec::new(),
            values: Vec::new(),
        }
    }

    /// One series without labels.
    pub(super) fn single(labels: Labels, values: Vec<f64>) -> Self {
        let mut frame = Self::new(values.len());
        if values.iter().any(|value| is_present(*value)) {
            frame.labels.push(labels);
            frame.values = values;
        }
        frame
    }

    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn labels(&self) -> &[Labels] {
        &self.labels
    }

    pub(super) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.steps..(row + 1) * self.steps]
    }

    pub(super) fn value(&self, row: usize, step: usize) -> f64 {
        self.values[row * self.steps + step]
    }

    pub(super) fn value_mut(&mut self, row: usize, step: usize) -> &mut f64 {
        &mut self.values[row * self.steps + step]
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (&Labels, &[f64])> {
        self.labels
            .iter()
            .zip(self.values.chunks_exact(self.steps.max(1)))
    }

    pub(super) fn reserve(&mut self, rows: usize) {
        self.labels.reserve(rows);
        self.values.reserve(rows * self.steps);
    }

    /// Adds a row without values and gives its number.
    pub(super) fn push_empty(&mut self, labels: Labels) -> usize {
        self.labels.push(labels);
        self.values.resize(self.values.len() + self.steps, ABSENT);
        self.labels.len() - 1
    }

    /// Adds a row, unless it has no value at all.
    pub(super) fn push(&mut self, labels: Labels, values: impl IntoIterator<Item = f64>) {
        let start = self.values.len();
        self.values.extend(values);
        debug_assert_eq!(self.values.len(), start + self.steps);
        if self.values[start..].iter().any(|value| is_present(*value)) {
            self.labels.push(labels);
        } else {
            self.values.truncate(start);
        }
    }

    /// Changes each value that is there.
    pub(super) fn map(&mut self, mut change: impl FnMut(usize, f64) -> f64) {
        if self.steps == 1 {
            for value in self.values.iter_mut().filter(|value| is_present(**value)) {
                *value = change(0, *value);
            }
            return;
        }
        for row in self.values.chunks_exact_mut(self.steps.max(1)) {
            for (step, value) in row
                .iter_mut()
                .enumerate()
                .filter(|(_, value)| is_present(**value))
            {
                *value = change(step, *value);
            }
        }
    }

    /// Takes out rows without values.
    pub(super) fn compact(&mut self) {
        let steps = self.steps;
        let mut kept = 0;
        for row in 0..self.labels.len() {
            if !self.row(row).iter().any(|value| is_present(*value)) {
                continue;
            }
            if kept != row {
                self.labels.swap(kept, row);
                self.values
                    .copy_within(row * steps..(row + 1) * steps, kept * steps);
            }
            kept += 1;
        }
        self.labels.truncate(kept);
        self.values.truncate(kept * steps);
    }

    /// The rows in another order, or only some of them.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self::new(self.steps);
        selected.reserve(rows.len());
        for row in rows {
            selected.labels.push(self.labels[*row].clone());
            selected.values.extend_from_slice(self.row(*row));
        }
        selected
    }

    /// Takes the metric's name off all series. Those that then have the same labels are an error where both have a value at
    /// the same moment, and one series else.
    pub(super) fn drop_names(self) -> Result<Self, Error> {
        self.drop_names_as(Clash::AtOneMoment)
    }

    pub(super) fn drop_names_as(mut self, clash: Clash) -> Result<Self, Error> {
        let one_name = self.have_one_name();
        for labels in &mut self.labels {
            *labels = labels.without_name();
        }
        if one_name {
            Ok(self)
        } else {
            self.merge(clash)
        }
    }

    /// Gives each series other labels.
    pub(super) fn relabel(
        mut self,
        change: impl Fn(&Labels) -> Result<Labels, Error>,
    ) -> Result<Self, Error> {
        for labels in &mut self.labels {
            *labels = change(labels)?;
        }
        self.merge(Clash::AtOneMoment)
    }

    /// An error if two series with the same labels have a value at the same moment.
    pub(super) fn check_labels(self) -> Result<Self, Error> {
        self.merge(Clash::AtOneMoment)
    }

    fn have_one_name(&self) -> bool {
        let Some(first) = self.labels.first() else {
            return true;
        };
        self.labels
            .iter()
            .all(|labels| labels.metric_name() == first.metric_name())
    }

    /// Makes series with the same labels one.
    fn merge(mut self, clash: Clash) -> Result<Self, Error> {
        let mut first = LabelMap::default();
        first.reserve(self.labels.len());
        let mut twice = false;
        for row in 0..self.labels.len() {
            let labels = self.labels[row].clone();
            let into = *first.entry(labels).or_insert(row);
            if into == row {
                continue;
            }
            twice = true;
            for step in 0..self.steps {
                let value = self.value(row, step);
                if !is_present(value) {
                    continue;
                }
                if clash == Clash::Ever || is_present(self.value(into, step)) {
                    return Err(duplicate(&self.labels[row]));
                }
                *self.value_mut(into, step) = value;
                *self.value_mut(row, step) = ABSENT;
            }
        }
        if twice {
            self.compact();
        }
        Ok(self)
    }
}

/// When two series with the same labels are an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    /// If both have a value at the same moment.
    AtOneMoment,
    /// Whenever they have values.
    Ever,
}

pub(super) fn duplicate(labels: &Labels) -> Error {
    let message = format!("the result has two series with the labels {labels}");
    Error::new(ErrorKind::DuplicateLabels, message)
}
