//! The crate from outside.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests"
)]

mod differential;
mod engine;
mod errors;
mod fuzz;
mod ingest;
mod printing;
mod promqltest;
mod range;
mod store;
