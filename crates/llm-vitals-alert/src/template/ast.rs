//! A template as a tree.

use super::value::Value;

#[derive(Debug, Clone)]
pub(super) enum Node {
    Text(String),
    Action(Pipeline),
    /// Each condition with what follows if it holds, and what follows if none does.
    If(Vec<(Pipeline, Vec<Self>)>, Vec<Self>),
    Range(Pipeline, Vec<Self>, Vec<Self>),
    With(Vec<(Pipeline, Vec<Self>)>, Vec<Self>),
    Template(String, Option<Pipeline>, usize),
    Break,
    Continue,
}

#[derive(Debug, Clone)]
pub(super) struct Pipeline {
    /// Variables that get its value.
    pub(super) variables: Vec<String>,
    /// Whether they are there already: `=` and not `:=`.
    pub(super) assigns: bool,
    pub(super) commands: Vec<Command>,
    pub(super) at: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Command {
    pub(super) operands: Vec<Operand>,
}

#[derive(Debug, Clone)]
pub(super) struct Operand {
    pub(super) kind: OperandKind,
    /// `.a.b` behind it.
    pub(super) fields: Vec<String>,
    pub(super) at: usize,
}

#[derive(Debug, Clone)]
pub(super) enum OperandKind {
    Dot,
    Variable(String),
    Literal(Value),
    Function(String),
    Paren(Pipeline),
}
