//! From an expression and a store to values.

mod absent;
mod aggregate;
mod binary;
pub(crate) mod calendar;
mod call;
mod context;
mod engine;
mod frame;
mod grid;
mod grouping;
mod histogram;
mod label_functions;
pub(crate) mod math;
mod numbers;
mod order;
mod range;
mod selector;
mod window;

pub(crate) use self::context::Source;
pub use self::engine::Engine;
