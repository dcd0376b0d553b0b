//! From text to a tree whose types fit.

mod function;
mod lexer;
mod parser;
mod suggest;
mod token;

pub(crate) use self::function::{Function, RangeFunction, Signature};
pub(crate) use self::parser::{parse, parse_labels};
