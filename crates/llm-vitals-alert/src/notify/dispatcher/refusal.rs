//! Why an alert was not taken.

use std::fmt;

use llm_vitals_promql::Labels;

/// An alert that was not taken, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    labels: Labels,
    reason: RefusalReason,
}

/// Why an alert was not taken.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalReason {
    /// It has no labels.
    NoLabels,
    /// A label or an annotation has no name.
    NoName,
    /// It ends before it begins.
    EndBeforeStart,
    /// Its labels or its annotations are too long.
    TooLarge,
    /// There are as many alerts as may be.
    TooMany,
}

impl Refusal {
    pub(super) fn new(labels: Labels, reason: RefusalReason) -> Self {
        Self { labels, reason }
    }

    /// The alert's labels.
    #[must_use]
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> RefusalReason {
        self.reason
    }
}

impl RefusalReason {
    /// A word for it: a label of a metric.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoLabels => "no_labels",
            Self::NoName => "no_name",
            Self::EndBeforeStart => "end_before_start",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.reason {
            RefusalReason::NoLabels => return f.write_str("at least one label pair required"),
            RefusalReason::NoName => "a label or an annotation has an empty name",
            RefusalReason::EndBeforeStart => "start time must be before end time",
            RefusalReason::TooLarge => "its labels or annotations are longer than may be",
            RefusalReason::TooMany => "there are as many alerts as may be",
        };
        let shown: String = self.labels.to_string().chars().take(200).collect();
        write!(f, "alert {shown} is not taken: {why}")
    }
}

impl std::error::Error for Refusal {}
