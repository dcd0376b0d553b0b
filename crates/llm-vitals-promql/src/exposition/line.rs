//! What one line of an exposition says.

/// A line, with its parts as they stand in the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line<'a> {
    Sample {
        /// Name and labels, `name{label="value"}`, as they are written.
        series: &'a str,
        value: f64,
        /// Milliseconds since 1970, if the line says a time.
        time: Option<i64>,
        exemplar: Option<ExemplarText<'a>>,
    },
    Type {
        metric: &'a str,
        name: &'a str,
    },
    Help {
        metric: &'a str,
        text: &'a str,
    },
    Unit {
        metric: &'a str,
        unit: &'a str,
    },
    /// `# EOF`
    End,
}

/// ` # {labels} value [time]` behind a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ExemplarText<'a> {
    /// With the braces.
    pub(super) labels: &'a str,
    pub(super) value: f64,
    pub(super) time: Option<i64>,
}
