//! What an evaluation gives.

use crate::labels::Labels;

/// The result of an evaluation.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Scalar(f64),
    /// A text.
    String(String),
    /// Series, each with one sample. In the order that the expression gives, which only `sort` and `topk` make a promise of.
    Vector(Vec<Sample>),
    /// Series, each with its samples over time, sorted by their labels.
    Matrix(Vec<Series>),
}

/// A value of a series at the moment of the evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    labels: Labels,
    value: f64,
}

/// A series with its values over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    labels: Labels,
    points: Vec<(i64, f64)>,
}

impl Sample {
    pub(crate) fn new(labels: Labels, value: f64) -> Self {
        Self { labels, value }
    }

    /// The series' labels.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }
}

impl Series {
    pub(crate) fn new(labels: Labels, points: Vec<(i64, f64)>) -> Self {
        Self { labels, points }
    }

    /// The series' labels.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Times in milliseconds since 1970 with their values, in the order of time.
    #[must_use]
    pub fn points(&self) -> &[(i64, f64)] {
        &self.points
    }
}
