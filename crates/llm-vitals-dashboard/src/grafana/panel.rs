//! One panel: what it asks, and how it shows the answer.

use super::expression::expand;

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A heading over the panels that follow.
    Heading,
    /// One number.
    Stat,
    /// A line for each series.
    Lines,
    /// Lines on top of each other: the uppermost is the sum.
    Stack,
    /// How often what was measured fell into each bucket.
    Heat,
    /// What each series was at, by colour.
    States,
    /// A bar for each series, as it is now.
    Bars,
    /// A row for each series, a column for each query.
    Table,
}

/// A colour from a value on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step(pub(super) f64, pub(super) &'static str);

/// A number that stands for a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
);

#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) expr: String,
    /// The name of a series, or of a table's column.
    pub(super) name: &'static str,
    /// Of a table's column.
    pub(super) unit: &'static str,
}

#[derive(Debug, Clone)]
pub(super) struct Panel {
    pub(super) kind: Kind,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) unit: &'static str,
    pub(super) queries: Vec<Query>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) steps: &'static [Step],
    pub(super) words: &'static [Word],
    /// What stands there when there is nothing to show.
    pub(super) nothing: &'static str,
    /// The largest value that makes sense.
    pub(super) max: Option<f64>,
    /// Since when, if not as the dashboard says.
    pub(super) since: Option<&'static str>,
}

impl Panel {
    pub(super) fn heading(title: &'static str) -> Self {
        Self::new(Kind::Heading, title, "", 24, 1)
    }

    pub(super) fn stat(title: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Stat, title, unit, 4, 4)
    }

    pub(super) fn lines(title: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Lines, title, unit, 8, 8)
    }

    pub(super) fn stack(title: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Stack, title, unit, 8, 8)
    }

    pub(super) fn heat(title: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Heat, title, unit, 12, 8)
    }

    pub(super) fn states(title: &'static str) -> Self {
        Self::new(Kind::States, title, "none", 12, 8)
    }

    pub(super) fn bars(title: &'static str, unit: &'static str) -> Self {
        Self::new(Kind::Bars, title, unit, 8, 8)
    }

    pub(super) fn table(title: &'static str) -> Self {
        Self::new(Kind::Table, title, "none", 24, 8)
    }

    fn new(kind: Kind, title: &'static str, unit: &'static str, width: u32, height: u32) -> Self {
        Self {
            kind,
            title,
            about: "",
            unit,
            queries: Vec::new(),
            width,
            height,
            steps: &[],
            words: &[],
            nothing: "No traffic",
            max: None,
            since: None,
        }
    }

    /// What it means, in a sentence or two. The metrics are named below it.
    pub(super) fn about(mut self, text: &'static str) -> Self {
        self.about = text;
        self
    }

    pub(super) fn query(self, expr: &str, name: &'static str) -> Self {
        self.column(expr, name, "")
    }

    /// A query whose values have a unit of their own.
    pub(super) fn column(mut self, expr: &str, name: &'static str, unit: &'static str) -> Self {
        self.queries.push(Query {
            expr: expand(expr),
            name,
            unit,
        });
        self
    }

    pub(super) fn width(mut self, columns: u32) -> Self {
        self.width = columns;
        self
    }

    pub(super) fn height(mut self, lines: u32) -> Self {
        self.height = lines;
        self
    }

    pub(super) fn steps(mut self, steps: &'static [Step]) -> Self {
        self.steps = steps;
        self
    }

    pub(super) fn words(mut self, words: &'static [Word]) -> Self {
        self.words = words;
        self
    }

    pub(super) fn nothing(mut self, text: &'static str) -> Self {
        self.nothing = text;
        self
    }

    pub(super) fn max(mut self, value: f64) -> Self {
        self.max = Some(value);
        self
    }

    pub(super) fn since(mut self, time: &'static str) -> Self {
        self.since = Some(time);
        self
    }
}
