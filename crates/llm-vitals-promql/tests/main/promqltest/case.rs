//! What a file of reference cases says.

/// One command, with the line it begins at.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) line: usize,
    pub(super) kind: CommandKind,
}

#[derive(Debug)]
pub(super) enum CommandKind {
    Clear,
    Load { step_ms: i64, series: Vec<String> },
    Eval(Eval),
}

#[derive(Debug)]
pub(super) struct Eval {
    pub(super) moments: Moments,
    pub(super) expr: String,
    pub(super) fails: bool,
    pub(super) is_ordered: bool,
    /// The lines below.
    pub(super) expected: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Moments {
    Instant(i64),
    Range { start: i64, end: i64, step: i64 },
}
